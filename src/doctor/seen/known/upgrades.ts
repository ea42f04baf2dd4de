import { iisnodeSock } from '../../../typed-command.js';
import type { KnownText } from '../known-text.js';
import { stickyProcesses } from '../ruled-out.js';
import { azureSwitchOff, moduleOn, notAttached, path, rewrite } from './causes.js';
import { connectionDocs, iisnodeIssue } from './sources.js';

const status = (code: number): RegExp[] => [
  new RegExp(`[Uu]nexpected (?:server )?response(?: code)?: ${code}\\b`),
  new RegExp(`WebSocket[^\\n]{0,300}\\b(?:status(?: code)?|response code|HTTP):? ${code}\\b`, 'i'),
];

/** The upgrade got another status than 101. */
export const upgrades: readonly KnownText[] = [
  {
    id: 'upgrade-400',
    example:
      "WebSocket connection to 'wss://example.com/socket.io/?EIO=4&transport=websocket' failed: Error during WebSocket handshake: Unexpected response code: 400",
    says: 'The WebSocket upgrade was answered with 400',
    text: status(400),
    means: 'IIS or engine.io refuses the upgrade; polling usually works.',
    causes: [
      moduleOn,
      {
        says: 'several node processes: the upgrade reaches one that does not know the session',
        fix: 'one process, or nodeProcessStickySessions="true"',
        rules: ['POLLING_WITHOUT_STICKY_SESSIONS'],
        unless: stickyProcesses,
      },
      {
        says: 'Firefox sends Connection: keep-alive, Upgrade, which iisnode rewrites to keep-alive',
        fix: 'a rule that sets HTTP_CONNECTION to Upgrade for the socket path',
        when: /Firefox/i,
      },
      {
        says: 'a proxy in front does not pass Upgrade and Connection',
        fix: 'let it pass both headers',
        when: /nginx|proxy|ELB|cloudflare/i,
      },
    ],
    apart:
      'The body of the 400: {"code":1} processes, {"code":3} the header was changed, empty or HTML: the module of IIS.',
    sources: [
      iisnodeIssue(367),
      iisnodeIssue(497),
      'https://github.com/socketio/socket.io/issues/3228',
      connectionDocs,
    ],
  },
  {
    id: 'upgrade-200',
    example:
      "WebSocket connection to 'wss://example.com/socket.io/?EIO=4&transport=websocket' failed: Error during WebSocket handshake: Unexpected response code: 200",
    says: 'The WebSocket upgrade was answered with 200',
    text: status(200),
    means: 'Something answered as if it were a page: an error page of iisnode, a static file, or the module of IIS.',
    causes: [
      moduleOn,
      {
        says: 'iisnode failed (500.1013 for instance), and devErrorsEnabled makes it a page with status 200',
        fix: 'devErrorsEnabled="false", then look at the real status; the path has to be the same on both ends',
        rules: ['SOCKET_PATH_MISMATCH_SERVER', 'SOCKET_PATH_MISMATCH_CLIENT'],
      },
      rewrite,
      notAttached,
      azureSwitchOff,
    ],
    apart: 'The body: "iisnode encountered an error" is the second, another page the third, nothing the first.',
    sources: [iisnodeIssue(494), iisnodeIssue(388), 'https://github.com/websockets/ws/issues/699'],
  },
  {
    id: 'upgrade-401',
    example:
      "WebSocket connection to 'wss://example.com/socket.io/?EIO=4&transport=websocket' failed: Error during WebSocket handshake: Unexpected response code: 401",
    says: 'The WebSocket upgrade asks for a login (401)',
    text: status(401),
    means: 'Browsers cannot answer Windows authentication on a WebSocket.',
    causes: [
      {
        says: 'Windows authentication is on for the socket path',
        fix: 'a <location> for it with anonymousAuthentication, and a token in auth: { token }',
      },
      { says: 'the app refuses the upgrade', fix: 'look in allowRequest and in middleware' },
    ],
    apart: 'WWW-Authenticate: Negotiate or NTLM in the answer is IIS.',
    sources: ['https://github.com/Azure/iisnode/issues/95', iisnodeIssue(424)],
  },
  {
    id: 'upgrade-403',
    example:
      "WebSocket connection to 'wss://example.com/socket.io/?EIO=4&transport=websocket' failed: Error during WebSocket handshake: Unexpected response code: 403",
    says: 'The WebSocket upgrade was forbidden (403)',
    text: status(403),
    means: 'A filter of IIS, a plan limit of Azure, or the app refuses it.',
    causes: [
      { says: 'the app refuses the origin or the token (allowRequest, verifyClient)', fix: 'look in allowRequest' },
      {
        says: 'on Azure the limit of connections of the plan is reached, or web sockets are off',
        fix: 'az webapp config set --web-sockets-enabled true',
      },
      {
        says: 'IP or URL restrictions of IIS',
        fix: 'appcmd list config -section:system.webServer/security/ipSecurity',
      },
    ],
    apart: 'The sub-status in the log of IIS; without an entry there the app answered.',
    sources: ['https://github.com/bryceg/Owin.WebSocket/issues/21', connectionDocs],
  },
  {
    id: 'upgrade-404',
    example:
      "WebSocket connection to 'wss://example.com/socket.io/?EIO=4&transport=websocket' failed: Error during WebSocket handshake: Unexpected response code: 404",
    says: 'The WebSocket upgrade was answered with 404',
    text: status(404),
    means: 'The URL is not the one of a WebSocket server.',
    causes: [rewrite, path, notAttached],
    apart: 'A page of IIS: no rule. "Cannot GET": the wrong server listens.',
    sources: [iisnodeIssue(531), connectionDocs],
  },
  {
    id: 'upgrade-500',
    example:
      "WebSocket connection to 'wss://example.com/socket.io/?EIO=4&transport=websocket' failed: Error during WebSocket handshake: Unexpected response code: 500",
    says: 'The WebSocket upgrade was answered with 500',
    text: status(500),
    means: 'iisnode or IIS failed on the upgrade; the log of IIS has the sub-status.',
    causes: [
      { ...path, says: 'no socket.io server is attached at that path, and node drops the request (500.1013)' },
      { says: 'the app crashes in its connection handler', fix: `read what node wrote: ${iisnodeSock} logs` },
      { says: 'the role service WebSocket Protocol is missing, for a site behind ARR', fix: 'install IIS-WebSockets' },
    ],
    apart: 'sc-substatus in the log of IIS: 1013 is the path or a crash.',
    sources: [iisnodeIssue(481), iisnodeIssue(562)],
  },
  {
    id: 'upgrade-501',
    example:
      "WebSocket connection to 'wss://example.com/socket.io/?EIO=4&transport=websocket' failed: Error during WebSocket handshake: Unexpected response code: 501",
    says: 'The WebSocket upgrade was answered with 501: this IIS cannot do WebSockets',
    text: status(501),
    means: 'IIS 7.x has none.',
    causes: [
      { says: 'Windows 7 or Server 2008 R2', fix: "a newer Windows, or transports: ['polling'] on both ends" },
      { says: 'iisnode 0.1.x', fix: 'install iisnode 0.2.26' },
    ],
    apart: 'Server: Microsoft-IIS/7.5 in the headers.',
    sources: [iisnodeIssue(402), iisnodeIssue(201)],
  },
  {
    id: 'upgrade-502',
    example:
      "WebSocket connection to 'wss://example.com/socket.io/?EIO=4&transport=websocket' failed: Error during WebSocket handshake: Unexpected response code: 502",
    says: 'The WebSocket upgrade was answered with 502',
    text: status(502),
    means: 'A proxy (ARR, HttpPlatformHandler) does not reach node, or cannot do WebSockets.',
    causes: [
      {
        says: 'the role service WebSocket Protocol is missing, or webSocket enabled="false" in a site of ARR',
        fix: 'install IIS-WebSockets, and remove the element',
        rules: ['WEBSOCKET_OFF_BEHIND_PROXY'],
      },
      { says: 'compression is negotiated, which ARR does not support', fix: 'perMessageDeflate: false' },
      { says: 'node does not run behind the proxy', fix: 'start it' },
    ],
    apart: 'Does polling work through the same proxy? Then it is the upgrade.',
    sources: [
      'https://github.com/MicrosoftDocs/iis-docs/issues/1022',
      'https://stackoverflow.com/questions/34316825/websockets-reverse-proxy-in-iis-8',
    ],
  },
  {
    id: 'upgrade-503',
    example:
      "WebSocket connection to 'wss://example.com/socket.io/?EIO=4&transport=websocket' failed: Error during WebSocket handshake: Unexpected response code: 503",
    says: 'The WebSocket upgrade was answered with 503',
    text: status(503),
    means: 'A switch or a limit: polling usually works.',
    causes: [
      {
        says: 'on Azure the switch Web sockets is off',
        fix: 'az webapp config set --web-sockets-enabled true; keep <webSocket enabled="false" />',
      },
      { says: 'on Azure the plan allows no more sockets (Free 5, Shared 35, Basic 350)', fix: 'scale the plan up' },
      {
        says: 'maxConcurrentRequestsPerProcess (1024) is reached',
        fix: 'maxConcurrentRequestsPerProcess="20000"',
        rules: ['FEW_CONCURRENT_REQUESTS'],
      },
    ],
    apart: 'The first socket fails: the switch. Only further ones: a limit.',
    sources: [iisnodeIssue(322), iisnodeIssue(456), 'https://github.com/rauchg/slackin/issues/197'],
    follows: ['websockets-disabled-on-azure', 'iisnode'],
  },
];
