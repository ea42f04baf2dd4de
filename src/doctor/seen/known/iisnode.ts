import { iisnodeSock } from '../../../typed-command.js';
import type { Family } from '../known-text.js';
import { httpsServer } from './causes.js';
import { crash, noLogFolder, starting, startRules } from './iisnode-start.js';
import { azureIssue, iisnodeIssue, source } from './sources.js';

/** Pages and sub-statuses of iisnode; with devErrorsEnabled they arrive with status 200. */
export const iisnode: Family = {
  name: 'iisnode',
  rule: 'SEEN_IISNODE_ERROR',
  texts: [
    ...starting,
    {
      id: '500-1003',
      example: 'HTTP Error 500.1003',
      says: 'The pipe to node cannot be configured (500.1003)',
      status: ['500.1003'],
      means: 'node closed the pipe in the moment of the connection, or another program has the pipe.',
      causes: [
        {
          says: 'the app crashes at the first request',
          fix: `read what node wrote: ${iisnodeSock} logs`,
          rules: startRules,
        },
      ],
      apart: 'A new process id in the names of the log files means a crash.',
      sources: [source('cprotocolbridge.cpp', 'CreateNamedPipeConnection')],
      follows: ['node'],
    },
    {
      id: 'request-headers-too-large',
      example: 'HTTP Error 500.1005',
      says: 'The headers of the request do not fit into the buffer of iisnode (500.1005)',
      status: ['500.1005'],
      means: 'maxRequestBufferSize is 65536 bytes by default.',
      causes: [{ says: 'cookies have grown too large', fix: 'store less in cookies, or raise maxRequestBufferSize' }],
      apart: 'It happens to users with many cookies only.',
      sources: [source('chttpprotocol.cpp', 'SerializeRequestHeaders')],
    },
    {
      id: 'request-not-sent',
      example: 'HTTP Error 500.1006',
      says: 'iisnode could not send the request to node (500.1004, 500.1006 to 500.1010)',
      status: ['500.1004', '500.1006', '500.1007', '500.1008', '500.1009', '500.1010'],
      means: 'node closed the pipe, or the client went away, while the request was sent.',
      causes: [
        {
          says: 'node closes idle connections after 5 s, and iisnode keeps them for 30 s',
          fix: 'server.keepAliveTimeout = 0, or maxNamedPipePooledConnectionAge="4000"',
        },
        { says: 'the app crashed during the upload', fix: `read what node wrote: ${iisnodeSock} logs` },
        { says: 'the client cancelled (1007, 1008)', fix: 'nothing to do' },
      ],
      apart: 'Rare and at random: keep-alive. Always with one URL: a crash in its route.',
      sources: [source('cprotocolbridge.cpp', 'SendRequestBody'), iisnodeIssue(610)],
      follows: ['node'],
    },
    {
      id: 'websocket-pipe-closed',
      example: 'GET /socket.io/?EIO=4&transport=websocket 500.1013',
      says: 'node drops the WebSocket request without an answer (500.1013 on the upgrade)',
      status: ['500.1013', '500.1011'],
      with: /transport=websocket|\bwss?:\/\/|\bUpgrade: websocket|WebSocket/i,
      means: 'The page and polling work; the upgrade reaches a server that has no socket.io for that path, or a crash.',
      causes: [
        {
          says: 'no socket.io server is attached at that path: engine.io destroys foreign upgrades after 1 s',
          fix: 'the same path on both ends, on the http server that listens',
          rules: ['SOCKET_PATH_MISMATCH_SERVER', 'SOCKET_PATH_MISMATCH_CLIENT', 'WRONG_SERVER_LISTENS'],
        },
        {
          says: 'the app crashes in its connection handler',
          fix: "log process.on('uncaughtException'), and read what node wrote",
        },
        httpsServer,
      ],
      apart: 'After one second: the path. At once, with a new process id in the log names: a crash.',
      sources: [azureIssue(42), iisnodeIssue(562), 'https://github.com/socketio/socket.io/issues/2346'],
      follows: ['node'],
    },
    {
      id: '500-1013-malformed',
      example: 'HRESULT: 0xb HTTP status: 500 HTTP subStatus: 1013',
      says: 'node answers something that is not HTTP (500.1013 with 0xb)',
      status: ['500.1013', '500.1014', '500.1015'],
      error: ['0xb', '0x8007000b'],
      means: 'The first bytes on the pipe are not a status line.',
      causes: [
        httpsServer,
        { says: 'the app writes an interim response (100, 102, 103)', fix: 'remove writeEarlyHints, writeContinue' },
        { says: 'a net server listens on the pipe', fix: 'listen with an http server' },
      ],
      apart: 'https.createServer in the sources, or cert and key options.',
      sources: [source('chttpprotocol.cpp', 'ParseResponseStatusLine'), iisnodeIssue(548)],
    },
    {
      id: '500-1013',
      example: 'HRESULT: 0x6d HTTP status: 500 HTTP subStatus: 1013',
      says: 'node closed the pipe before it answered (500.1013, 500.1011)',
      status: ['500.1013', '500.1011'],
      means: 'HRESULT 0x6d is "the pipe has been ended": iisnode sent the request, and the connection was closed.',
      causes: [
        {
          says: 'node (8 and later) closes idle connections after 5 s, and iisnode uses them for up to 30 s',
          fix: 'server.keepAliveTimeout = 0 (or more than 30000), or maxNamedPipePooledConnectionAge="4000"',
        },
        { ...httpsServer, when: /\bhttps\.createServer|\bcreate(?:s)? https? ?server\b/i },
        { says: 'the app crashes in this route', fix: `read what node wrote: ${iisnodeSock} logs` },
        {
          says: 'on the WebSocket request: no socket.io server at that path',
          fix: 'the same path on both ends',
          rules: ['SOCKET_PATH_MISMATCH_SERVER', 'SOCKET_PATH_MISMATCH_CLIENT'],
        },
      ],
      apart:
        'At random, after a pause of 5 s to 30 s: keep-alive. Always: https or a crash. On transport=websocket only: the path.',
      sources: [
        source('cprotocolbridge.cpp', 'ProcessResponseStatusLine'),
        iisnodeIssue(610),
        iisnodeIssue(650),
        iisnodeIssue(405),
        azureIssue(57),
      ],
      follows: ['websocket-pipe-closed', '500-1013-malformed', 'node'],
    },
    {
      id: 'response-broken',
      example: 'HTTP Error 500.1016',
      says: 'The answer of node broke off or does not fit (500.1012, 500.1014 to 500.1016)',
      status: ['500.1012', '500.1014', '500.1015', '500.1016'],
      means: 'node ended the connection inside the answer, or a header is larger than maxRequestBufferSize (1012).',
      causes: [
        { says: 'the process crashed while it answered', fix: `read what node wrote: ${iisnodeSock} logs` },
        { says: 'a response header is larger than 64 KB (1012)', fix: 'raise maxRequestBufferSize', when: /1012/ },
        { says: 'the answer has neither Content-Length nor chunks (1015)', fix: 'set one, or Connection: close' },
        { says: 'the client went away (1016)', fix: 'nothing to do' },
      ],
      apart: 'A new process id in the names of the log files means a crash.',
      sources: [source('cprotocolbridge.cpp', 'ProcessResponseBody')],
      follows: ['node'],
    },
    {
      id: 'client-gone',
      example: 'HTTP Error 500.1017',
      severity: 'info',
      says: 'The client went away before the answer was sent (500.1017, 500.1018)',
      status: ['500.1017', '500.1018'],
      means: 'The browser closed the page or cancelled the request. The log of IIS has it as an error.',
      causes: [{ says: 'users leave the page', fix: 'nothing to do' }],
      apart: 'It matters only when users see it, which they cannot.',
      sources: [source('cprotocolbridge.cpp', 'SendResponseBodyCompleted')],
    },
    {
      id: 'too-many-requests',
      example: 'HTTP Error 503.1002',
      says: 'iisnode refuses requests: as many are active as it allows (503.1002, 503.1000)',
      status: ['503.1002', '503.1000'],
      text: [/iisnode failed to process a new http request/i],
      means: 'A WebSocket counts as a request until it closes, a waiting poll too; 1024 per process by default.',
      causes: [
        {
          says: 'more clients are connected than maxConcurrentRequestsPerProcess',
          fix: `maxConcurrentRequestsPerProcess="20000"; ${iisnodeSock} capacity --viewers N`,
          rules: ['FEW_CONCURRENT_REQUESTS'],
        },
        {
          says: 'a crashed process cannot be started again (1028)',
          fix: 'give the full path of node.exe',
          when: /1028|0x404\b/,
        },
      ],
      apart: 'sc-win32-status in the log of IIS: 1816 is the limit, 1028 node.exe.',
      sources: [
        source('cactiverequestpool.cpp', 'Add'),
        iisnodeIssue(456),
        'https://github.com/tjanczuk/dante/issues/5',
      ],
    },
    {
      id: 'recycling-race',
      example: 'HTTP Error 503.1001',
      severity: 'warning',
      says: 'The request met the restart of the app (503.1001)',
      status: ['503.1001'],
      means: 'iisnode was recycling the app because a watched file or the configuration changed.',
      causes: [
        {
          says: 'a watched file changes often: the app writes into a folder of watchedFiles',
          fix: 'watchedFiles="web.config", or write elsewhere',
        },
        { says: 'a deployment was running', fix: 'nothing to do' },
      ],
      apart: 'How often: once is a deployment.',
      sources: [source('cnodeprocessmanager.cpp', 'Dispatch'), iisnodeIssue(406)],
    },
    {
      id: 'pipe-busy',
      example: 'HTTP Error 503.1003',
      says: 'node accepts new connections too slowly (503.1003)',
      status: ['503.1003'],
      text: [/named pipe server is too busy/i],
      means: 'A burst of clients, for instance after a restart, meets too few waiting instances of the pipe.',
      causes: [
        {
          says: 'iisnode is older than 0.2.21, which sets NODE_PENDING_PIPE_INSTANCES=5000',
          fix: 'update iisnode, or set the variable in appSettings',
          rules: ['PIPE_INSTANCES_AS_ARGUMENT'],
        },
        { says: 'the event loop of the app is blocked', fix: 'find the synchronous work; node --cpu-prof' },
      ],
      apart: 'The version of iisnode.dll; then the load of the process.',
      sources: [source('cprotocolbridge.cpp', 'CreateNamedPipeConnection'), iisnodeIssue(456), iisnodeIssue(487)],
    },
    {
      id: 'no-stderr',
      example:
        'The node.exe process has not written any information to stderr or iisnode was unable to capture this information.',
      says: 'iisnode failed, and has nothing that node wrote',
      text: [/node\.exe process has not written any information to stderr/i],
      means: 'Either node printed nothing, or the log could not be written.',
      causes: [
        noLogFolder,
        { says: 'node listens elsewhere and is silent', fix: 'server.listen(process.env.PORT)', rules: ['FIXED_PORT'] },
        { says: 'logDirectory is an absolute path, which this page does not read', fix: 'read the files there' },
      ],
      apart: 'Is there a file in the folder iisnode beside the entry point?',
      sources: [source('cnodeprocess.cpp', 'TryGetLog'), iisnodeIssue(500), iisnodeIssue(506)],
      follows: ['iisnode', 'node'],
    },
    {
      id: 'iisnode-error-page',
      example: 'iisnode encountered an error when processing the request.',
      says: 'iisnode failed while it handled the request',
      text: [/iisnode encountered an error when processing the request/i],
      means: 'The page has the real status: HTTP status and HTTP subStatus; the 200 is due to devErrorsEnabled.',
      causes: [
        crash,
        {
          says: 'node does not listen on process.env.PORT',
          fix: 'server.listen(process.env.PORT)',
          rules: ['FIXED_PORT', 'PORT_NUMERIC'],
        },
        noLogFolder,
      ],
      apart: 'HTTP subStatus: 1001 never listened, 1002 ended, 1013 closed the pipe. Give the whole page to --seen.',
      sources: [
        source('cprotocolbridge.cpp', 'SendDevError'),
        iisnodeIssue(260),
        'https://github.com/meteor/meteor/issues/241',
      ],
      follows: ['iisnode', 'node'],
    },
  ],
};
