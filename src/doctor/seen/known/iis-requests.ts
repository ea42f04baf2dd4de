import { iisnodeSock } from '../../../typed-command.js';
import type { KnownText } from '../known-text.js';
import { iisnodeIssue } from './sources.js';

const codes =
  'https://learn.microsoft.com/troubleshoot/developer/webapps/iis/www-administration-management/http-status-code';
const filtering = 'https://learn.microsoft.com/iis/configuration/system.webserver/security/requestfiltering/';

/** IIS refuses the request (4xx). */
export const refusedRequests: readonly KnownText[] = [
  {
    id: 'plain-bad-request',
    example: 'HTTP Error 400. The request hostname is invalid.',
    says: 'The request is refused as invalid (400)',
    status: ['400', '400.0'],
    text: [
      /HTTP Error 400\. The request (?:hostname|URL|verb) is invalid/i,
      /Bad Request - Invalid (?:Hostname|URL|Header|Verb)/i,
    ],
    but: /[Hh]andshake|[Uu]nexpected response code|WebSocket connection|"code"\s{0,3}:/,
    means: 'HTTP.SYS or engine.io answers; the body says which.',
    causes: [
      {
        says: 'no binding of the site has this host name ("Invalid Hostname")',
        fix: 'add the binding, or use the name that the site has: appcmd list site',
        when: /hostname/i,
      },
      {
        says: 'engine.io refuses a poll: several processes, or another version (its body has a code)',
        fix: 'look at the body of the answer, and give it to --seen',
        rules: ['POLLING_WITHOUT_STICKY_SESSIONS', 'EIO_MISMATCH'],
      },
      { says: 'the app answers 400', fix: 'read its log' },
    ],
    apart: 'A body with {"code": is engine.io, a page of HTTP.SYS has no Server of the app.',
    sources: [codes],
    follows: ['headers-too-large', 'poll-refused', 'iis'],
  },
  {
    id: 'unauthorized',
    example: 'HTTP Error 401.2 - Unauthorized',
    says: 'IIS asks for a login (401)',
    status: ['401.1', '401.2', '401.3', '401'],
    text: [/HTTP Error 401\b/i, /\b401 - Unauthorized: Access is denied/i],
    means: 'IIS refuses before the app is asked. A WebSocket handshake cannot answer a login with Windows credentials.',
    causes: [
      {
        says: 'the rights on the folder exclude the user of anonymous requests or the pool identity (401.3)',
        fix: 'icacls FOLDER /grant "IIS_IUSRS:(OI)(CI)RX", and the same for IUSR',
        when: /401\.3|ACL/,
      },
      {
        says: 'Windows authentication is on, or anonymous access is off, for the URLs of socket.io (401.2)',
        fix: 'allow anonymous access for the socket.io path in a <location>, and check a token inside the connection',
      },
      { says: 'the app itself answers 401', fix: 'look in its middleware and allowRequest' },
    ],
    apart:
      'WWW-Authenticate: Negotiate or NTLM is of IIS; without it the app answered. 401.3 is about rights on files.',
    sources: [codes, iisnodeIssue(424), iisnodeIssue(658), 'https://github.com/Azure/iisnode/issues/95'],
  },
  {
    id: 'directory-listing-denied',
    example: 'HTTP Error 403.14 - Forbidden. The Web server is configured to not list the contents of this directory.',
    says: 'IIS finds nothing to show for the folder (403.14)',
    status: ['403.14'],
    text: [
      /Web server is configured to not list the contents of this directory/i,
      /default document is not configured/i,
    ],
    means: 'The URL of the app is a plain folder for IIS: no rule sends it to node.',
    causes: [
      {
        says: 'no web.config with the handler and a rule for every URL in the folder of the site',
        fix: `${iisnodeSock} init in the folder of the app`,
        rules: ['WEB_CONFIG_NOT_FOUND', 'PAGE_NOT_SERVED', 'ROUTES_NOT_REWRITTEN', 'HANDLER_FOR_ENTRY_MISSING'],
      },
      {
        says: 'the site points to another folder than the one with web.config',
        fix: 'correct the physical path: appcmd list vdir',
      },
    ],
    apart: '"Physical Path" on the page has to be the folder with web.config.',
    sources: [codes, iisnodeIssue(439), 'https://github.com/microsoft/nodejstools/issues/240'],
  },
  {
    id: 'pool-of-another-app',
    example: 'HTTP Error 403.18 - Forbidden',
    says: 'A rule sends the request to another application, which is in another pool (403.18)',
    status: ['403.18'],
    means: 'URL Rewrite may not cross into an application of another application pool.',
    causes: [
      {
        says: 'a rule of the parent site rewrites into the app, or the child inherits a catch-all of the parent',
        fix: '<clear /> in the rules of the app, or <location path="." inheritInChildApplications="false"> in the parent',
        rules: ['TARGET_OUTSIDE_APP', 'ROUTES_NOT_REWRITTEN', 'SOCKET_REWRITE_SWALLOWED'],
      },
      { says: 'the two applications have different pools', fix: 'give both the same pool' },
    ],
    apart: `${iisnodeSock} trace URL --path /app shows which rule rewrites, and to where.`,
    sources: [codes, iisnodeIssue(289)],
  },
  {
    id: 'hidden-segment',
    example: 'HTTP Error 404.8 - Not Found',
    says: 'Request filtering hides a segment of the URL (404.8)',
    status: ['404.8'],
    text: [
      /contains a hidden(?:Namespace)? segment/i,
      /request filtering module is configured to deny a path in the URL that contains a hiddenSegment/i,
    ],
    means: 'bin, App_Data and names in hiddenSegments are refused in the URL that the client sends.',
    causes: [
      {
        says: 'a route, a static folder or the socket.io path has a segment like bin',
        fix: 'rename it, or <hiddenSegments><remove segment="bin" /></hiddenSegments>',
      },
      { says: 'web.config adds the segment itself', fix: 'remove it from hiddenSegments' },
    ],
    apart: 'The segment is in the requested URL; the target of a rewrite is not checked.',
    sources: [filtering, iisnodeIssue(302), 'https://github.com/MicrosoftDocs/iis-docs/issues/938'],
  },
  {
    id: 'double-escape',
    example:
      'HTTP Error 404.11 - Not Found. The request filtering module is configured to deny a request containing a double escape sequence.',
    says: 'Request filtering refuses a URL that is escaped twice, or a + in the path (404.11)',
    status: ['404.11'],
    text: [/denied a request containing a double escape sequence/i],
    means: 'allowDoubleEscaping is false by default.',
    causes: [
      {
        says: 'a route or a file name has + or %25 in its path',
        fix: 'encode + as %20, or <requestFiltering allowDoubleEscaping="true" />',
      },
    ],
    apart: 'The query is not checked, only the path.',
    sources: [filtering],
  },
  {
    id: 'body-too-large',
    example: 'HTTP Error 413.1 - Request Entity Too Large',
    says: 'The request is larger than IIS allows (413.1, 404.13)',
    status: ['413.1', '413.0', '413', '404.13'],
    text: [
      /request filtering module is configured to deny a request that exceeds the request content length/i,
      /\bRequest Entity Too Large\b/i,
    ],
    means: 'maxAllowedContentLength is 30,000,000 bytes by default, for uploads and for polls of socket.io alike.',
    causes: [
      {
        says: 'an upload or a message is larger than the limit of IIS',
        fix: '<requestLimits maxAllowedContentLength="104857600" /> in requestFiltering; httpRuntime has no effect here',
      },
      {
        says: 'the app refuses it (body-parser, multer: 413 with a text of the app)',
        fix: 'raise the limit in the app',
        when: /PayloadTooLargeError|request entity too large\b.{0,20}at /,
      },
    ],
    apart: 'Server: Microsoft-IIS and a page of IIS, or the words PayloadTooLargeError of the app.',
    sources: [
      filtering,
      'https://github.com/dotnet/aspnetcore/issues/13221',
      'https://github.com/loic-sharma/BaGet/issues/463',
    ],
  },
  {
    id: 'url-too-long',
    example: 'HTTP Error 404.15 - Not Found',
    says: 'The URL or its query is longer than IIS allows (404.14, 404.15)',
    status: ['404.14', '404.15', '414'],
    text: [/configured to deny a request where the query string is too long/i, /\bURI? Too Long\b/i],
    means: 'maxUrl is 4096 and maxQueryString 2048 by default: a long token in the query of a handshake exceeds it.',
    causes: [
      {
        says: 'the client sends a token in the query of socket.io',
        fix: 'send it in auth: { token }, or <requestLimits maxQueryString="8192" />',
      },
    ],
    apart: '404.14 is the path, 404.15 the query.',
    sources: [filtering],
  },
  {
    id: 'headers-too-large',
    example: 'HTTP Error 400. The size of the request headers is too long.',
    says: 'The headers of the request are larger than the server allows (431, 404.10, 400 Request Too Long)',
    status: ['431', '431.0', '404.10'],
    text: [
      /Bad Request - Request Too Long/i,
      /\bRequest Header Fields Too Large\b/i,
      /size of the request headers is too long/i,
    ],
    means: 'HTTP.SYS allows 16 KB, node 16 KB, iisnode maxRequestBufferSize (64 KB): large cookies exceed it.',
    causes: [
      { says: 'cookies have grown too large', fix: 'delete the cookies of the site, and store less in them' },
      {
        says: 'Windows tokens are large (many groups)',
        fix: 'raise MaxFieldLength and MaxRequestBytes of HTTP.SYS',
      },
    ],
    apart: '400 "Request Too Long" is of HTTP.SYS; 431 without a page of IIS is of node (--max-http-header-size).',
    sources: [
      'https://learn.microsoft.com/troubleshoot/developer/webapps/iis/iisadmin-service-inetinfo/httpsys-registry-windows',
    ],
  },
  {
    id: 'no-mime-map',
    example: 'HTTP Error 404.3 - Not Found',
    says: 'IIS does not serve files with this extension (404.3)',
    status: ['404.3'],
    text: [
      /requested content appears to be script and will not be served by the static file handler/i,
      /server is not configured to serve.{0,40}extension/i,
    ],
    means: 'The request reached the static file handler of IIS, not node.',
    causes: [
      {
        says: 'no rule sends the URL to node',
        fix: 'a rewrite rule for every URL that is not a file',
        rules: ['ROUTES_NOT_REWRITTEN', 'HANDLER_FOR_ENTRY_MISSING', 'SOCKET_REWRITE_MISSING'],
      },
      {
        says: 'the extension has no mimeMap (.webmanifest, .mjs, .avif, .wasm on older servers)',
        fix: '<staticContent><remove fileExtension=".mjs" /><mimeMap fileExtension=".mjs" mimeType="text/javascript" />',
      },
    ],
    apart: '"Handler" on the page is StaticFile in both cases: is the URL a file, or a route of the app?',
    sources: [codes],
  },
  {
    id: 'no-handler',
    example: 'HTTP Error 404.4 - Not Found',
    says: 'No handler takes the URL (404.4, 404.2, 404.17)',
    status: ['404.4', '404.2', '404.17'],
    means: 'IIS has no module for it: the handler path in web.config does not match, or ISAPI is restricted.',
    causes: [
      {
        says: 'the handler path is written with a leading slash, ./ or backslashes, or names another file than the rule',
        fix: 'path="server.js" in the handler and url="server.js" in the rule',
        rules: ['HANDLER_FOR_ENTRY_MISSING', 'REWRITE_TARGET_UNHANDLED'],
      },
    ],
    apart: `${iisnodeSock} trace URL shows the handler that is chosen.`,
    sources: [codes, iisnodeIssue(280), iisnodeIssue(338)],
  },
  {
    id: 'verb-not-allowed',
    example: 'HTTP Error 405.0 - Method Not Allowed',
    says: 'IIS refuses a verb: PUT, DELETE, PATCH or POST (405)',
    status: ['405', '405.0'],
    text: [
      /\b405 - HTTP verb used to access this page is not allowed/i,
      /HTTP Error 405\b/i,
      /\b405 \(?Method Not Allowed\)?/i,
    ],
    means:
      'WebDAV answers these verbs before node sees them. GET and POST, and so socket.io, are not affected, unless the handler of node has a list of verbs.',
    causes: [
      {
        says: 'the WebDAV module is installed',
        fix: '<modules><remove name="WebDAVModule" /></modules> and <handlers><remove name="WebDAV" /></handlers>',
      },
      {
        says: 'the handler of node is not for this verb',
        fix: 'verb="*" in that handler',
        rules: ['SOCKET_REQUESTS_REFUSED'],
      },
      { says: 'the handler allows only some verbs', fix: 'verb="*" in the handler iisnode' },
      { says: 'the app has no route for the verb', fix: 'add the route' },
    ],
    apart: 'Allow: GET, HEAD, OPTIONS, TRACE with Server: Microsoft-IIS is WebDAV or the static file handler.',
    sources: [
      'https://github.com/projectkudu/kudu/issues/179',
      'https://github.com/microsoft/azure-pipelines-tasks/issues/7838',
    ],
    follows: ['bad-handshake-method'],
  },
];
