import type { Family, KnownText } from '../known-text.js';
import { addresses } from './addresses.js';
import { azureSwitchOff, moduleOn, notAttached, path, rewrite } from './causes.js';
import { connectionDocs, iisnodeIssue, socketIoIssue } from './sources.js';
import { upgrades } from './upgrades.js';

/** The WebSocket fails otherwise. */
const sockets: readonly KnownText[] = [
  {
    id: 'doubled-upgrade',
    example: "The 'Connection' header value 'Upgrade, Upgrade' is invalid.",
    says: 'The answer to the upgrade has the Connection header twice ("Upgrade, Upgrade")',
    text: [/Upgrade, ?Upgrade/i],
    means: 'iisnode and the WebSocket module of IIS both add it; strict clients (.NET) refuse.',
    causes: [
      moduleOn,
      {
        says: 'iisnode passes on the header of node beside its own',
        fix: 'polling for that client, or HttpPlatformHandler in place of iisnode',
        rules: ['LIVE_CONNECTION_HEADER_TWICE'],
      },
    ],
    apart: 'The raw answer: curl -i with the headers of an upgrade.',
    sources: ['https://github.com/doghappy/socket.io-client-csharp/issues/315', iisnodeIssue(388)],
  },
  {
    id: 'invalid-frame',
    example:
      "WebSocket connection to 'wss://example.com/socket.io/?EIO=4&transport=websocket' failed: Invalid frame header",
    says: 'The WebSocket opens, and then a frame is invalid',
    text: [
      /Invalid frame header/i,
      /\bRSV1 must be clear/i,
      /reserved bits? (?:is|are|must)[^\n]{0,40}/i,
      /Invalid WebSocket frame/i,
      /incorrect 'Sec-WebSocket-Accept' header value/i,
      /response must not include 'Sec-WebSocket-(?:Extensions|Protocol)'/i,
    ],
    means:
      'Something between the ends changes the bytes: compression behind ARR, or two WebSocket servers on one http server.',
    causes: [
      {
        says: 'ARR passes the offer of compression, and cannot do it',
        fix: 'perMessageDeflate: false, or clear HTTP_SEC_WEBSOCKET_EXTENSIONS in a rule',
      },
      {
        says: 'two libraries (ws and socket.io) handle the upgrade of the same http server',
        fix: 'give each its own path, and { noServer: true } for ws',
      },
      { ...moduleOn, says: 'IIS and iisnode both answer the upgrade' },
    ],
    apart: 'Sec-WebSocket-Extensions in the answer is compression; without a proxy it is the second library.',
    sources: [
      'https://github.com/aspnet/SignalR/issues/911',
      'https://github.com/mattermost/mattermost/issues/5386',
      'https://github.com/python-websockets/websockets/issues/1192',
    ],
  },
  {
    id: 'insecure-websocket',
    example:
      "Mixed Content: The page at 'https://example.com/' was loaded over HTTPS, but requested an insecure XMLHttpRequest endpoint 'http://example.com/socket.io/'.",
    says: 'A page of https asks for http or ws (mixed content)',
    text: [
      /\bMixed Content\b/i,
      /insecure WebSocket connection may not be initiated from a page loaded over HTTPS/i,
      /requested an insecure (?:XMLHttpRequest endpoint|script|resource)/i,
    ],
    means: 'Browsers block it.',
    causes: [
      {
        says: 'the client has an address with http:// or ws://',
        fix: 'io() without address, or location.origin',
        rules: ['CLIENT_ADDRESS_LOCAL'],
      },
      {
        says: 'the app builds http:// addresses, because TLS ends at IIS',
        fix: 'enableXFF="true", and app.set(\'trust proxy\', 1)',
      },
    ],
    apart: 'The message has both addresses; search the sources of the page for the second.',
    sources: [socketIoIssue(1299), socketIoIssue(3422), 'https://github.com/verdaccio/verdaccio/issues/2003'],
  },
  {
    id: 'websocket-failed',
    example: "WebSocket connection to 'wss://example.com/socket.io/?EIO=4&transport=websocket' failed: ",
    says: 'The browser could not open the WebSocket',
    text: [
      /WebSocket connection to '?[^\n]{0,300}failed/i,
      /can.t establish a connection to the server at wss?:/i,
      /WebSocket is closed before the connection is established/i,
      /There was a bad response from the server/i,
    ],
    means: 'Newer browsers do not say the status; the network tab (filter WS) does.',
    causes: [
      moduleOn,
      path,
      rewrite,
      {
        says: 'the app listens on a port of its own, not on the pipe',
        when: /\.listen\(\s{0,3}\d{2,5}\b/,
        fix: 'server.listen(process.env.PORT)',
        rules: ['FIXED_PORT', 'GATEWAY_PORT', 'CLIENT_ADDRESS_LOCAL'],
      },
      azureSwitchOff,
      { says: 'harmless where polling followed: socket.io tries again', fix: 'nothing to do' },
    ],
    apart:
      'The status in the network tab: 400 module, 404 path or rule, 503 Azure. Give it to --seen, or save a HAR: doctor --har FILE',
    sources: [connectionDocs, 'https://github.com/websockets/ws/issues/1905'],
    follows: ['browser', 'socket.io', 'iisnode', 'websockets-disabled-on-azure'],
  },
];

/** Scripts, addresses and pages. */
const pages: readonly KnownText[] = [
  {
    id: 'html-instead-of-script',
    example: "Uncaught SyntaxError: Unexpected token '<'",
    says: 'A page (HTML) arrives where a script or data is expected',
    text: [
      /Unexpected token '?<'?/,
      /MIME type \(?['"]text\/html['"]\)? is not/i,
      /Refused to execute script from[^\n]{0,300}text\/html/i,
      /Expected a JavaScript[^\n]{0,40} but the server responded with a MIME type of "text\/html"/i,
      /was blocked (?:due to|because of) MIME type mismatch|blocked because of a disallowed MIME type \(.text\/html/i,
      /expected expression, got '<'/i,
    ],
    means: 'The status is 200, but a rule or a catch-all route answers with the page of the app.',
    causes: [
      {
        says: 'a rewrite rule or a catch-all route takes socket.io.js before socket.io',
        fix: 'a rule for socket.io before all others, with stopProcessing="true"',
        rules: [
          'SOCKET_REWRITE_SWALLOWED',
          'SOCKET_REWRITE_MISSING',
          'LIVE_CLIENT_SCRIPT_FAILS',
          'CLIENT_SCRIPT_FAILED',
        ],
      },
      path,
      notAttached,
      {
        says: 'a script of the page itself is asked at a wrong address',
        fix: 'a correct address in the page',
        rules: ['ROOT_ABSOLUTE_URL', 'SERVED_FOLDER_NOT_BUILT', 'LIVE_FILE_MISSING', 'PAGE_FILE_MISSING'],
      },
    ],
    apart: 'Open the address of the script in the browser: which page is it?',
    sources: [iisnodeIssue(591), iisnodeIssue(393), iisnodeIssue(475)],
  },
  {
    id: 'client-script-not-found',
    example: 'GET https://example.com/socket.io/socket.io.js net::ERR_ABORTED 404 (Not Found)',
    says: "socket.io's client script is not found (404)",
    text: [
      /socket\.io(?:\.min|\.slim|\.esm|\.msgpack){0,2}\.js\b[^\s]{0,80}(?: HTTP\/\d\.\d"?)?[^\n\d]{0,120}\b404\b/i,
      /\b404\b[^\n]{0,120}socket\.io(?:\.min|\.slim|\.esm|\.msgpack){0,2}\.js\b/i,
    ],
    means: 'socket.io itself serves /socket.io/socket.io.js; the request does not reach it.',
    causes: [
      rewrite,
      path,
      notAttached,
      { says: 'serveClient: false is set', fix: 'remove it, or load the script from a CDN' },
    ],
    apart: 'A page of IIS (StaticFile): no rule. "Cannot GET": the wrong server listens, or the path differs.',
    sources: [iisnodeIssue(35), iisnodeIssue(475), socketIoIssue(3083), socketIoIssue(3172)],
    follows: ['cannot-get'],
  },
  {
    id: 'handshake-not-found',
    example: 'GET https://example.com/socket.io/?EIO=4&transport=polling&t=Oabc 404 (Not Found)',
    says: "socket.io's requests are not found (404)",
    text: [
      /socket\.io\/?\?[^\s]{0,300}(?: HTTP\/\d\.\d"?)?[^\n\d]{0,120}\b404\b/i,
      /\b404\b[^\n]{0,160}\/socket\.io\/?(?:\?|'|"|\s|$)/i,
      /\/socket\.io\/?\s[^\n]{0,80}\b404\b/i,
      /polling-xhr\.js[^\n]{0,120}\b404\b/i,
    ],
    means: 'The script is there, the handshake is not: the path of the client leads to something else.',
    causes: [path, rewrite, notAttached],
    apart: 'Which path does the client ask: /socket.io, or /app/socket.io? Compare it with path of the server.',
    sources: [iisnodeIssue(462), iisnodeIssue(630), socketIoIssue(3083)],
    follows: ['cannot-get'],
  },
  {
    id: 'cannot-get',
    example: 'Cannot GET /chat/rooms',
    says: 'Express has no route for the URL ("Cannot GET")',
    text: [/Cannot (?:GET|POST) \/[^\s<]{0,200}/],
    means: 'The request reached node. Its path is not the one that the app expects.',
    causes: [
      { ...notAttached, when: /Cannot (?:GET|POST) \/[^\s]{0,80}socket\.io/ },
      {
        says: 'the app is in a virtual directory: node sees /app/..., and the routes begin with /',
        fix: "app.use('/app', router), or the loader with stripVdirPath",
        rules: ['ROUTES_WITHOUT_VDIR_PATH', 'VDIR_PATH_HARD_CODED', 'VDIR_PATH_MISMATCH'],
      },
      {
        says: 'only the entry point itself reaches node (Cannot GET /server.js)',
        fix: 'a rewrite rule for every URL that is not a file',
        rules: ['ROUTES_NOT_REWRITTEN'],
        when: /Cannot (?:GET|POST) \/[^\s]{0,80}\.[cm]?js\b/,
      },
      { says: 'the app has no such route', fix: 'add it', rules: ['PAGE_NOT_SERVED'] },
    ],
    apart: 'The path in the message is what node sees.',
    sources: [iisnodeIssue(311), iisnodeIssue(160), socketIoIssue(3172)],
  },
  {
    id: 'io-not-defined',
    example: 'Uncaught ReferenceError: io is not defined',
    says: 'The client script of socket.io was not loaded (io is not defined)',
    text: [/\bio is not defined\b/i, /Can.t find variable: io\b/i],
    means:
      'The script tag before it failed: 404, HTML, or a blocked address. The first red line of the console says which.',
    causes: [
      rewrite,
      path,
      notAttached,
      { says: 'the script tag is missing, or after the code that uses io', fix: 'put it before' },
    ],
    apart: 'The status of socket.io.js in the network tab: 404 rule or path, 200 with text/html a catch-all.',
    sources: [iisnodeIssue(591), connectionDocs],
    follows: [
      'html-instead-of-script',
      'client-script-not-found',
      'handshake-not-found',
      'insecure-websocket',
      'cannot-get',
    ],
  },
  {
    id: 'cors',
    example:
      "Access to XMLHttpRequest at 'https://api.example.com/socket.io/?EIO=4' from origin 'https://example.com' has been blocked by CORS policy: No 'Access-Control-Allow-Origin' header is present on the requested resource.",
    says: 'The browser blocks the request: the page is of another origin than the server (CORS)',
    text: [
      /blocked by CORS policy/i,
      /No 'Access-Control-Allow-Origin' header/i,
      /Cross-Origin Request Blocked/i,
      /Origin [^\s]{1,200} is not allowed by Access-Control-Allow-Origin/i,
    ],
    means: 'socket.io 3 and later sends CORS headers only with the option cors. An error page has none either.',
    causes: [
      {
        says: 'new Server has no option cors; cors() of Express does not cover socket.io',
        fix: "cors: { origin: ['https://page'], credentials: true } in new Server",
        rules: ['CORS_NOT_FOR_SOCKETS', 'LIVE_CORS_REFUSED'],
      },
      {
        says: 'cors names an origin with a slash at its end, a path or no scheme, which no browser sends',
        fix: "origin: 'https://www.example.com'",
        rules: ['CORS_ORIGIN_NEVER_SENT'],
      },
      {
        says: 'origin "*" with credentials, which browsers refuse',
        fix: "cors: { origin: ['https://page'], credentials: true }",
        rules: ['CORS_ANY_WITH_CREDENTIALS', 'LIVE_CORS_WITHOUT_CREDENTIALS'],
        when: /wildcard '?\*'? when the request's credentials mode|credential is not supported if the CORS header .Access-Control-Allow-Origin. is .\*/i,
      },
      {
        says: 'the header comes twice: from web.config (customHeaders) and from the app',
        fix: 'remove Access-Control-Allow-Origin from web.config',
        rules: ['CORS_HEADER_TWICE', 'LIVE_CORS_TWICE'],
        when: /multiple values/i,
      },
      {
        says: 'the client asks the development machine, or a port of its own beside the site',
        fix: 'io() without address',
        rules: ['CLIENT_ADDRESS_LOCAL'],
        when: /localhost|127\.0\.0\.1|:\d{4,5}\/socket\.io/,
      },
      { says: 'the answer is an error (404, 500, 503) without the header', fix: 'look at its status first' },
    ],
    apart:
      'doctor URL --origin https://page asks as that page does. The status of the request in the network tab: 200 is cors, all else an error behind it.',
    sources: [
      'https://socket.io/docs/v4/handling-cors/',
      socketIoIssue(2294),
      'https://github.com/expressjs/cors/issues/37',
    ],
  },
  {
    id: 'development-address',
    example: 'GET http://localhost:3000/socket.io/?EIO=4&transport=polling net::ERR_CONNECTION_REFUSED',
    says: 'The browser asks the development address (localhost or a port), where nothing answers',
    text: [
      /(?:localhost|127\.0\.0\.1|\[::1\])(?::\d{1,5})?\b[^\n]{0,300}ERR_CONNECTION_REFUSED/i,
      /ERR_CONNECTION_REFUSED[^\n]{0,300}(?:localhost|127\.0\.0\.1)/i,
      /:\d{4,5}\/socket\.io[^\n]{0,300}ERR_CONNECTION_(?:REFUSED|TIMED_OUT)/i,
    ],
    means: 'Under IIS the app has no port of its own; clients ask the binding of the site.',
    causes: [
      {
        says: 'the client has http://localhost:3000 or host:port in its sources',
        fix: "io() without address, and path: '/app/socket.io' in a virtual directory",
        rules: ['CLIENT_ADDRESS_LOCAL'],
      },
      {
        says: 'the app listens on a port of its own, and a firewall has it',
        fix: 'server.listen(process.env.PORT)',
        rules: ['FIXED_PORT', 'GATEWAY_PORT'],
      },
    ],
    apart: 'The address in the message; search it in the scripts of the page.',
    sources: [iisnodeIssue(510), 'https://github.com/moemoe89/Simple-realtime-message-SocketIO-NodeJS-CI/issues/9'],
  },
  ...addresses,
];

/** The console of a browser. */
export const browser: Family = {
  name: 'browser',
  rule: 'SEEN_BROWSER_ERROR',
  texts: [...upgrades, ...sockets, ...pages],
};
