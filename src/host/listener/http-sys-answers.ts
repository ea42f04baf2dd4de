/** The answers of HTTP.SYS itself, without a site or a module. */
export interface HttpSysAnswer {
  readonly status: number;
  readonly reason: string;
  /** Heading and sentence of the page. */
  readonly heading: string;
  readonly sentence: string;
}

const badRequest = (heading: string, sentence: string): HttpSysAnswer => ({
  status: 400,
  reason: 'Bad Request',
  heading,
  sentence,
});

/** The texts are those of HTTP.SYS, as published in scans and support threads of servers that run it (Microsoft-HTTPAPI/2.0). */
export const httpSys = {
  badlyFormed: badRequest('Bad Request', 'The request is badly formed.'),
  verb: badRequest('Bad Request - Invalid Verb', 'The request verb is invalid.'),
  url: badRequest('Bad Request - Invalid URL', 'The request URL is invalid.'),
  hostname: badRequest('Bad Request - Invalid Hostname', 'The request hostname is invalid.'),
  header: badRequest('Bad Request - Invalid Header', 'The request has an invalid header name.'),
  tooLong: badRequest('Bad Request - Request Too Long', 'The size of the request headers is too long.'),
  notFound: {
    status: 404,
    reason: 'Not Found',
    heading: 'Not Found',
    sentence: 'The requested resource is not found.',
  },
  lengthRequired: {
    status: 411,
    reason: 'Length Required',
    heading: 'Length Required',
    sentence: 'The request must be chunked or have a content length.',
  },
  urlTooLong: {
    status: 414,
    reason: 'Request URL Too Long',
    heading: 'Request URL Too Long',
    sentence: 'The request URL is too long.',
  },
  transferEncoding: {
    status: 501,
    reason: 'Not Implemented',
    heading: 'Not Implemented',
    sentence: 'The request transfer encoding type is not supported.',
  },
  unavailable: {
    status: 503,
    reason: 'Service Unavailable',
    heading: 'Service Unavailable',
    sentence: 'The service is unavailable.',
  },
  version: {
    status: 505,
    reason: 'HTTP Version Not Supported',
    heading: 'HTTP Version Not Supported',
    sentence: 'The HTTP version is not supported.',
  },
} as const satisfies Record<string, HttpSysAnswer>;

/** The page of an answer. */
export function httpSysPage({ status, reason, heading, sentence }: HttpSysAnswer): string {
  return (
    '<!DOCTYPE HTML PUBLIC "-//W3C//DTD HTML 4.01//EN""http://www.w3.org/TR/html4/strict.dtd">\r\n' +
    `<HTML><HEAD><TITLE>${reason}</TITLE>\r\n` +
    '<META HTTP-EQUIV="Content-Type" Content="text/html; charset=us-ascii"></HEAD>\r\n' +
    `<BODY><h2>${heading}</h2>\r\n<hr><p>HTTP Error ${status}. ${sentence}</p>\r\n</BODY></HTML>\r\n`
  );
}

/** Headers of an answer with this page, without Date and Connection. */
export function httpSysHeaders(page: string): Readonly<Record<string, string>> {
  return {
    'Content-Type': 'text/html; charset=us-ascii',
    Server: 'Microsoft-HTTPAPI/2.0',
    'Content-Length': String(Buffer.byteLength(page)),
  };
}

/** A whole answer as bytes, for a connection that ends with it. */
export function httpSysBytes(answer: HttpSysAnswer): string {
  const page = httpSysPage(answer);
  const headers = { ...httpSysHeaders(page), Date: new Date().toUTCString(), Connection: 'close' };
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
  return `HTTP/1.1 ${answer.status} ${answer.reason}\r\n${lines.join('')}\r\n${page}`;
}
