import type { Product } from '../schema/types.js';

const inetsrv = '%windir%\\System32\\inetsrv';

/** The global modules of a minimal IIS 10 in their order, then those that further features append. */
const all: readonly (readonly [name: string, image: string, product?: Product])[] = [
  ['HttpLoggingModule', `${inetsrv}\\loghttp.dll`],
  ['UriCacheModule', `${inetsrv}\\cachuri.dll`],
  ['FileCacheModule', `${inetsrv}\\cachfile.dll`],
  ['TokenCacheModule', `${inetsrv}\\cachtokn.dll`],
  ['HttpCacheModule', `${inetsrv}\\cachhttp.dll`],
  ['StaticCompressionModule', `${inetsrv}\\compstat.dll`],
  ['DefaultDocumentModule', `${inetsrv}\\defdoc.dll`],
  ['DirectoryListingModule', `${inetsrv}\\dirlist.dll`],
  ['ProtocolSupportModule', `${inetsrv}\\protsup.dll`],
  ['StaticFileModule', `${inetsrv}\\static.dll`],
  ['AnonymousAuthenticationModule', `${inetsrv}\\authanon.dll`],
  ['RequestFilteringModule', `${inetsrv}\\modrqflt.dll`],
  ['CustomErrorModule', `${inetsrv}\\custerr.dll`],
  ['WebSocketModule', `${inetsrv}\\iiswsock.dll`],
  ['ApplicationInitializationModule', `${inetsrv}\\warmup.dll`],
  ['RewriteModule', `${inetsrv}\\rewrite.dll`, 'rewrite'],
  ['ApplicationRequestRouting', '%ProgramFiles%\\IIS\\Application Request Routing\\requestRouter.dll', 'arr'],
  ['iisnode', '%programfiles%\\iisnode\\iisnode.dll', 'iisnode'],
  ['httpPlatformHandler', '%ProgramFiles%\\IIS\\HttpPlatformHandler\\httpPlatformHandler.dll', 'httpPlatform'],
  ['AspNetCoreModuleV2', '%ProgramFiles%\\IIS\\Asp.Net Core Module\\V2\\aspnetcorev2.dll', 'aspNetCore'],
];

/** Global modules that are not used for requests. */
const globalOnly = ['UriCacheModule', 'FileCacheModule', 'TokenCacheModule'];
/** The `globalModules` section with the products installed. */
export const globalModules = (installed: readonly Product[]) =>
  all.filter(([, , product]) => product === undefined || installed.includes(product));

/** The `modules` section: name, and whether lockItem locks it. Only IIS's own installer locks. */
export const modules = (installed: readonly Product[]) =>
  globalModules(installed)
    .filter(([name]) => !globalOnly.includes(name))
    .map(([name, , product]) => ({
      name,
      locked: product === undefined && name !== 'ApplicationInitializationModule',
    }));

export interface HandlerEntry {
  readonly name: string;
  readonly verb: string;
  readonly modules: string;
  readonly more: Readonly<Record<string, string>>;
}

/** The handlers of a minimal IIS 10; each has the path `*`. */
export const handlers: readonly HandlerEntry[] = [
  { name: 'TRACEVerbHandler', verb: 'TRACE', modules: 'ProtocolSupportModule', more: { requireAccess: 'None' } },
  { name: 'OPTIONSVerbHandler', verb: 'OPTIONS', modules: 'ProtocolSupportModule', more: { requireAccess: 'None' } },
  {
    name: 'StaticFile',
    verb: '*',
    modules: 'StaticFileModule,DefaultDocumentModule,DirectoryListingModule',
    more: { resourceType: 'Either', requireAccess: 'Read' },
  },
];
