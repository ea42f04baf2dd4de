/** A module of IIS got no answer from its process: the error page of iisnode, 502 of HttpPlatformHandler. */
export const isOfModule = (symptom: string | undefined): boolean =>
  symptom === 'iisnode-error' || symptom === 'proxy-502';
