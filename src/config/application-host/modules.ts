const inetsrv = '%windir%\\System32\\inetsrv';

/** The global modules of a minimal IIS 10 in their order, then those that the features beside it append. */
export const globalModules: readonly (readonly [name: string, image: string])[] = [
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
  ['RewriteModule', `${inetsrv}\\rewrite.dll`],
  ['iisnode', '%programfiles%\\iisnode\\iisnode.dll'],
];

/** Global modules that take no part in a single request. */
const globalOnly = ['UriCacheModule', 'FileCacheModule', 'TokenCacheModule'];
/** Entries that their installers add without lockItem. */
const unlocked = ['RewriteModule', 'iisnode', 'ApplicationInitializationModule'];

/** The `modules` section: name, and whether lockItem holds it. */
export const modules: readonly { readonly name: string; readonly locked: boolean }[] = globalModules
  .filter(([name]) => !globalOnly.includes(name))
  .map(([name]) => ({ name, locked: !unlocked.includes(name) }));

export interface HandlerEntry {
  readonly name: string;
  readonly verb: string;
  readonly modules: string;
  readonly more: Readonly<Record<string, string>>;
}

/** The handlers of a minimal IIS 10; each takes the path `*`. */
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
