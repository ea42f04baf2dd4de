import type { Family } from '../known-text.js';
import { moduleIsOff, oneMachine, oneProcess, stickyProcesses } from '../ruled-out.js';
import { connectionDocs, iisnodeIssue, socketIoIssue } from './sources.js';

const engine = 'https://github.com/socketio/engine.io-protocol';

/** What socket.io's server answers (its JSON codes), and what its client reports. */
export const socketIoTexts: Family = {
  name: 'socket.io',
  rule: 'SEEN_SOCKET_ERROR',
  texts: [
    {
      id: 'session-id-unknown',
      example: '{"code":1,"message":"Session ID unknown"}',
      says: 'A poll or an upgrade reached a process that does not know its session ("Session ID unknown")',
      text: [/Session ID unknown/i, /"code"\s{0,3}:\s{0,3}1\s{0,3}[,}]/],
      means:
        'A session lives in the memory of one process. The request came to another process, or the process has ended.',
      causes: [
        {
          says: 'several node processes share the polls of a session, and nothing keeps a client at its process',
          fix: 'nodeProcessCountPerApplication="1", or nodeProcessStickySessions="true" with an adapter, or transports: [\'websocket\'] on both ends',
          rules: ['POLLING_WITHOUT_STICKY_SESSIONS', 'CLUSTER_SPREADS_POLLS', 'LIVE_SESSION_LOST', 'SESSION_LOST'],
          unless: stickyProcesses,
        },
        {
          says: 'several machines or instances without affinity, or a client that does not send the cookie back',
          fix: 'switch ARR affinity on, withCredentials: true in the client, or the websocket transport alone',
          unless: oneMachine,
        },
        {
          says: 'the process was restarted while clients were connected: a recycle, a crash, or a watched file that changed',
          fix: 'read the log for new process ids; watchedFiles="web.config", idleTimeout 0 of the pool. Clients reconnect on their own',
        },
        {
          says: 'a client outside a browser keeps no cookies (socket.io-client in node, .NET, Java)',
          fix: "transports: ['websocket'] in that client",
          unless: oneProcess,
        },
      ],
      apart:
        'Once per restart, and clients recover: a restart. On every second poll, and clients reconnect forever: several processes or machines.',
      sources: [connectionDocs, engine, iisnodeIssue(381), iisnodeIssue(384), socketIoIssue(1503), socketIoIssue(4433)],
    },
    {
      id: 'transport-unknown',
      example: '{"code":0,"message":"Transport unknown"}',
      says: 'The server does not allow the transport that the client asks for (code 0)',
      text: [/Transport unknown/i],
      means: 'transports differs on the two ends.',
      causes: [
        {
          says: 'the lists of transports do not overlap, or have names of socket.io 0.9',
          fix: 'leave transports out on both ends, or give the same list',
          rules: ['TRANSPORTS_UNKNOWN'],
        },
        { says: 'the URL lacks transport= (opened by hand in a browser)', fix: 'add ?EIO=4&transport=polling' },
      ],
      apart: 'The query of the request has the transport.',
      sources: [engine, socketIoIssue(1472), socketIoIssue(1542)],
    },
    {
      id: 'bad-handshake-method',
      example: '{"code":2,"message":"Bad handshake method"}',
      says: 'A handshake was sent with another method than GET (code 2)',
      text: [/Bad handshake method/i],
      means: 'A handshake is a GET; this was a POST or OPTIONS without a sid.',
      causes: [
        {
          says: 'a preflight (OPTIONS) reached engine.io, because cors is not set on the server',
          fix: 'cors: { origin: [...] } in new Server',
        },
        { says: 'a rule or proxy removes the query string with the sid', fix: 'appendQueryString="true" in the rule' },
      ],
      apart: 'The method and the query of the request.',
      sources: [engine],
    },
    {
      id: 'bad-request',
      example: '{"code":3,"message":"Bad request"}',
      says: 'engine.io finds the request invalid (code 3)',
      text: [/"code"\s{0,3}:\s{0,3}3\s{0,3},\s{0,3}"message"\s{0,3}:\s{0,3}"Bad request"/i],
      means: 'Most often: a request says transport=websocket and is not an upgrade when it arrives at node.',
      causes: [
        {
          says: 'the Upgrade was lost on the way: Connection is "keep-alive, Upgrade" (Firefox), which iisnode rewrites',
          fix: 'a rule that sets HTTP_CONNECTION to Upgrade for the socket path',
        },
        { says: 'a proxy in front does not pass Upgrade and Connection', fix: 'let the proxy pass both headers' },
        {
          says: 'the sid belongs to another transport',
          fix: 'see "Session ID unknown"',
          rules: ['POLLING_WITHOUT_STICKY_SESSIONS'],
        },
      ],
      apart: 'Works in Chrome and not in Firefox: the Connection header.',
      sources: [engine, 'https://github.com/Azure/iisnode/issues/112', iisnodeIssue(497)],
    },
    {
      id: 'handshake-forbidden',
      example: '{"code":4,"message":"Forbidden"}',
      says: 'The server refuses the handshake (code 4, 403)',
      text: [/"code"\s{0,3}:\s{0,3}4\s{0,3}[,}]/],
      means: 'allowRequest of the app, or origins in version 2, said no.',
      causes: [
        { says: 'allowRequest refuses: a token or an origin', fix: 'look in allowRequest of the server' },
        { says: 'socket.io 2: origins does not have the address of the page', fix: "origins: ['https://site:443']" },
      ],
      apart: 'The message beside the code is the one of the app.',
      sources: [engine],
    },
    {
      id: 'protocol-version',
      example: '{"code":5,"message":"Unsupported protocol version"}',
      says: 'Client and server speak different versions of the protocol (code 5)',
      text: [
        /Unsupported protocol version/i,
        /trying to reach a Socket\.IO server in v2\.x with a v3\.x client/i,
        /"code"\s{0,3}:\s{0,3}5\s{0,3}[,}]/,
      ],
      means: 'socket.io 1 and 2 use EIO=3, versions 3 and 4 EIO=4.',
      causes: [
        {
          says: 'the client script is of another major version (a CDN, a bundle, a mobile app)',
          fix: 'the same major on both ends: /socket.io/socket.io.js is always the right one; or allowEIO3: true',
          rules: ['EIO_MISMATCH', 'LIVE_GENERATIONS_DIFFER'],
        },
      ],
      apart: 'EIO= in the query of the request, and npm ls socket.io on the server.',
      sources: [
        'https://socket.io/docs/v4/client-installation/#version-compatibility',
        socketIoIssue(4120),
        socketIoIssue(4381),
      ],
    },
    {
      id: 'poll-refused',
      example: 'POST https://example.com/socket.io/?EIO=4&transport=polling&sid=abc 400 (Bad Request)',
      says: 'A request of socket.io was answered with 400',
      text: [
        /socket\.io\/?\?[^\s]{0,300}transport=polling[^\s]{0,300}(?: HTTP\/\d\.\d"?)?[^\n\d]{0,120}\b400\b/i,
        /\b400\b[^\n]{0,160}socket\.io\/?\?[^\n]{0,300}transport=polling/i,
      ],
      means: 'The body of the answer has the reason as a code.',
      causes: [
        {
          says: 'several node processes: code 1, "Session ID unknown"',
          fix: 'one process, or nodeProcessStickySessions="true" with an adapter',
          rules: ['POLLING_WITHOUT_STICKY_SESSIONS', 'CLUSTER_SPREADS_POLLS', 'LIVE_SESSION_LOST', 'SESSION_LOST'],
          unless: stickyProcesses,
        },
        { says: 'the process was restarted: code 1 once', fix: 'read the log for new process ids' },
        {
          says: 'another major version of the client: code 5',
          fix: 'the same major on both ends',
          rules: ['EIO_MISMATCH', 'LIVE_GENERATIONS_DIFFER'],
        },
        { says: 'transports differ: code 0', fix: 'the same list on both ends', rules: ['TRANSPORTS_UNKNOWN'] },
      ],
      apart: 'Open the request in the network tab: its answer has the code. Or save a HAR: doctor --har FILE',
      sources: [connectionDocs, engine],
      follows: [
        'session-id-unknown',
        'transport-unknown',
        'bad-handshake-method',
        'bad-request',
        'handshake-forbidden',
        'protocol-version',
      ],
    },
    {
      id: 'invalid-namespace',
      example: '44/app,{"message":"Invalid namespace"}',
      says: 'The client asks for a namespace that the server does not have',
      text: [/Invalid namespace/i],
      means: 'A path in the address of io() is a namespace, not the path of the requests.',
      causes: [
        {
          says: "io('/app') was meant as the vdir path",
          fix: "io({ path: '/app/socket.io' })",
          rules: ['NAMESPACE_MISMATCH', 'SOCKET_PATH_MISMATCH_CLIENT'],
        },
        {
          says: 'the server has no io.of() of that name',
          fix: "io.of('/name') on the server",
          rules: ['NAMESPACE_MISMATCH', 'LIVE_NAMESPACE_MISSING'],
        },
      ],
      apart: 'The handshake answers 200, then comes 44{"message":"Invalid namespace"}.',
      sources: ['https://socket.io/docs/v4/namespaces/', socketIoIssue(761), socketIoIssue(5375)],
    },
    {
      id: 'xhr-poll-error',
      example: 'connect_error: Error: xhr poll error',
      says: 'A poll of socket.io failed (xhr poll error)',
      text: [/xhr poll(?:ing)? error/i, /xhr post error/i, /TransportError: fetch (?:read|write) error/i],
      means: 'The request of the handshake or of a poll got no answer, or not a 200. The network tab has its status.',
      causes: [
        {
          says: 'the address leads nowhere: another path, port or host than the app',
          fix: "io() without address, and path: '/app/socket.io' in a virtual directory",
          rules: [
            'SOCKET_PATH_MISMATCH_CLIENT',
            'SOCKET_PATH_MISMATCH_SERVER',
            'SOCKET_REWRITE_MISSING',
            'SOCKET_REWRITE_SWALLOWED',
            'CLIENT_ADDRESS_LOCAL',
            'LIVE_HANDSHAKE_FAILS',
            'HANDSHAKE_FAILED',
          ],
        },
        {
          says: 'the page is of another origin and the server has no cors option',
          fix: 'cors: { origin: [...] } in new Server',
        },
        {
          says: 'several processes: 400 "Session ID unknown"',
          fix: 'one process, or sticky sessions',
          rules: ['POLLING_WITHOUT_STICKY_SESSIONS'],
          unless: stickyProcesses,
        },
        { says: 'the app does not run: 500, 502 or 503', fix: 'open the page of the app in a browser on the server' },
        { says: 'the certificate is not accepted (clients in node and on phones)', fix: 'install the whole chain' },
      ],
      apart:
        'The status of the request in the network tab: 404 path, 400 code 1 processes, 5xx the app, none CORS or certificate. Save it as HAR: doctor --har FILE',
      sources: [connectionDocs, socketIoIssue(3083)],
      follows: [
        'session-id-unknown',
        'poll-refused',
        'transport-unknown',
        'protocol-version',
        'browser',
        'iisnode',
        'iis',
        'bad-request',
        'handshake-forbidden',
      ],
    },
    {
      id: 'websocket-error',
      example: 'connect_error: Error: websocket error',
      says: 'The WebSocket of socket.io failed (websocket error)',
      text: [/\bwebsocket error\b/i],
      but: /WebSocket connection to/,
      means: 'The client uses WebSocket, and the upgrade was not answered with 101.',
      causes: [
        {
          says: "IIS's own WebSocket module takes the upgrade",
          fix: '<webSocket enabled="false" /> in system.webServer',
          rules: ['WEBSOCKET_MODULE_ENABLED', 'LIVE_WEBSOCKET_FAILS', 'WEBSOCKET_FAILED'],
          unless: moduleIsOff,
        },
        {
          says: 'the path is not the one of the server',
          fix: "path: '/app/socket.io' on both ends",
          rules: ['SOCKET_PATH_MISMATCH_CLIENT', 'SOCKET_PATH_MISMATCH_SERVER', 'SOCKET_REWRITE_MISSING'],
        },
        { says: 'a proxy in front does not pass upgrades', fix: 'let it pass Upgrade and Connection' },
        { says: 'on Azure the switch Web sockets is off', fix: 'az webapp config set --web-sockets-enabled true' },
      ],
      apart: 'The console has a line "WebSocket connection to ... failed" with the status: give it to --seen.',
      sources: [connectionDocs],
      follows: ['browser', 'session-id-unknown', 'protocol-version', 'iisnode'],
    },
    {
      id: 'ping-timeout',
      example: 'disconnect: ping timeout',
      severity: 'warning',
      says: 'The connection was given up because no ping or pong came in time (ping timeout)',
      text: [/\bping timeout\b/i],
      means: 'The other side was silent for pingInterval + pingTimeout (45 s by default).',
      causes: [
        {
          says: 'the event loop of the server, or a background tab, was blocked',
          fix: 'find the synchronous work; raise pingTimeout',
        },
        { says: 'the network was lost (sleep, mobile)', fix: 'nothing to do: the client reconnects' },
        { says: 'a message is large and takes longer than pingTimeout', fix: 'raise pingTimeout, or send it by HTTP' },
      ],
      apart: 'All clients at once: the server. One at a time: their networks.',
      sources: [connectionDocs],
    },
    {
      id: 'transport-close',
      example: 'disconnect: transport close',
      severity: 'warning',
      says: 'The connection was cut from outside (transport close, transport error)',
      text: [
        /\btransport (?:close|error)\b/i,
        /\bSCRIPT12030\b/,
        /close(?:d)? (?:event )?(?:with )?(?:code:? )?1006\b/i,
      ],
      means: 'Not socket.io ended it: the server process ended, a proxy cut it, or a limit was exceeded.',
      causes: [
        {
          says: 'the process was restarted: a recycle, a crash, the idle time-out of the pool (20 min), the periodic restart (29 h)',
          fix: 'idleTimeout 0 and periodicRestart 0 of the pool; watchedFiles="web.config"; read the log for crashes',
        },
        {
          says: 'a message is larger than maxHttpBufferSize (1 MB since 3.0)',
          fix: 'raise maxHttpBufferSize, or upload by HTTP',
        },
        {
          says: 'a proxy cuts idle connections before the ping (25 s)',
          fix: 'pingInterval: 10000, below the time-out of the proxy',
        },
      ],
      apart:
        'All at once: the process. Always the same time after the last message: a proxy. After a large message: the limit.',
      sources: [
        connectionDocs,
        iisnodeIssue(643),
        'https://github.com/socketio/engine.io/issues/706',
        'https://github.com/projectkudu/kudu/issues/1215',
      ],
      follows: ['session-id-unknown', 'invalid-frame', 'server-event', 'log'],
    },
    {
      id: 'parse-error',
      example: 'disconnect: parse error',
      says: 'The client cannot read what it receives (parse error, server error)',
      text: [/\bparse error\b/i, /\bparser error\b/i, /\bError: server error\b/],
      with: /socket|engine|disconnect|transport|packet|polling|connect_error/i,
      but: /\bXML\b|SyntaxError|web\.config/i,
      means: 'The answer is not of this version of the protocol, or not of socket.io.',
      causes: [
        {
          says: 'client and server have different major versions',
          fix: 'the same major on both ends',
          rules: ['EIO_MISMATCH', 'LIVE_GENERATIONS_DIFFER'],
        },
        {
          says: 'the answer is a page (HTML), because a rule sends the URL elsewhere',
          fix: 'a rule for the socket path before all others',
          rules: ['SOCKET_REWRITE_SWALLOWED', 'SOCKET_REWRITE_MISSING'],
        },
      ],
      apart: 'The body of the answer in the network tab: 0{"sid": is right.',
      sources: [connectionDocs],
      follows: ['protocol-version', 'html-instead-of-script'],
    },
    {
      id: 'connect-timeout',
      example: 'connect_error: timeout',
      says: 'The connection was not made in time (timeout)',
      text: [/connect_error[^\n]{0,60}\btimeout\b/i, /\bError: timeout\b/i],
      means: 'No answer within 20 s: the server does not answer, or waits.',
      causes: [
        {
          says: 'the app does not listen on process.env.PORT, and iisnode waits 25 s for it',
          fix: 'server.listen(process.env.PORT)',
          rules: ['FIXED_PORT', 'PORT_NUMERIC', 'GATEWAY_PORT'],
        },
        {
          says: 'Windows 10 or 11: IIS answers ten requests at a time, and sockets occupy them',
          fix: 'test on Windows Server, close other tabs',
        },
        { says: 'a firewall drops the packets', fix: 'open the port of the binding' },
      ],
      apart: 'Does the page itself load? Then not the firewall.',
      sources: [connectionDocs, iisnodeIssue(268)],
    },
  ],
};
