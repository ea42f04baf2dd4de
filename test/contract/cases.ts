/** A request to the contract site, and IIS's response. Paths are below the site's own. */
export interface ContractCase {
  readonly name: string;
  /** Where the response is documented or was observed. */
  readonly source: string;
  readonly method?: string;
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  readonly status: number;
  /** Header name in lower case: a pattern its value must match; null: the header must not be there. */
  readonly answer?: Readonly<Record<string, RegExp | null>>;
  /** Pattern the body must match. */
  readonly text?: RegExp;
}

const iisnode = 'iisnode 0.2.27, cprotocolbridge.cpp';
const rewrite = 'URL Rewrite Module Configuration Reference';
const filtering = 'learn.microsoft.com, Use Request Filtering';
const handshake = {
  Connection: 'Upgrade',
  Upgrade: 'websocket',
  'Sec-WebSocket-Version': '13',
  'Sec-WebSocket-Key': 'dGhlIHNhbXBsZSBub25jZQ==',
};

/** Adding a case is adding a line; `BASE_URL=http://server/contract npm run test:contract` sends the same requests to a real IIS. */
export const cases: readonly ContractCase[] = [
  {
    name: 'the script by its own name',
    source: iisnode,
    path: 'server.js',
    status: 200,
    text: /"url":"[^"]*server\.js"/,
  },
  {
    name: 'appSettings reach node',
    source: iisnode,
    path: 'server.js',
    status: 200,
    text: /"setting":"from web\.config"/,
  },
  {
    name: 'a rewritten URL reaches node as the client sent it',
    source: iisnode,
    path: 'socket.io/?EIO=4',
    status: 200,
    text: /"url":"[^"]*socket\.io\/\?EIO=4"/,
  },
  { name: 'X-Original-URL is set', source: rewrite, path: 'page/7', status: 200, text: /"original":"[^"]*page\/7"/ },
  { name: 'a URL that no rule takes is not found', source: rewrite, path: 'page/x', status: 404 },
  {
    name: 'POST through a rule',
    source: iisnode,
    method: 'POST',
    path: 'socket.io/',
    body: 'x'.repeat(1000),
    status: 200,
    text: /"method":"POST"/,
  },
  { name: 'HEAD has no body', source: 'RFC 9110, 9.3.2', method: 'HEAD', path: 'socket.io/', status: 200, text: /^$/ },
  {
    name: "node's own 404 keeps its body",
    source: 'httpErrors existingResponse',
    path: 'server.js?status=404',
    status: 404,
    answer: { 'x-node': /1/ },
  },
  {
    name: "node's own 500 keeps its body",
    source: 'httpErrors existingResponse',
    path: 'server.js?status=500',
    status: 500,
    answer: { 'x-node': /1/ },
  },
  { name: 'a custom response', source: rewrite, path: 'gone', status: 410 },
  {
    name: 'a redirect keeps what it captured',
    source: rewrite,
    path: 'old/a?b=1',
    status: 302,
    answer: { location: /new\/a\?b=1$/ },
  },
  {
    name: 'a static file',
    source: 'StaticFileModule',
    path: 'public/index.html',
    status: 200,
    answer: { 'content-type': /^text\/html/, etag: /./, 'last-modified': /./ },
  },
  {
    name: 'a mimeMap of web.config',
    source: 'staticContent',
    path: 'public/canto.poem',
    status: 200,
    answer: { 'content-type': /^text\/x-poem/ },
  },
  {
    name: 'an extension without a mimeMap is 404.3',
    source: 'staticContent',
    path: 'public/file.unknown',
    status: 404,
  },
  {
    name: 'a folder without its slash is redirected',
    source: 'StaticFileModule',
    path: 'public',
    status: 301,
    answer: { location: /public\/$/ },
  },
  { name: 'the default document', source: 'DefaultDocumentModule', path: 'public/', status: 200, text: /<title>index/ },
  {
    name: 'a folder without a default document is 403.14',
    source: 'DirectoryListingModule',
    path: 'sub/',
    status: 403,
  },
  {
    name: 'POST to a static file is 405',
    source: 'StaticFileModule',
    method: 'POST',
    path: 'public/index.html',
    body: 'x',
    status: 405,
  },
  { name: 'web.config is hidden', source: filtering, path: 'web.config', status: 404 },
  { name: 'a hidden segment is 404.8', source: filtering, path: 'hidden/secret.txt', status: 404 },
  { name: 'a denied sequence is 404.5', source: filtering, path: 'public/forbidden.html', status: 404 },
  {
    name: 'a query that is too long is 404.15',
    source: filtering,
    path: `server.js?q=${'x'.repeat(250)}`,
    status: 404,
  },
  { name: 'double escaping is 404.11', source: filtering, path: 'public/a%252e.html', status: 404 },
  {
    name: 'a range of a file',
    source: 'RFC 9110, 14.2',
    path: 'public/canto.poem',
    headers: { Range: 'bytes=0-2' },
    status: 206,
    text: /^nel$/,
  },
  {
    name: 'an upgrade reaches node',
    source: 'iisnode, cprotocolbridge.cpp; IIS 8.0 WebSocket Protocol Support',
    path: 'socket.io/?EIO=4&transport=websocket',
    headers: handshake,
    status: 101,
    answer: { 'x-node': /1/ },
  },
  {
    name: 'an upgrade of a static file is answered as a request',
    source: 'RFC 9110, 7.8',
    path: 'public/index.html',
    headers: handshake,
    status: 200,
  },
  {
    name: 'OPTIONS of a file',
    source: 'ProtocolSupportModule',
    method: 'OPTIONS',
    path: 'public/index.html',
    status: 200,
    answer: { allow: /GET/ },
  },
  { name: 'TRACE is off', source: 'ProtocolSupportModule', method: 'TRACE', path: 'public/index.html', status: 501 },
];
