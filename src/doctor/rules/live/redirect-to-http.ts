import type { LiveRule } from '../../types.js';

/** From https back to http. */
export const redirectToHttp: LiveRule = {
  code: 'LIVE_REDIRECT_TO_HTTP',
  scope: 'live',
  severity: 'warning',
  title: 'https redirects to http',
  why: 'What follows can be read and changed on the way, cookies with Secure are not sent there, and requests of scripts are blocked as mixed content.',
  help: 'The doctor looks at every redirect on the same host. Often the app behind a proxy sees http and writes absolute URLs with it: with iisnode set enableXFF="true" and trust the proxy (Express: app.set("trust proxy", 1)), or redirect to a path without a host.',
  check: ({ exchanges }) => {
    const found = exchanges.find(({ url, status = 0, headers: { location } }) => {
      if (!url.startsWith('https:') || status < 300 || status > 399 || location === undefined) return false;
      return URL.canParse(location, url) && new URL(location, url).protocol === 'http:';
    });
    if (found === undefined) return [];
    return [
      {
        message: `${found.url} redirects to ${found.headers.location}.`,
        fix: 'redirect to a path without scheme and host, or to the https address',
      },
    ];
  },
};
