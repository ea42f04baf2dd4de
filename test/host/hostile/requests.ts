/** A GET as bytes; `more` are further header lines. */
export const get = (url: string, more = ''): string => `GET ${url} HTTP/1.1\r\nHost: x\r\n${more}\r\n`;

/** The last request of a connection. */
export const lastGet = (url = '/a.txt'): string => get(url, 'Connection: close\r\n');

export const upgrade = (url: string, token = 'websocket'): string =>
  get(url, `Connection: Upgrade\r\nUpgrade: ${token}\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n`);

export const post = (url: string, framing: string, body: string): string =>
  `POST ${url} HTTP/1.1\r\nHost: x\r\n${framing}\r\n\r\n${body}`;
