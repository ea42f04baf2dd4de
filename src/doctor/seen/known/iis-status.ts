import { iisnodeSock } from '../../../typed-command.js';
import type { Family } from '../known-text.js';
import { moduleIsOff } from '../ruled-out.js';
import { refusedRequests } from './iis-requests.js';
import { iisnodeIssue } from './sources.js';

const codes =
  'https://learn.microsoft.com/troubleshoot/developer/webapps/iis/www-administration-management/http-status-code';

/** Error pages of IIS itself, and its log. */
export const iisStatus: Family = {
  name: 'iis',
  rule: 'SEEN_IIS_ERROR',
  texts: [
    ...refusedRequests,
    {
      id: 'rewrite-error',
      example:
        'HTTP Error 500.50 - URL Rewrite Module Error. The server variable "HTTP_CONNECTION" is not allowed to be set.',
      says: 'A rule of URL Rewrite cannot run (500.50, 500.51, 500.52)',
      status: ['500.50', '500.51', '500.52', '500.53'],
      text: [
        /server variable "?[\w-]{1,60}"? is not allowed to be set/i,
        /URL Rewrite Module Error/i,
        /expression "[^"\n]{1,200}" contains a(?: repeat)? (?:expression|syntax)/i,
        /Outbound rewrite rules cannot be applied when the content of the HTTP response is encoded/i,
      ],
      means: 'The rule is invalid at run time: every URL that reaches it fails.',
      causes: [
        {
          says: 'a rule sets a server variable (HTTP_CONNECTION, HTTP_X_FORWARDED_PROTO) that is not allowed',
          fix: 'add it to allowedServerVariables of the server: IIS Manager, URL Rewrite, View Server Variables',
          when: /server variable/i,
        },
        {
          says: 'the pattern is not a valid regular expression (url="*" without patternSyntax="Wildcard")',
          fix: 'url=".*", or patternSyntax="Wildcard"',
          rules: ['WILDCARD_WITH_REGEX', 'CONFIG_ERROR'],
        },
        {
          says: 'an outbound rule meets a compressed response (500.52)',
          fix: 'remove Accept-Encoding in an inbound rule, or <urlCompression doDynamicCompression="false" />',
          when: /500\.52|Content-Encoding|response is encoded/i,
        },
      ],
      apart:
        '50 is an inbound rule, 51 a global one, 52 an outbound one; the page on the server names the variable or the pattern.',
      sources: [codes, 'https://github.com/Azure/iisnode/issues/112', iisnodeIssue(497)],
    },
    {
      id: 'process-failed-to-start',
      example: 'HTTP Error 502.5 - Process Failure',
      says: 'HttpPlatformHandler, or the ASP.NET Core Module, could not start the program (502.5, 502.3)',
      status: ['502.5'],
      text: [
        /HTTP Error 502\.5\b/i,
        /\bProcess (?:startup )?failed to start|Process Failure\b/i,
        /\bANCM\b[^\n]{0,60}\bFailure\b/i,
      ],
      means: 'The process did not start, or did not listen on the port of HTTP_PLATFORM_PORT in time.',
      causes: [
        {
          says: 'the app listens on a fixed port, not on process.env.HTTP_PLATFORM_PORT',
          fix: '<environmentVariable name="PORT" value="%HTTP_PLATFORM_PORT%" />, and listen on process.env.PORT',
          rules: ['PLATFORM_PORT_NOT_READ', 'FIXED_PORT'],
        },
        {
          says: 'processPath names a node.exe that the pool cannot read (below C:\\Users)',
          fix: 'install node for the machine, processPath="C:\\Program Files\\nodejs\\node.exe"',
          rules: ['PLATFORM_PROCESS_PATH'],
        },
        { says: 'the app crashes at its start', fix: 'stdoutLogEnabled="true", and read the file' },
        {
          says: 'the handler in web.config is the ASP.NET Core Module: it starts the program of <aspNetCore>, often dotnet',
          fix: `${iisnodeSock} init writes a web.config for node; name node in processPath where the module is to stay`,
          when: /\bANCM\b|ASP\.NET Core|aspNetCore/i,
        },
      ],
      apart: 'The stdout file: empty means that node was not started, a stack means that the app crashed.',
      sources: [
        'https://github.com/aspnet/IISIntegration/issues/79',
        'https://github.com/lextudio/httpbridge/issues/2',
      ],
      follows: ['node'],
    },
    {
      id: 'bad-gateway',
      example: 'HTTP Error 502.3 - Bad Gateway',
      says: 'IIS does not reach the server behind it (502.3, 502.4)',
      status: ['502.3', '502.4', '502.0', '502'],
      text: [
        /HTTP Error 502\b/i,
        /\b502 Bad Gateway\b/i,
        /502 - Web server received an invalid response while acting as a gateway/i,
      ],
      but: /[Hh]andshake|[Uu]nexpected response code|WebSocket connection/,
      means:
        'A rule of ARR, or HttpPlatformHandler, passes requests to a port at which nothing answers. iisnode has no port.',
      causes: [
        {
          says: 'the node process behind the proxy is not running, or listens on another port or address',
          fix: 'start it as a service, and listen on 127.0.0.1 and the port of the rule',
          rules: ['PROXY_TO_OTHER_PORT'],
        },
        {
          says: 'the rule asks by https, and the app speaks http, or the reverse',
          fix: 'the scheme that node speaks, in the target of the rule',
          rules: ['PROXY_IN_OTHER_SCHEME'],
        },
        {
          says: 'localhost leads to ::1 and the app listens on 127.0.0.1, or the reverse',
          fix: 'http://127.0.0.1:3000 in the rule',
        },
        {
          says: 'the answer takes longer than the time-out of the proxy (0x80072ee2, 12002)',
          fix: 'raise the time-out of the proxy: Application Request Routing, Server Proxy Settings',
          when: /80072ee2|12002/i,
        },
      ],
      apart: 'The error code: 0x80072efd is "not reachable", 0x80072ee2 "too late", 0x80072efe "connection broken".',
      sources: [
        'https://github.com/louislam/uptime-kuma/issues/3470',
        'https://github.com/unosquare/passcore/issues/33',
      ],
      follows: ['process-failed-to-start'],
    },
    {
      id: 'not-implemented',
      example: 'HTTP Error 501.0 - Not Implemented',
      says: 'The upgrade is refused with 501: this server cannot do WebSockets',
      status: ['501', '501.0'],
      text: [/HTTP Error 501\b/i],
      means: 'IIS before version 8 (Windows 7, Server 2008 R2) has no WebSockets; iisnode then answers 501.',
      causes: [
        { says: 'IIS 7.x', fix: "a newer Windows, or transports: ['polling'] on both ends" },
        { says: 'iisnode 0.1.x', fix: 'install iisnode 0.2.26' },
      ],
      apart: 'Server: Microsoft-IIS/7.5 in the headers.',
      sources: [iisnodeIssue(402), iisnodeIssue(201), iisnodeIssue(35)],
    },
    {
      id: 'websockets-disabled-on-azure',
      example: 'IIS Detailed Error - 503.0 - WebSocket request made to a site where WebSockets are disabled.',
      says: 'Web sockets are switched off in Azure App Service',
      text: [/WebSocket request made to a site where WebSockets are disabled/i],
      status: ['503.12'],
      means: 'The switch of the platform is off (its default). It is another one than <webSocket> in web.config.',
      causes: [
        {
          says: 'Configuration, General settings, Web sockets is off',
          fix: 'az webapp config set --web-sockets-enabled true; keep <webSocket enabled="false" /> in web.config',
        },
      ],
      apart: 'az webapp config show says webSocketsEnabled.',
      sources: [iisnodeIssue(322), 'https://github.com/MicrosoftDocs/azure-docs/issues/94331'],
    },
    {
      id: 'queue-full',
      example: 'HTTP Error 503.2 - Service Unavailable',
      says: 'IIS refuses further requests: a limit of the server is reached (503.2, 503.3)',
      status: ['503.2', '503.3', '503.4'],
      means: 'appConcurrentRequestLimit (5000) or queueLength (1000) is full; open WebSockets and waiting polls count.',
      causes: [
        {
          says: 'more clients than the defaults allow',
          fix: `${iisnodeSock} capacity --viewers N prints the settings of the server`,
          rules: ['FEW_CONCURRENT_REQUESTS'],
        },
      ],
      apart: '503.2 is appConcurrentRequestLimit in serverRuntime, 503.3 queueLength of the pool.',
      sources: [codes],
    },
    {
      id: 'service-unavailable',
      example: 'Service Unavailable: HTTP Error 503. The service is unavailable.',
      says: 'The application pool does not run (503)',
      status: ['503', '503.0'],
      text: [/HTTP Error 503\. The service is unavailable/i, /\b503 Service (?:Temporarily )?Unavailable\b/i],
      but: /[Hh]andshake|[Uu]nexpected response code|WebSocket connection/,
      means: 'HTTP.SYS answers because no worker process takes requests: IIS has stopped the pool, or cannot start it.',
      causes: [
        {
          says: 'rapid-fail protection stopped the pool after five crashes, often because a module DLL cannot be loaded',
          fix: 'read the event log (System: WAS; Application: IIS-W3SVC-WP 2280), correct that, then start the pool',
        },
        { says: 'the identity of the pool has a wrong password', fix: 'set it again in Advanced Settings of the pool' },
        { says: 'the pool was stopped by hand', fix: 'appcmd start apppool NAME' },
        {
          says: 'on Azure: the plan has no more WebSockets (Free 5, Shared 35, Basic 350), or the app is stopped',
          fix: 'scale the plan up, or start the app',
          when: /azurewebsites/i,
        },
      ],
      apart: 'appcmd list apppool says Stopped; the event log says why it stopped.',
      sources: [iisnodeIssue(231), iisnodeIssue(414), 'https://github.com/Badgerati/Pode/issues/741'],
      follows: ['iisnode', 'server-event', 'websockets-disabled-on-azure', 'configuration-module-dll'],
    },
    {
      id: 'not-found',
      example: 'HTTP Error 404.0 - Not Found',
      says: 'IIS does not find the URL (404)',
      status: ['404', '404.0'],
      text: [/404 - File or directory not found/i, /HTTP Error 404\.0\b/i],
      means: 'The request did not reach node: a page of IIS answers, not one of the app.',
      causes: [
        {
          says: 'no rewrite rule sends the URL to node',
          fix: `a rule for every URL that is not a file; ${iisnodeSock} doctor --fix adds one`,
          rules: [
            'REWRITE_RULE_DEAD',
            'REWRITE_RULE_NEVER_MATCHES',
            'WILDCARD_WITH_REGEX',
            'REQUEST_URI_IN_TARGET',
            'TARGET_OUTSIDE_APP',
            'ROUTES_NOT_REWRITTEN',
            'SOCKET_REWRITE_MISSING',
            'SOCKET_REWRITE_SWALLOWED',
            'PAGE_NOT_SERVED',
          ],
        },
        {
          says: 'the app is in a virtual directory and the page asks at the root of the site',
          fix: "path: '/app/socket.io' on both ends, and relative addresses in pages",
          rules: ['SOCKET_PATH_MISMATCH_CLIENT', 'SOCKET_PATH_MISMATCH_SERVER', 'ROOT_ABSOLUTE_URL'],
        },
        {
          says: 'a rule leads to an entry point that is not there',
          fix: 'build the app, or correct the name',
          rules: ['ENTRY_FILE_MISSING', 'ENTRY_NOT_BUILT', 'REWRITE_TARGET_UNHANDLED'],
        },
      ],
      apart: `"Handler StaticFile" and the "Physical Path" on the page; ${iisnodeSock} trace URL shows the way of a URL.`,
      sources: [codes, iisnodeIssue(311), iisnodeIssue(531)],
      follows: ['client-script-not-found', 'handshake-not-found', 'cannot-get'],
    },
    {
      id: 'bad-request-upgrade',
      example: 'HTTP Error 400.11 - Bad Request',
      says: 'IIS answers the WebSocket upgrade itself (400.11, invalid WebSocket request)',
      status: ['400.11'],
      means: "IIS's own WebSocket module takes the request and finds nothing of .NET behind it.",
      causes: [
        {
          says: 'web.config does not switch the module off for the app',
          fix: '<webSocket enabled="false" /> in system.webServer',
          rules: ['WEBSOCKET_MODULE_ENABLED'],
          unless: moduleIsOff,
        },
      ],
      apart: 'Server: Microsoft-IIS and no Sec-WebSocket-Accept in the answer.',
      sources: [codes, iisnodeIssue(367)],
    },
    {
      id: 'server-error',
      example:
        '500 - Internal server error. There is a problem with the resource you are looking for, and it cannot be displayed.',
      says: 'A 500 without details',
      status: ['500', '500.0'],
      text: [/\b500 - Internal server error\.?\s{1,5}There is a problem with the resource/i, /HTTP Error 500\.0\b/i],
      means: 'Details are shown only to a browser on the server; the log of IIS has the sub-status.',
      causes: [
        { says: 'the app answered 500: an error in a route', fix: `read its log: ${iisnodeSock} logs` },
        {
          says: 'web.config sets a section that is locked or that IIS does not know (500.19), for instance handlers',
          fix: 'appcmd unlock config -section:system.webServer/handlers, and the same for modules',
          when: /<handlers\b|web\.config/i,
        },
        {
          says: 'IIS or iisnode failed, and hides how',
          fix: 'open the page in a browser on the server, or read sc-substatus in %SystemDrive%\\inetpub\\logs',
        },
      ],
      apart:
        'The sub-status: 19 configuration, 50 to 53 URL Rewrite, 1000 to 1018 iisnode. Give it to --seen: 500.1002',
      sources: [codes],
      follows: ['iisnode', 'configuration', 'node', 'iis'],
    },
  ],
};
