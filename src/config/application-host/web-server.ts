import type { Product } from '../schema/types.js';
import { type Markup, tag } from './markup.js';
import { mimeMap } from './mime-map.js';
import { globalModules, handlers, modules } from './modules.js';

/** The documents that IIS 10 opens for a folder's URL. */
export const defaultDocuments = ['Default.htm', 'Default.asp', 'index.htm', 'index.html', 'iisstart.htm'];
const errors = [401, 403, 404, 405, 406, 412, 500, 501, 502];
const temp = '%SystemDrive%\\inetpub\\temp';

const enabled = (types: readonly string[], on: boolean): readonly Markup[] =>
  types.map((mimeType) => tag('add', { mimeType, enabled: String(on) }));

export const handlersMarkup = tag(
  'handlers',
  { accessPolicy: 'Read, Script' },
  handlers.map(({ name, verb, modules: served, more }) =>
    tag('add', { name, path: '*', verb, modules: served, ...more }),
  ),
);

export const modulesMarkup = (installed: readonly Product[]): Markup =>
  tag(
    'modules',
    {},
    modules(installed).map(({ name, locked }) => tag('add', { name, ...(locked ? { lockItem: 'true' } : {}) })),
  );

const httpCompression = tag('httpCompression', { directory: `${temp}\\IIS Temporary Compressed Files` }, [
  tag('scheme', { name: 'gzip', dll: '%Windir%\\system32\\inetsrv\\gzip.dll' }),
  tag('staticTypes', {}, [
    ...enabled(
      [
        'text/*',
        'message/*',
        'application/javascript',
        'application/atom+xml',
        'application/xaml+xml',
        'image/svg+xml',
      ],
      true,
    ),
    ...enabled(['*/*'], false),
  ]),
  tag('dynamicTypes', {}, [
    ...enabled(['text/*', 'message/*', 'application/x-javascript', 'application/javascript'], true),
    ...enabled(['*/*'], false),
  ]),
]);

const httpErrors = tag(
  'httpErrors',
  { lockAttributes: 'allowAbsolutePathsWhenDelegated,defaultPath' },
  errors.map((code) =>
    tag('error', {
      statusCode: String(code),
      prefixLanguageFilePath: '%SystemDrive%\\inetpub\\custerr',
      path: `${code}.htm`,
    }),
  ),
);

const requestFiltering = tag('requestFiltering', {}, [
  tag('fileExtensions', { allowUnlisted: 'true', applyToWebDAV: 'true' }),
  tag('verbs', { allowUnlisted: 'true', applyToWebDAV: 'true' }),
  tag('hiddenSegments', { applyToWebDAV: 'true' }, [tag('add', { segment: 'web.config' })]),
]);

const security = tag('security', {}, [
  tag('access', { sslFlags: 'None' }),
  tag('applicationDependencies'),
  tag('authentication', {}, [
    tag('anonymousAuthentication', { enabled: 'true', userName: 'IUSR' }),
    tag('basicAuthentication'),
    tag('clientCertificateMappingAuthentication'),
    tag('digestAuthentication'),
    tag('iisClientCertificateMappingAuthentication'),
    tag('windowsAuthentication'),
  ]),
  tag('authorization'),
  tag('ipSecurity'),
  tag('isapiCgiRestriction'),
  requestFiltering,
]);

const staticContent = tag(
  'staticContent',
  { lockAttributes: 'isDocFooterFileName' },
  mimeMap.map(([fileExtension, mimeType]) => tag('mimeMap', { fileExtension, mimeType })),
);

const rewriteMarkup = (unlocked: boolean): Markup =>
  tag('rewrite', {}, [
    tag('allowedServerVariables', {}, unlocked ? [tag('add', { name: 'HTTP_CONNECTION' })] : []),
    tag('globalRules'),
    tag('outboundRules'),
    tag('rules'),
  ]);

/** `system.webServer` of a minimal IIS 10; with ASP.NET, handlers and modules are in another place. */
export function webServerMarkup(unlocked: boolean, installed: readonly Product[]): Markup {
  return tag('system.webServer', {}, [
    tag('asp'),
    tag('caching', { enabled: 'true', enableKernelCache: 'true' }),
    tag('cgi'),
    tag('defaultDocument', { enabled: 'true' }, [
      tag(
        'files',
        {},
        defaultDocuments.map((value) => tag('add', { value })),
      ),
    ]),
    tag('directoryBrowse', { enabled: 'false' }),
    tag('fastCgi'),
    tag(
      'globalModules',
      {},
      globalModules(installed).map(([name, image]) => tag('add', { name, image })),
    ),
    ...(unlocked ? [] : [handlersMarkup]),
    httpCompression,
    httpErrors,
    tag('httpLogging', { dontLog: 'false' }),
    tag('httpProtocol', {}, [tag('customHeaders', {}, [tag('clear')]), tag('redirectHeaders', {}, [tag('clear')])]),
    tag('httpRedirect', { enabled: 'false' }),
    tag('httpTracing'),
    tag('isapiFilters'),
    ...(unlocked ? [] : [modulesMarkup(installed)]),
    ...(installed.includes('arr') ? [tag('proxy', { enabled: 'true' })] : []),
    ...(installed.includes('rewrite') ? [rewriteMarkup(unlocked)] : []),
    security,
    tag('serverRuntime'),
    tag('serverSideInclude'),
    staticContent,
    tag('tracing', {}, [tag('traceFailedRequests'), tag('traceProviderDefinitions')]),
    tag('urlCompression'),
    tag('validation'),
  ]);
}
