import type { Stats } from 'node:fs';
import path from 'node:path';
import send from 'send';
import type { RequestContext } from '../pipeline/context.js';
import { statOf } from '../pipeline/disk.js';
import type { PipelineModule, Verdict } from '../pipeline/module.js';
import { pathSetting } from '../pipeline/path-config.js';
import { failure } from '../stages/failure.js';
import { mimeTypeOf, readMimeMap } from '../stages/mime-map.js';
import { handledBy } from './handler-mapping.js';

interface StaticContent {
  readonly mime: ReturnType<typeof readMimeMap>;
  /** undefined: clientCache says NoControl, the default. */
  readonly cacheControl: string | undefined;
  readonly expires: string | undefined;
}

const contentAt = pathSetting((config): StaticContent => {
  const cache = config.model.effective('system.webServer/staticContent', config.at).child('clientCache');
  const mode = cache.string('cacheControlMode');
  const maxAge = Math.round(cache.number('cacheControlMaxAge') / 1000);
  const modes: Readonly<Record<string, string>> = { DisableCache: 'no-cache', UseMaxAge: `max-age=${maxAge}` };
  const custom = cache.string('cacheControlCustom');
  const parts = [modes[mode], custom].filter((part): part is string => part !== undefined && part !== '');
  return {
    mime: readMimeMap(config.model, config.at),
    cacheControl: parts.length === 0 ? undefined : parts.join(','),
    expires: mode === 'UseExpires' ? cache.string('httpExpires') : undefined,
  };
});

/** Files with a MIME map, for GET and HEAD, with ETag, Last-Modified and ranges; folders get the courtesy redirect. */
export const staticFile: PipelineModule = {
  name: 'StaticFileModule',
  implements: ['system.webServer/staticContent'],
  onRequest(context) {
    if (!handledBy(context, 'StaticFileModule')) return 'next';
    const { physicalPath } = context.config.at;
    const stats = statOf(physicalPath);
    if (stats?.isDirectory() === true) return context.path.endsWith('/') ? 'next' : courtesyRedirect(context);
    const { method } = context.incoming;
    if (method !== 'GET' && method !== 'HEAD') {
      context.response.setHeader('Allow', 'GET, HEAD, OPTIONS, TRACE');
      return refusal(405, 0, `${method} is not allowed for static files.`);
    }
    // A trailing slash names a folder; what stands there is a file, or nothing.
    if (stats === undefined || context.path.endsWith('/')) return missing(physicalPath);
    return serve(context, physicalPath);
  },
};

const refusal = (status: number, subStatus: number, detail: string): Verdict =>
  failure(status, subStatus, detail, { module: 'StaticFileModule' });

const missing = (physicalPath: string): Verdict =>
  failure(404, 0, `There is no file ${physicalPath}.`, {
    module: 'IIS Web Core',
    notification: 'MapRequestHandler',
    win32: 2,
    hresult: 0x8007_0002,
  });

/** 301 to the folder's own URL (unconfirmed: 301 rather than 302), query kept. */
function courtesyRedirect(context: RequestContext): Verdict {
  const query = context.query === '' ? '' : `?${context.query}`;
  const location = `${encodeURI(context.path).replace(/[?#]/g, encodeURIComponent)}/${query}`;
  context.response.writeHead(301, { Location: location, 'Content-Type': 'text/html; charset=UTF-8' });
  context.response.end('<head><title>Document Moved</title></head>\n<body><h1>Object Moved</h1></body>');
  return 'handled';
}

function serve(context: RequestContext, physicalPath: string): Verdict | Promise<Verdict> {
  const content = contentAt(context.config);
  const type = mimeTypeOf(physicalPath, content.mime);
  if (type === undefined) {
    return refusal(404, 3, `No mimeMap covers ${context.path}; only extensions listed in staticContent are served.`);
  }
  return new Promise((resolve) => {
    context.response.once('close', () => resolve('handled'));
    stream(context, physicalPath, type, content, resolve);
  });
}

/** `send` decodes its path, so it gets the folder as root and the encoded name. */
function stream(
  context: RequestContext,
  physicalPath: string,
  type: string,
  content: StaticContent,
  done: (verdict: Verdict) => void,
): void {
  const { response } = context;
  send(context.incoming, `/${encodeURIComponent(path.basename(physicalPath))}`, {
    root: path.dirname(physicalPath),
    index: false,
    dotfiles: 'allow',
    cacheControl: false,
  })
    .on('headers', (_response: unknown, _path: string, stats: Stats) => {
      response.setHeader('Content-Type', type);
      response.setHeader('ETag', entityTag(stats));
      if (content.cacheControl !== undefined) response.setHeader('Cache-Control', content.cacheControl);
      if (content.expires !== undefined && content.expires !== '') response.setHeader('Expires', content.expires);
    })
    .on('error', (error: { readonly status?: number }) => {
      if (error.status === 404) return done(missing(physicalPath));
      if (error.status !== 412 && error.status !== 416) {
        return done(
          failure(500, 0, `${physicalPath} cannot be read: ${String(error)}.`, { module: 'StaticFileModule' }),
        );
      }
      for (const name of ['Content-Type', 'Content-Length', 'Cache-Control']) response.removeHeader(name);
      response.writeHead(error.status, { 'Content-Length': 0 }).end();
    })
    .pipe(response);
}

/** As IIS makes it: the file time in 100 ns since 1601, hexadecimal, and the change count of the configuration. */
function entityTag(stats: Stats): string {
  const fileTime = BigInt(Math.floor(stats.mtimeMs)) * 10_000n + 116_444_736_000_000_000n;
  return `"${fileTime.toString(16)}:0"`;
}
