import { readdirSync } from 'node:fs';
import path from 'node:path';
import { escapeHtml } from '../errors/error-page.js';
import type { RequestContext } from '../request/context.js';
import { spelledPath, statOf } from '../request/disk.js';

/** Sends the list of the folder of the request. */
export function sendListing({ response, path: urlPath, config }: RequestContext): void {
  response.setHeader('Content-Type', 'text/html; charset=UTF-8');
  response.end(listing(urlPath, spelledPath(config.at.physicalPath)));
}

/** Hidden names are included: IIS lists all files, the filter answers when one is requested. */
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
