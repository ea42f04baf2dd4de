/** Further forms in which known texts appear, shortened from public reports, and similar texts that are something else. */
export interface Samples {
  readonly yes?: readonly string[];
  readonly no?: readonly string[];
}

const page = (hresult: string, sub: string): string =>
  `<p>iisnode encountered an error when processing the request.</p><pre>HRESULT: ${hresult}
HTTP status: 500
HTTP subStatus: ${sub}
HTTP reason: Internal Server Error</pre><p>You are receiving this HTTP 200 response because <a href="x">system.webServer/iisnode/@devErrorsEnabled</a> configuration setting is 'true'.</p>`;

const configPage = (code: string, error: string, source: string): string =>
  `<!DOCTYPE html><html><head><title>IIS 10.0 Detailed Error - 500.19 - Internal Server Error</title><style>body{color:#000}</style></head>
<body><div><h3>HTTP Error 500.19 - Internal Server Error</h3><h4>The requested page cannot be accessed because the related configuration data for the page is invalid.</h4></div>
<table><tr><th>Module</th><td>&nbsp;&nbsp;&nbsp;IIS Web Core</td></tr><tr><th>Error Code</th><td>&nbsp;&nbsp;&nbsp;${code}</td></tr>
<tr><th>Config Error</th><td>&nbsp;&nbsp;&nbsp;${error}</td></tr></table><h4>Config Source:</h4><pre><code>   12:   ${source}</code></pre></body></html>`;

const withoutTitle = (error: string): string =>
  `HTTP Error 500.0 - Internal Server Error\nModule\t   iisnode\nNotification\t   ExecuteRequestHandler\nHandler\t   iisnode\nError Code\t   ${error}`;

const log = (tail: string, fields = ''): string =>
  `${fields}2026-03-01 10:00:00 10.0.0.4 GET /chat/ - 443 - 10.0.0.9 Mozilla/5.0 - ${tail}`;

export const samples: Readonly<Record<string, Samples>> = {
  'doubled-upgrade': {
    yes: ['Connection: Upgrade, Upgrade'],
    no: ['Connection: Upgrade', 'Connection: keep-alive, Upgrade'],
  },
  'invalid-frame': {
    yes: ["Error during WebSocket handshake: Incorrect 'Sec-WebSocket-Accept' header value", 'RSV1 must be clear'],
    no: ['Invalid frame rate', 'window.frames is invalid'],
  },
  'insecure-websocket': {
    yes: [
      "Failed to construct 'WebSocket': An insecure WebSocket connection may not be initiated from a page loaded over HTTPS.",
    ],
    no: ['This page is not secure', 'The connection is insecure'],
  },
  'websocket-failed': {
    yes: [
      'Firefox can’t establish a connection to the server at wss://example.com/socket.io/?EIO=4&transport=websocket.',
      "WebSocket connection to 'wss://example.com/' failed: WebSocket is closed before the connection is established.",
    ],
    no: ['WebSocket connected to wss://example.com/', 'The connection to the database failed'],
  },
  'html-instead-of-script': {
    yes: [
      'Uncaught SyntaxError: Unexpected token <\ninterface:21 Uncaught ReferenceError: io is not defined',
      "Refused to execute script from 'https://example.com/socket.io/socket.io.js' because its MIME type ('text/html') is not executable",
      "SyntaxError: expected expression, got '<'",
    ],
    no: ["SyntaxError: Unexpected token '>'", 'SyntaxError: Unexpected token }'],
  },
  'client-script-not-found': {
    yes: ['socket.io.min.js:1 Failed to load resource: the server responded with a status of 404 (Not Found)'],
    no: ['GET https://example.com/app.js 404 (Not Found)', 'GET https://example.com/socket.io/socket.io.js 200 OK'],
  },
  'handshake-not-found': {
    yes: [
      'polling-xhr.js:203 GET https://example.com/x?y 404 (Not Found)',
      '404 Not Found: http://localhost/socket.io',
    ],
    no: [
      'GET https://example.com/socket.io/?EIO=4&transport=polling 200 (OK)',
      'GET /socket.io/?EIO=4&transport=polling 200 118 - 404 ms',
      'GET /sockets 404',
    ],
  },
  'cannot-get': { yes: ['Cannot GET /socket.io/', 'Cannot POST /api'], no: ['Cannot get the file', 'cannot GET it'] },
  'io-not-defined': {
    yes: ["ReferenceError: Can't find variable: io"],
    no: ['ReferenceError: audio is not defined', 'ReferenceError: iot is not defined'],
  },
  cors: {
    yes: [
      'Cross-Origin Request Blocked: The Same Origin Policy disallows reading the remote resource at http://x/socket.io/.',
    ],
    no: ['cors is installed', "Access-Control-Allow-Origin: 'https://example.com'"],
  },
  'development-address': {
    yes: [
      'net::ERR_CONNECTION_REFUSED http://127.0.0.1:8080/socket.io/',
      'http://host:3000/socket.io/?EIO=4 net::ERR_CONNECTION_REFUSED',
    ],
    no: ['https://example.com/ net::ERR_CONNECTION_REFUSED', 'http://localhost:3000/ is up'],
  },
  'connection-refused': { yes: ['net::ERR_NAME_NOT_RESOLVED'], no: ['connect ECONNREFUSED 127.0.0.1:6379'] },
  certificate: {
    yes: [
      'Error: self-signed certificate { code: "DEPTH_ZERO_SELF_SIGNED_CERT" }',
      'code: UNABLE_TO_VERIFY_LEAF_SIGNATURE',
      'Error code: SSL_ERROR_RX_RECORD_TOO_LONG',
      'Error code: MOZILLA_PKIX_ERROR_SELF_SIGNED_CERT',
      'net::ERR_SSL_VERSION_OR_CIPHER_MISMATCH',
    ],
    no: ['the certificate was installed'],
  },
  'redirect-loop': {
    yes: ['example.com redirected you too many times.', 'The page isn’t redirecting properly'],
    no: ['302 Found, redirected to /login'],
  },
  'content-security-policy': {
    yes: [
      'Content-Security-Policy: The page’s settings blocked the loading of a resource (connect-src) at ws://x:3000/ because it violates the following directive: “connect-src ‘self’”',
      'Content Security Policy: The page\'s settings blocked the loading of a resource at ws://x/ ("connect-src").',
    ],
    no: ['Content-Security-Policy: default-src self'],
  },
  'section-locked-websocket': {
    yes: [
      configPage(
        '0x80070021',
        'This configuration section cannot be used at this path.',
        '&lt;webSocket enabled="false" /&gt;',
      ),
    ],
    no: [configPage('0x80070021', 'This configuration section cannot be used at this path.', '&lt;handlers&gt;')],
  },
  'section-locked': {
    yes: [
      configPage('0x80070021', 'This configuration section cannot be used at this path.', '&lt;handlers&gt;'),
      '80070021',
    ],
    no: [configPage('0x8007000d', '', ''), 'The path is locked'],
  },
  'duplicate-handler': {
    no: ["Cannot add duplicate collection entry of type 'add' with unique key attribute 'name' set to 'static'"],
  },
  'duplicate-entry': {
    yes: [
      "There is a duplicate 'system.webServer/webSocket' section defined",
      configPage('0x800700b7', '', ''),
      log('500 19 183 3'),
    ],
    no: ['duplicate key value violates unique constraint', '0x800700b8'],
  },
  'not-well-formed': {
    yes: [configPage('0x8007000d', 'Configuration file is not well-formed XML', '')],
    no: ['the XML is fine'],
  },
  'rewrite-not-installed': {
    yes: [configPage('0x8007000d', '', '&lt;rewrite&gt;')],
    no: [configPage('0x8007000d', '', '&lt;handlers&gt;'), 'HTTP Error 500.50, <rewrite>'],
  },
  'iisnode-not-installed': {
    yes: [configPage('0x80070032', 'missing a section declaration', '&lt;iisnode watchedFiles="*" /&gt;')],
    no: [configPage('0x8007000d', '', '&lt;rewrite&gt;')],
  },
  'unrecognized-setting': {
    yes: ["Config Error: Unrecognized element 'websocket'", "Missing required attribute 'name'"],
    no: ["unrecognized option '--x'", 'Unrecognized arguments'],
  },
  'parent-configuration': {
    yes: [
      'Config Source: <standardEndpoints>',
      "The configuration section 'system.serviceModel/standardEndpoints' cannot be read",
    ],
    no: ['<compilation targetFramework="4.8" />'],
  },
  'configuration-access-denied': {
    yes: [configPage('0x80070005', 'Cannot read configuration file due to insufficient permissions', '')],
    no: ['HTTP Error 500.19, Error Code 0x80070003'],
  },
  'configuration-file-gone': {
    yes: [configPage('0x8007010b', '', ''), configPage('0x8007052e', '', '')],
    no: ['Cannot read configuration file due to insufficient permissions'],
  },
  'configuration-not-decrypted': {
    yes: ["Failed to decrypt using provider 'RsaProtectedConfigurationProvider'"],
    no: ['Failed to decrypt message'],
  },
  'handler-without-module': {
    yes: ['HTTP Error 500.21 - Internal Server Error\nHandler "iisnode" has a bad module "iisnode" in its module list'],
    no: ['HTTP Error 500.22'],
  },
  'classic-sections': { yes: ['HTTP Error 500.23', 'HTTP Error 500.24'], no: ['HTTP Error 500.2'] },
  'configuration-invalid-data': { no: ['HTTP Error 500.19, Error Code 0x80070021'] },
  'configuration-module-dll': { yes: ['HTTP Error 500.19, Error Code 0x800700c1'], no: ['HTTP Error 500.19'] },
  'configuration-error': { yes: ['500.19', log('500 19 87 3')], no: ['v500.19.1', 'took 500.19 ms'] },
  unauthorized: {
    yes: ['401 - Unauthorized: Access is denied due to invalid credentials.', log('401 3 5 10')],
    no: ['HTTP Error 403.14', 'npm ERR! code E401'],
  },
  'directory-listing-denied': { yes: ['403.14'], no: ['HTTP Error 403.18'] },
  'pool-of-another-app': { yes: ['403.18'], no: ['HTTP Error 403.14'] },
  'hidden-segment': { yes: ['404.8', log('404 8 0 2')], no: ['HTTP Error 404.80', 'HTTP Error 404.0'] },
  'double-escape': { yes: ['HTTP 404.11'], no: ['HTTP Error 404.1'] },
  'body-too-large': { yes: ['HTTP Error 404.13', '413 Request Entity Too Large'], no: ['HTTP Error 404.14'] },
  'url-too-long': { yes: ['HTTP Error 404.14', '414 URI Too Long'], no: ['HTTP Error 404.13'] },
  'headers-too-large': {
    yes: ['<h2>Bad Request - Request Too Long</h2><p>HTTP Error 400. The size of the request headers is too long.</p>'],
    no: ['HTTP Error 400. The request hostname is invalid.'],
  },
  'no-mime-map': { yes: [log('404 3 50 2')], no: ['HTTP Error 404.4'] },
  'no-handler': { yes: ['HTTP Error 404.2'], no: ['HTTP Error 404.3'] },
  'verb-not-allowed': {
    yes: ['405 - HTTP verb used to access this page is not allowed.', 'PUT /api/x 405 (Method Not Allowed)'],
    no: ['HTTP Error 404'],
  },
  'rewrite-error': {
    yes: [
      'HTTP Error 500.52',
      'Outbound rewrite rules cannot be applied when the content of the HTTP response is encoded ("gzip").',
    ],
    no: ['HTTP Error 500.5'],
  },
  'process-failed-to-start': {
    yes: ['502.5', 'HTTP Error 502.5 - ANCM Out-Of-Process Startup Failure'],
    no: ['HTTP Error 502.3'],
  },
  'bad-gateway': {
    yes: ['502 Bad Gateway', log('502 3 12029 2')],
    no: ['Error during WebSocket handshake: Unexpected response code: 502'],
  },
  'not-implemented': { yes: ['HTTP Error 501'], no: ['HTTP Error 500'] },
  'websockets-disabled-on-azure': {
    yes: [
      "WebSocket connection to 'wss://mysite.com/socket.io/1/websocket/A' failed: Error during WebSocket handshake: Unexpected response code: 503\nIIS Detailed Error - 503.0 - WebSocket request made to a site where WebSockets are disabled.",
    ],
    no: ['WebSockets are disabled in this browser'],
  },
  'queue-full': { yes: ['503.3'], no: ['HTTP Error 503.20'] },
  'service-unavailable': {
    yes: [
      'Service Unavailable\nHTTP Error 503. The service is unavailable.',
      '503 Service Unavailable',
      log('503 0 0 1'),
    ],
    no: ['Unexpected response code: 503', 'room 503'],
  },
  'not-found': { yes: ['404 - File or directory not found.', 'HTTP Error 404'], no: ['GET /app.js 200', 'v4.0.4'] },
  'bad-request-upgrade': { yes: ['400.11'], no: ['HTTP Error 400.1'] },
  'server-error': {
    yes: ['HTTP Error 500', 'HTTP Error 500.0 - Internal Server Error'],
    no: ['500 users online', 'port 500'],
  },
  'node-exe-not-started': {
    yes: [
      '<p>The iisnode module is unable to start the node.exe process. Make sure the node.exe executable is available.</p>',
    ],
    no: ['unable to start the process'],
  },
  'iisnode-yml-unread': { no: ['iisnode.yml was read', 'iisnode was unable to read the configuration file.'] },
  'iisnode-section-unread': {
    yes: ['<p>iisnode was unable to read the configuration file. Make sure the web.config file syntax is correct.</p>'],
    no: ['iisnode was unable to read the configuration file iisnode.yml.'],
  },
  'debugging-port': { no: ['debugging on port 9229'] },
  '500-1000-bitness': {
    yes: [
      'HTTP Error 500.1000 - Internal Server Error\nError Code   0x000000c1',
      '500.1000 0x000000c1',
      withoutTitle('0x000000c1'),
    ],
    no: ['HTTP Error 500.1000, Error Code 0x00000002'],
  },
  'bad-image': { yes: ['exited with code 3221225595'], no: ['0xc0000005', 'error 0xc000007bb'] },
  '500-1000-access-denied': { yes: [log('500 1000 5 3'), withoutTitle('0x00000005')], no: ['HTTP Error 500.1000'] },
  '500-1000-not-found': {
    yes: [log('500 1000 3 3'), withoutTitle('0x00000002')],
    no: ['HTTP Error 500.1002, Error Code 0x2'],
  },
  '500-1000-configuration': {
    yes: [
      log('500 1000 1031 3'),
      `#Fields: date time cs-uri-stem sc-status sc-substatus sc-win32-status\n2026-03-01 10:00:00 /chat/ 500 1000 1032`,
    ],
    no: [log('500 1000 2 3')],
  },
  '500-1000': { yes: ['500.1000', log('500 1000 87 3')], no: ['500.10001', '500.1000 ms'] },
  '500-1001': {
    yes: [page('0x2', '1001'), '500.1001', 'HTTP Error 500.1001 - Internal Server Error'],
    no: ['500.1001 ms', '500.1002'],
  },
  '500-1002': {
    yes: [page('0x2', '1002'), 'HTTP status: 500 HTTP subStatus: 1002', log('500 1002 2 400')],
    no: ['listening on 10.500.1002', '500.10020'],
  },
  '500-1003': { yes: ['500.1003'], no: ['503.1003'] },
  'request-headers-too-large': { yes: ['500.1005'], no: ['500.1006'] },
  'request-not-sent': { yes: ['500.1010'], no: ['500.1011'] },
  'websocket-pipe-closed': {
    yes: [`GET wss://example.com/socket.io/?EIO=3&transport=websocket\n${page('0x6d', '1013')}`],
    no: [page('0x6d', '1013')],
  },
  '500-1013-malformed': { no: [page('0x6d', '1013')] },
  '500-1013': {
    yes: [page('0x6d', '1013'), '500.1013', 'Random HTTP 500.1013 errors', log('500 1013 109 5')],
    no: ['500.1014', '500.1013kB'],
  },
  'response-broken': { yes: ['500.1012'], no: ['500.1017'] },
  'client-gone': { yes: ['500.1018'], no: ['500.1016'] },
  'too-many-requests': {
    yes: ['iisnode failed to process a new http request', log('503 1002 1816 1')],
    no: ['503.1003'],
  },
  'recycling-race': { yes: ['503.1001'], no: ['500.1001'] },
  'pipe-busy': { yes: ['the named pipe server is too busy'], no: ['the server is busy'] },
  'no-stderr': { no: ['node.exe has written to stderr'] },
  'iisnode-error-page': { no: ['iisnode is installed'] },
  'listens-on-a-port': {
    yes: ['Listening on http://localhost:8080', 'App started on :3000', 'Server running at http://127.0.0.1:1337/'],
    no: [
      'Server running at: socket:\\\\.\\pipe\\bef8a2e4',
      'Listening on \\\\.\\pipe\\4b8a',
      'listening to 12 events',
      'https server listening on :443',
      'Error: listen EADDRINUSE: address already in use :::3000',
      '    at Object.listen (C:\\site\\node_modules\\fastify\\lib\\server.js:89:24)',
      '    at Server.listen (node:net:2089:12)',
      '    at async listenOnPort (file:///C:/site/server.mjs:24:3)',
    ],
  },
  'native-addon-version': {
    yes: ['This version of Node.js requires\nNODE_MODULE_VERSION 115. Please try re-compiling'],
    no: ['was compiled with TypeScript', 'a different Node.js version is installed'],
  },
  'native-addon-broken': {
    yes: ['Error: The specified module could not be found.\\\\?\\C:\\app\\node_modules\\canvas\\build\\canvas.node'],
    no: ['setup.exe is not a valid Win32 application', 'The specified module could not be found: iisnode.dll'],
  },
  'entry-not-found': {
    yes: [
      "Error: Cannot find module './routes'\nRequire stack:\n- C:\\site\\app.js",
      "Cannot find module '/home/site/wwwroot/server.js'",
    ],
    no: ["Cannot find module 'socket.io'"],
  },
  'package-not-found': {
    yes: [
      "Error: Cannot find module '@scope/name'",
      "Error [ERR_MODULE_NOT_FOUND]: Cannot find package 'ws' imported from C:\\site\\server.js",
    ],
    no: ["Cannot find module './express'", "Cannot find module 'C:\\x\\y.js'", 'cannot find the module'],
  },
  'require-of-es-module': {
    yes: [
      "(function (exports, require, module, __filename, __dirname) { import http from 'http';\n^^^^^^\nSyntaxError: Unexpected token import\n    at Object.exports.runInThisContext (vm.js:76:16)",
      'SyntaxError: Cannot use import statement outside a module\n    at C:\\Program Files\\iisnode\\interceptor.js:459:1',
      'Error [ERR_REQUIRE_ESM]: Must use import to load ES Module: D:\\home\\site\\wwwroot\\server.js',
    ],
    no: [
      'Uncaught SyntaxError: Cannot use import statement outside a module (at https://example.com/main.js:1:1)',
      'SyntaxError: Unexpected token )',
    ],
  },
  'require-of-async-module': { no: ['await is only valid in async functions'] },
  'require-not-defined': {
    yes: ['ReferenceError: __dirname is not defined in ES module scope'],
    no: ['ReferenceError: require is not defined'],
  },
  'node-too-old': {
    yes: [
      'SyntaxError: Unexpected token =>\n    at Module._compile (module.js:439:25)\n    at Object.<anonymous> (D:\\Program Files (x86)\\iisnode\\interceptor.js:210:1)',
      "npm WARN EBADENGINE Unsupported engine { package: 'socket.io@4' }",
      "Error: Cannot find module 'node:fs'",
    ],
    no: [
      'Uncaught SyntaxError: Unexpected token > in https://example.com/app.js',
      'SyntaxError: Unexpected token a in JSON at position 1',
    ],
  },
  'syntax-error': {
    yes: [
      "C:\\site\\routes.js:31\n  const a = ];\n            ^\n\nSyntaxError: Unexpected token ']'\n    at wrapSafe (node:internal/modules/cjs/loader:1378:20)",
    ],
    no: [
      'Uncaught SyntaxError: Unexpected token )',
      'SyntaxError: Unexpected token < in JSON at position 0 at JSON.parse',
    ],
  },
  'http-errors-path': { no: ['Absolute path is not allowed'] },
  'file-not-there': {
    yes: ["Error: ENOENT: no such file or directory, scandir 'C:\\site\\uploads'"],
    no: ['npm ERR! enoent This is related to npm not being able to find a file.'],
  },
  'answer-broken': { yes: ['net::ERR_INCOMPLETE_CHUNKED_ENCODING 200 (OK)'], no: ['net::ERR_FAILED'] },
  'asp-net-answers': {
    yes: ["Server Error in '/chat' Application. Runtime Error"],
    no: ['Server Error in the application'],
  },
  'plain-bad-request': {
    yes: [
      'HTTP 400 Bad Request',
      '<h2>Bad Request - Invalid Hostname</h2><p>HTTP Error 400. The request hostname is invalid.</p>',
    ],
    no: ['Unexpected response code: 400', 'HTTP Error 400. {"code":3,"message":"Bad request"}'],
  },
  'bad-node-option': { yes: ['--inspect-foo is not allowed in NODE_OPTIONS'], no: ['a bad option of the menu: x'] },
  'removed-socket-api': {
    yes: [
      'TypeError: io.set is not a function',
      'TypeError: io.on is not a function',
      "TypeError: Object #<Server> has no method 'configure'",
      'TypeError: require(...) is not a function',
    ],
    no: ['TypeError: app.set is not a function', 'TypeError: radio.set is not a function'],
  },
  'old-socket-io': {
    no: ['at node_modules\\socket.io\\dist\\index.js:35:42', 'node_modules\\express\\lib\\router\\index.js'],
  },
  'express-5-path': {
    yes: ['PathError [TypeError]: Missing parameter name at index 1'],
    no: ['Missing parameter: name'],
  },
  'openssl-error': { yes: ["code: 'ERR_OSSL_EVP_UNSUPPORTED'"], no: ['openssl version 3'] },
  'pipe-in-use': { no: ['Error: listen EADDRINUSE: address already in use :::3000'] },
  'port-in-use': { yes: ['Error: listen EADDRINUSE 0.0.0.0:8080'], no: ['the address is in use'] },
  'pipe-access-denied': { no: ["EACCES: permission denied, open 'C:\\pipe.txt'"] },
  'port-access-denied': { yes: ['Port 80 requires elevated privileges'], no: ["EACCES: permission denied, open 'x'"] },
  'port-not-a-number': {
    yes: ['RangeError: "port" option should be >= 0 and < 65536: NaN', 'Server is listening on localhost:NaN'],
    no: ['the port should be open', 'NaN of 3000'],
  },
  'parent-folder-unreadable': {
    yes: [
      "Error: EPERM: operation not permitted, lstat 'C:\\Users\\21490\\Desktop'\n    at Object.realpathSync (fs.js:1477:7)",
    ],
    no: ["ENOENT: no such file or directory, lstat 'C:\\x'"],
  },
  'write-denied': {
    yes: [
      "Error: EROFS: read-only file system, open 'D:\\home\\site\\wwwroot\\iisnode\\x.txt'",
      "EPERM: operation not permitted, unlink 'C:\\a'",
    ],
    no: ["ENOENT: no such file or directory, open 'C:\\a'"],
  },
  cluster: { yes: ['Error: spawn EBADF'], no: ['a Redis cluster', 'Error: spawn ENOENT'] },
  'out-of-memory': { no: ['not enough memory in the pool'] },
  'service-refused': {
    yes: ['MongoServerSelectionError: connection timed out', 'getaddrinfo ENOTFOUND redis.example.com'],
    no: ['net::ERR_CONNECTION_REFUSED'],
  },
  'buffer-deprecated': {
    yes: ['Buffer() is deprecated due to security and usability issues.'],
    no: ['[DEP0040] DeprecationWarning: The `punycode` module is deprecated.'],
  },
  'unhandled-rejection': {
    yes: ['(node:1) UnhandledPromiseRejectionWarning: Error: x'],
    no: ['the promise was rejected'],
  },
  'uncaught-exception': {
    yes: [
      "TypeError: Cannot read properties of undefined (reading 'listen')\n    at Object.<anonymous> (C:\\site\\server.js:3:9)",
    ],
    no: ['TypeError: x is undefined\n    at f (https://example.com/app.js:1:2)', 'an exception was caught'],
  },
  'module-wrong-architecture': {
    yes: ['only supports loading images built for a x86 processor'],
    no: ['The Module DLL was loaded'],
  },
  'module-not-loaded': {
    yes: ['The Module DLL iisnode.dll failed to load\nwith the following data: 7f 00 00 00'],
    no: ['The module failed to load its data', 'iisnode.dll was loaded'],
  },
  'pool-disabled': { yes: ['Rapid-Fail Protection has stopped it'], no: ["Application pool 'chat' was started"] },
  'pool-identity': { no: ['The identity of the user is valid'] },
  'worker-crashed': {
    yes: [
      "A process serving application pool 'DefaultAppPool' suffered a fatal communication error with the Windows Process Activation Service.",
    ],
    no: ['Faulting application name: node.exe'],
  },
  'pool-shutdown-slow': { no: ['the time limit for requests'] },
  'pool-idle': {
    yes: [
      "A worker process with process id of '1' serving application pool 'x' has requested a recycle because the worker process reached its allowed processing time limit.",
    ],
    no: ['inactive users were logged out'],
  },
  'session-id-unknown': {
    yes: ['POST /socket.io/ 400 {"code":1,"message":"Session ID unknown"}', '{ code: 1, message: Session ID unknown }'],
    no: ['{"code":10}', '{"code":0,"message":"Transport unknown"}', 'the session is unknown'],
  },
  'transport-unknown': { no: ['an unknown transport company'] },
  'bad-handshake-method': { no: ['TLS handshake failed'] },
  'bad-request': { no: ['HTTP Error 400. Bad Request', '{"code":30,"message":"Bad request"}'] },
  'handshake-forbidden': { no: ['HTTP Error 403 Forbidden', '{"code":40}'] },
  'protocol-version': {
    yes: [
      'It seems you are trying to reach a Socket.IO server in v2.x with a v3.x client, but they are not compatible',
    ],
    no: ['Unsupported media type'],
  },
  'poll-refused': {
    yes: [
      'GET https://example.com/socket.io/?EIO=4&transport=polling&t=O 400 (Bad Request)',
      'GET /socket.io/?EIO=4&transport=polling&sid=x HTTP/1.1" 400 41',
    ],
    no: [
      'GET https://example.com/socket.io/?EIO=4&transport=polling 200',
      'GET /socket.io/?EIO=4&transport=polling HTTP/1.1 200 118 - 400 ms',
    ],
  },
  'invalid-namespace': { no: ['An XML namespace is invalid'] },
  'xhr-poll-error': {
    yes: ['engine.io-client:socket socket error {"type":"TransportError","description":0} xhr poll error'],
    no: ['the poll was closed'],
  },
  'websocket-error': { no: ['WebSocket closed without error'] },
  'ping-timeout': { no: ['ping: 12 ms'] },
  'transport-close': {
    yes: ['WebSocket closed with code 1006', 'SCRIPT12030: XMLHttpRequest: Network Error 0x2efe'],
    no: ['the transport was closed by road'],
  },
  'parse-error': {
    yes: ['socket disconnected: parse error', 'connect_error Error: server error at Socket.onPacket'],
    no: ['Internal server error', 'XML parse error in web.config', 'parse error near line 3'],
  },
  'connect-timeout': { yes: ['Error: timeout'], no: ['setTimeout was called'] },
  'upgrade-400': {
    yes: [
      'failed: Error during WebSocket handshake: Unexpected response code: 400',
      'Error: Unexpected server response: 400',
    ],
    no: ['Unexpected response code: 4000'],
  },
  'upgrade-200': {
    yes: ["WebSocket connection to 'ws://*.azurewebsites.net' failed: Unexpected response code: 200"],
    no: ['200 OK'],
  },
  'upgrade-401': { no: ['Unexpected response code: 403'] },
  'upgrade-403': { no: ['Unexpected response code: 401'] },
  'upgrade-404': { no: ['Unexpected response code: 400'] },
  'upgrade-500': { no: ['Unexpected response code: 501'] },
  'upgrade-501': {
    yes: [
      "WebSocket connection to 'ws://localhost:85/socket.io/?EIO=3&transport=websocket&sid=W8' failed: Error during WebSocket handshake: Unexpected response code: 501",
    ],
    no: ['Unexpected response code: 500'],
  },
  'upgrade-502': { no: ['Unexpected response code: 503'] },
  'upgrade-503': { no: ['HTTP Error 503'] },
};
