import type { Stats } from 'node:fs';
import path from 'node:path';
import send from 'send';
import { FileError, readFileSync, regularFilesOnly } from '../../files/index.js';
import { pathSetting } from '../../pipeline/index.js';
import { failure, missingFile } from '../../pipeline/sections/index.js';
import type { RequestContext } from '../request/context.js';
import { spelledPath, statOf } from '../request/disk.js';
import type { Answered } from './answered.js';

interface StaticContent {
  /** undefined: clientCache is NoControl, the default. */
  readonly cacheControl: string | undefined;
  readonly expires: string | undefined;
  /** clientCache/@setEtag */
  readonly etag: boolean;
}

const contentAt = pathSetting((config): StaticContent => {
  const cache = config.model.effective('system.webServer/staticContent', config.at).child('clientCache');
  const mode = cache.string('cacheControlMode');
  const maxAge = Math.round(cache.number('cacheControlMaxAge') / 1000);
  const modes: Readonly<Record<string, string>> = { DisableCache: 'no-cache', UseMaxAge: `max-age=${maxAge}` };
  const custom = cache.string('cacheControlCustom');
  const parts = [modes[mode], custom].filter((part): part is string => part !== undefined && part !== '');
  return {
    cacheControl: parts.length === 0 ? undefined : parts.join(','),
    expires: mode === 'UseExpires' ? cache.string('httpExpires') : undefined,
    etag: cache.boolean('setEtag'),
  };
});

/** Sends the file of the request, with ETag, Last-Modified and ranges. */
export function sendFile(context: RequestContext, type: string): Answered | Promise<Answered> {
  const physicalPath = spelledPath(context.config.at.physicalPath);
  const content = contentAt(context.config);
  if (sendWhole(context, physicalPath, type, content)) return undefined;
  return new Promise((resolve) => {
    context.response.once('close', () => resolve(undefined));
    stream(context, physicalPath, type, content, resolve);
  });
}

/** Files up to this size, in bytes, are read in one call: a stream for them costs more than reading. */
const smallFile = 64 * 1024;
/** With one of these headers the answer may be a part of the file, or empty: `send` handles them. */
const partial = ['range', 'if-none-match', 'if-modified-since', 'if-match', 'if-unmodified-since'] as const;

/** Answers an ordinary request for a small file, with the same head as `send`. False in other cases. */
function sendWhole(context: RequestContext, physicalPath: string, type: string, content: StaticContent): boolean {
  const { response, incoming } = context;
  if (partial.some((name) => incoming.headers[name] !== undefined)) return false;
  const stats = statOf(physicalPath);
  if (stats === undefined || stats.size > smallFile) return false;
  let body: Buffer;
  try {
    body = readFileSync(physicalPath, smallFile);
  } catch {
    return false; // not readable, or removed meanwhile: `send` reports it
  }
  response.setHeader('Accept-Ranges', 'bytes');
  response.setHeader('Last-Modified', stats.mtime.toUTCString());
  setFileHeaders(response, stats, type, content);
  response.setHeader('Content-Length', body.length);
  response.end(incoming.method === 'HEAD' ? undefined : body);
  return true;
}

function setFileHeaders(
  response: RequestContext['response'],
  stats: Stats,
  type: string,
  content: StaticContent,
): void {
  response.setHeader('Content-Type', type);
  if (content.etag) response.setHeader('ETag', entityTag(stats));
  if (content.cacheControl !== undefined) response.setHeader('Cache-Control', content.cacheControl);
  if (content.expires !== undefined && content.expires !== '') response.setHeader('Expires', content.expires);
}

const sendOptions = {
  index: false,
  dotfiles: 'allow',
  cacheControl: false,
  // Passed to createReadStream: if it is no longer a regular file when it is opened, no thread waits forever.
  fs: regularFilesOnly,
} as const;

/** `send` decodes its path, so it gets the folder as root and the encoded name. */
function stream(
  context: RequestContext,
  physicalPath: string,
  type: string,
  content: StaticContent,
  done: (answered: Answered) => void,
): void {
  const { response } = context;
  send(context.incoming, `/${encodeURIComponent(path.basename(physicalPath))}`, {
    ...sendOptions,
    root: path.dirname(physicalPath),
    etag: content.etag,
  })
    .on('headers', (_response: unknown, _path: string, stats: Stats) => {
      setFileHeaders(response, stats, type, content);
    })
    .on('error', (error: { readonly status?: number }) => {
      if (error.status === 404 || isGone(error)) return done(missingFile(physicalPath));
      if (error.status !== 412 && error.status !== 416) {
        return done(
          failure(
            500,
            0,
            `${physicalPath} cannot be read. ${error instanceof FileError ? error.why : `${String(error)}.`}`,
            { module: 'StaticFileModule' },
          ),
        );
      }
      for (const name of ['Content-Type', 'Content-Length', 'Cache-Control']) response.removeHeader(name);
      response.writeHead(error.status, { 'Content-Length': 0 }).end();
    })
    .pipe(response);
}

/** Removed, or replaced by something that is not a file, since its status was read. */
const isGone = (error: unknown): boolean =>
  error instanceof FileError && (error.problem === 'absent' || error.problem === 'not-regular');

/** As in IIS: the file time in 100 ns since 1601, hexadecimal, and the change count of the configuration. */
function entityTag(stats: Stats): string {
  const fileTime = BigInt(Math.floor(stats.mtimeMs)) * 10_000n + 116_444_736_000_000_000n;
  return `"${fileTime.toString(16)}:0"`;
}
