import { nonUtf8IsLatin1 } from './unconfirmed.js';

/** KB820129, UrlSegmentMaxLength and UrlSegmentMaxCount: HTTP.sys's defaults. */
const maxSegmentLength = 260;
const maxSegments = 255;

export type CookedUrl =
  | {
      /** Decoded once, slashes collapsed, dot segments resolved; starts with '/'. */
      readonly path: string;
      /** As sent, without '?'. */
      readonly query: string;
    }
  /** HTTP.sys answers 400; the text says why. */
  | { readonly error: string };

/**
 * HTTP.sys's processing of a request target (`/a%20b?c`, `http://host/a`, `*`). Characters up to U+00FF are the
 * bytes that the client sent, as returned by Node's parser; higher ones are converted to their UTF-8 bytes.
 */
export function cookUrl(target: string): CookedUrl {
  const local = localPart(target);
  if (local === undefined) return { error: 'the request target is neither a path nor an absolute URL' };
  const mark = local.indexOf('?');
  const raw = mark < 0 ? local : local.slice(0, mark);
  const query = mark < 0 ? '' : local.slice(mark + 1);
  const path = /^[\w/.\-~@:!$&'()*+,;=]*$/.test(raw) ? raw : decode(raw);
  if (typeof path !== 'string') return path;
  const resolved = resolvePath(path);
  const segments = resolved.split('/');
  if (segments.length - 1 > maxSegments) return { error: `the path has more than ${maxSegments} segments` };
  if (segments.some((segment) => segment.length > maxSegmentLength)) {
    return { error: `a path segment is longer than ${maxSegmentLength} characters` };
  }
  return { path: resolved, query };
}

function localPart(target: string): string | undefined {
  if (target.startsWith('/') || target.startsWith('\\')) return target;
  if (target === '*') return '/*';
  const absolute = /^https?:\/\/[^/?#\\]+/i.exec(target);
  if (absolute === null) return undefined;
  const rest = target.slice(absolute[0].length);
  return /^[/\\]/.test(rest) ? rest : `/${rest}`;
}

/** Collapses slashes, converts backslashes, resolves `.` and `..`; never above the root. Keeps a trailing slash. */
export function resolvePath(path: string): string {
  if (!path.includes('//') && !path.includes('/.') && !path.includes('\\')) return path;
  const segments: string[] = [];
  const parts = path.replaceAll('\\', '/').split('/');
  const last = parts.at(-1);
  for (const part of parts) {
    if (part === '..') segments.pop();
    else if (part !== '' && part !== '.') segments.push(part);
  }
  const isFolder = last === '' || last === '.' || last === '..';
  return `/${segments.join('/')}${isFolder && segments.length > 0 ? '/' : ''}`;
}

/** Percent-decode once. KB820129: %uXXXX is allowed, characters below U+0020 and U+007F to U+009F are not. */
function decode(raw: string): string | { error: string } {
  let text = '';
  let bytes: number[] = [];
  let isUtf8 = true;
  const flush = (): void => {
    const decoded = decodeBytes(Uint8Array.from(bytes));
    isUtf8 &&= decoded !== undefined;
    text += decoded ?? '';
    bytes = [];
  };
  for (let at = 0; at < raw.length; ) {
    const char = raw.charAt(at);
    const percent = char === '%' ? /^%(?:u([0-9a-f]{4})|([0-9a-f]{2}))/i.exec(raw.slice(at, at + 6)) : null;
    if (char === '%' && percent === null) return { error: `"${raw.slice(at, at + 3)}" is not a percent escape` };
    if (percent?.[1] !== undefined) {
      flush();
      text += String.fromCharCode(Number.parseInt(percent[1], 16));
    } else if (percent?.[2] !== undefined) bytes.push(Number.parseInt(percent[2], 16));
    else bytes.push(...(char <= '\xff' ? [char.charCodeAt(0)] : new TextEncoder().encode(codePointAt(raw, at))));
    at += percent?.[0].length ?? (char <= '\xff' ? 1 : codePointAt(raw, at).length);
  }
  flush();
  if (!isUtf8) return { error: 'the escapes of the path are not UTF-8' };
  return hasControls(text) ? { error: 'the path contains a control character' } : text;
}

/** Whether a path has characters that HTTP.sys refuses in one. */
export function hasControls(text: string): boolean {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is refused
  return /[\u0000-\u001f\u007f-\u009f]/.test(text);
}

function codePointAt(text: string, at: number): string {
  return String.fromCodePoint(text.codePointAt(at) ?? 0);
}

/** undefined: not UTF-8, and no other encoding is assumed. */
function decodeBytes(bytes: Uint8Array): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    if (!nonUtf8IsLatin1) return undefined;
    return Array.from(bytes, (byte) => String.fromCharCode(byte)).join('');
  }
}
