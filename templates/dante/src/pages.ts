// The few files that the app serves itself, read once. Behind IIS the static ones come from IIS; by itself all come from here.

import { readFileSync } from 'node:fs';
import type { OutgoingHttpHeaders, RequestListener, ServerResponse } from 'node:http';
import path from 'node:path';
import { vdirPath } from './iisnode.js';

export interface Page {
  readonly type: string;
  readonly content: Buffer;
}

/** A page beside this file, with the data-* attributes of its html element set to these values. */
export function htmlPage(file: string, data: Record<string, string> = {}): Page {
  let text = readFileSync(path.join(__dirname, file), 'utf8');
  for (const [name, value] of Object.entries(data)) {
    text = text.replace(new RegExp(`data-${name}="[^"]*"`), () => `data-${name}="${value}"`);
  }
  return { type: 'text/html; charset=utf-8', content: Buffer.from(text) };
}

/** A script beside this file. */
export function scriptFile(file: string): Page {
  return { type: 'text/javascript; charset=utf-8', content: readFileSync(path.join(__dirname, file)) };
}

/** Answers with these pages, by their URL below the virtual directory (lower case, from '/' on); with 404 for all others. */
export function pages(byUrl: Readonly<Record<string, Page>>): RequestListener {
  return (request, response) => {
    const [url = ''] = (request.url ?? '').split('?');
    // Relative URLs in the page need the slash.
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
