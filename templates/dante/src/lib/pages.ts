// The page and its files: the only files of this folder that anybody can download. Behind IIS, too, every URL comes here.

import { readFileSync } from 'node:fs';
import type { OutgoingHttpHeaders, RequestListener, ServerResponse } from 'node:http';
import path from 'node:path';
import { vdirPath } from './iisnode.js';

export interface Page {
  readonly type: string;
  readonly content: Buffer;
}

const read = (file: string): Buffer => readFileSync(path.join(__dirname, '..', file));

/** A page; `data` sets the data-* attributes of its html element. Files are relative to the folder of the entry point. */
export function htmlPage(file: string, data: Record<string, string> = {}): Page {
  let text = read(file).toString();
  for (const [name, value] of Object.entries(data)) {
    text = text.replace(new RegExp(`data-${name}="[^"]*"`), () => `data-${name}="${value}"`);
  }
  return { type: 'text/html; charset=utf-8', content: Buffer.from(text) };
}

export function scriptFile(file: string): Page {
  return { type: 'text/javascript; charset=utf-8', content: read(file) };
}

export function styleFile(file: string): Page {
  return { type: 'text/css; charset=utf-8', content: read(file) };
}

/** Answers with these pages, by their URL below the virtual directory (lower case, starting with '/'); with 404 for all others. */
export function pages(byUrl: Readonly<Record<string, Page>>): RequestListener {
  return (request, response) => {
    const [url = ''] = (request.url ?? '').split('?');
    // The page's relative URLs need the slash at the end.
    if (vdirPath && url === vdirPath) return answer(response, 301, '', { Location: encodeURI(`${vdirPath}/`) });
    const page = url.startsWith(`${vdirPath}/`) ? byUrl[url.slice(vdirPath.length).toLowerCase()] : undefined;
    if (page === undefined) return answer(response, 404, 'Not found\n', {});
    if (request.method !== 'GET' && request.method !== 'HEAD') {
      return answer(response, 405, 'Method not allowed\n', { Allow: 'GET, HEAD' });
    }
    answer(response, 200, page.content, { 'Content-Type': page.type, 'Cache-Control': 'no-cache' });
  };
}

function answer(response: ServerResponse, status: number, body: string | Buffer, headers: OutgoingHttpHeaders) {
  const content = Buffer.from(body);
  response.writeHead(status, {
    'Content-Type': 'text/plain; charset=utf-8',
    'Content-Length': content.length,
    'X-Content-Type-Options': 'nosniff',
    ...headers,
  });
  response.end(response.req.method === 'HEAD' ? undefined : content);
}
