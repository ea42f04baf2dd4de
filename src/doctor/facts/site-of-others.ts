import { otherHosts } from '../../webconfig/index.js';
import type { FileFacts } from './facts.js';

/** What a folder is that has no app for iisnode, one sentence or two; undefined for an app, and where web.config cannot tell. */
export function siteOfOthers({ isFolder, site, entries, webConfig }: FileFacts): string | undefined {
  if (!isFolder || site === undefined || webConfig.document === undefined || site.iisnodeHandlers.length > 0)
    return undefined;
  const isAspNet = otherHosts(webConfig.document).some(({ kind }) => kind === 'the ASP.NET Core Module');
  if (isAspNet) return 'This is a site of the ASP.NET Core Module, not of iisnode: only its web.config was checked.';
  if (entries.length > 0 || otherHosts(webConfig.document).length > 0) return undefined;
  return 'This is not a site of iisnode: web.config gives no file to node, and there is no app in the folder. Only web.config was checked.';
}
