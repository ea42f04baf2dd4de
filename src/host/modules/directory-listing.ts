import { readdirSync } from 'node:fs';
import path from 'node:path';
import { escapeHtml } from '../errors/error-page.js';
import { statOf } from '../pipeline/disk.js';
import type { PipelineModule } from '../pipeline/module.js';
import { pathSetting } from '../pipeline/path-config.js';
import { listingRefused, readDirectoryBrowse } from '../stages/directory.js';
import { handledBy } from './handler-mapping.js';

const browsingAt = pathSetting(({ model, at }) => readDirectoryBrowse(model, at));

/** A folder without a default document: its list where directoryBrowse is on, 403.14 where it is off (the default). */
export const directoryListing: PipelineModule = {
  name: 'DirectoryListingModule',
  implements: ['system.webServer/directoryBrowse'],
  onRequest(context) {
    if (!handledBy(context, 'DirectoryListingModule') || !context.path.endsWith('/')) return 'next';
    const folder = context.config.at.physicalPath;
    const refused = listingRefused(browsingAt(context.config));
    if (refused !== undefined) return refused;
    context.response.setHeader('Content-Type', 'text/html; charset=UTF-8');
    context.response.end(listing(context.path, folder));
    return 'handled';
  },
};

/** Hidden names are not left out: IIS lists what is there, the filter answers when it is asked for. */
function listing(urlPath: string, folder: string): string {
  const entries = readdirSync(folder, { withFileTypes: true }).sort((a, b) => (a.name < b.name ? -1 : 1));
  const parent = urlPath === '/' ? '' : '<a href="../">[To Parent Directory]</a><br><br>';
  const lines = entries.map((entry) => {
    const stats = statOf(path.join(folder, entry.name));
    const size = entry.isDirectory() ? '&lt;dir&gt;' : String(stats?.size ?? 0);
    const name = entry.isDirectory() ? `${entry.name}/` : entry.name;
    const date = stats?.mtime.toISOString().slice(0, 16).replace('T', ' ') ?? '';
    return `${date} ${size.padStart(12)} <a href="${escapeHtml(encodeURIComponent(name).replace(/%2F$/, '/'))}">${escapeHtml(entry.name)}</a><br>`;
  });
  const title = escapeHtml(urlPath);
  return `<html><head><title>${title}</title></head><body><h1>${title}</h1><hr><pre>${parent}${lines.join('\n')}</pre><hr></body></html>\n`;
}
