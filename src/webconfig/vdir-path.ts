import type { Origin } from '../config/index.js';
import { UserError } from '../errors.js';
import { iisnodeSock } from '../typed-command.js';

/** Keys in use for it; iisnode passes appSettings to node as environment variables. */
const usualKeys =
  /^(iisnode_?)?(virtual_?dir(ectory)?_?path|vdir_?path|virtual_?path|base_?path|app_?path|socket_?io_?base)$/i;

/** An effective entry of appSettings. */
export interface AppSetting {
  readonly key: string;
  readonly value: string | undefined;
  readonly origin: Origin | undefined;
}

/** An environment variable of node that web.config sets. */
export interface VariableSetting extends Pick<AppSetting, 'key' | 'value'> {
  readonly origin: Pick<Origin, 'file' | 'line'> | undefined;
}

/** The vdir path in an app's appSettings. */
export interface NamedVdirPath {
  /** '/' or '/dante'. */
  readonly path: string;
  /** Its key: virtualDirPath. */
  readonly key: string;
  /** The file that sets it: web.config, or one in its configSource. */
  readonly file: string | undefined;
  /** Its position in the file; 1-based. */
  readonly line: number | undefined;
}

/** Do two paths name the same? IIS and Windows ignore case. */
export const isSamePath = (one: string, other: string): boolean => one.toLowerCase() === other.toLowerCase();

/** Is a path another one, or below it? '/dante/api' and '/dante' are below '/dante', '/dante2' is not. Neither ends in a slash. */
export const isPathBelow = (one: string, other: string): boolean =>
  `${one}/`.toLowerCase().startsWith(`${other}/`.toLowerCase());

/** '/dante' from 'dante', '/dante/' or '/dante'; '/' from '' and '/'. */
function normalVdirPath(path: string): string {
  return `/${path.replaceAll('\\', '/').split('/').filter(Boolean).join('/')}`;
}

/**
 * The vdir path among an app's settings; undefined when it has none. Every value of virtualDirPath is returned, also one that
 * `vdirPathFault` refuses: the server's code uses it.
 */
export function vdirPathAmong(settings: readonly VariableSetting[]): NamedVdirPath | undefined {
  const named = settings.flatMap(({ key, value, origin }): NamedVdirPath[] => {
    if (value === undefined || !(isVdirPathKey(key) || (isUsual(key) && isPathOfSite(value)))) return [];
    return [{ path: likelyPath(value), key, file: origin?.file, line: origin?.line }];
  });
  return named.find(({ key }) => isVdirPathKey(key)) ?? named[0];
}

const isVdirPathKey = (key: string): boolean => key.toLowerCase() === 'virtualdirpath';
const isUsual = (key: string): boolean => usualKeys.test(key.replace(/[-.\s]/g, '_'));

/** A folder on disk and a URL are not changed, so that an error can show them. */
const likelyPath = (text: string): string => (/^[a-z]+:/i.test(text) ? text : normalVdirPath(text));

/** Of `chat`, `//chat` and `https://host/chat`: /chat. */
function meantPath(text: string): string {
  const meant = normalVdirPath(text.replace(/^[a-z]+:\/\/[^/]*/i, '').replace(/[?#].*/s, ''));
  return meant === '/' || vdirPathFault(meant) !== undefined ? '/dante' : meant;
}

/** A full URL or a disk path in such a key means something else. */
function isPathOfSite(value: string): boolean {
  return (
    /^\/?[\w\-./~%]*$/.test(value) || (value.startsWith('/') && vdirPathFault(normalVdirPath(value)) === undefined)
  );
}

interface PathRule {
  readonly broken: (path: string) => boolean;
  readonly why: string;
  readonly next?: string;
}

/** The rules of IIS for an application's path (IIS_schema.xml, applicationPath), and those of its request filtering. */
const rules: readonly PathRule[] = [
  {
    // MSYS2 turns arguments that look like POSIX paths into Windows paths.
    broken: (path) => /^[a-z]:[\\/]/i.test(path),
    why: 'It is a folder on disk, not a path of the site. (Git Bash turns /dante into such a folder.)',
    next: `in Git Bash: MSYS_NO_PATHCONV=1 ${iisnodeSock} ... --path /dante`,
  },
  { broken: (path) => /^[a-z]+:\/\//i.test(path), why: 'It is a URL; the vdir path is only the part after the host.' },
  { broken: (path) => !path.startsWith('/'), why: 'It must start with "/".' },
  { broken: (path) => path.includes('\\'), why: 'IIS separates its segments by "/", not by "\\".' },
  { broken: (path) => path.includes('//'), why: 'IIS allows no empty segment ("//").' },
  { broken: (path) => /(^|\/)\.{1,2}(\/|$)/.test(path), why: 'IIS allows no "." or ".." segment.' },
  { broken: (path) => /[?#]/.test(path), why: '"?" and "#" end a URL\'s path.' },
  {
    // Microsoft.Web.Administration, ApplicationCollection.InvalidApplicationPathCharacters; % is request filtering's.
    broken: (path) => /[%*:;@&=$,<>|"\p{Cc}]/u.test(path),
    why: 'IIS does not allow the characters % * : ; @ & = $ , < > | " in it.',
  },
  { broken: (path) => path.includes('+'), why: 'IIS request filtering refuses "+" in a path (404.11).' },
  { broken: (path) => /^\s|\s$|[. ](\/|$)/.test(path), why: 'Windows removes a space or dot at the end of a segment.' },
];

/**
 * A vdir path in IIS's form: '/' or '/dante', without a trailing slash.
 * Throws UserError VDIR_PATH_INVALID (usage) with the reason.
 */
export function vdirPathOf(text: string): string {
  const fault = vdirPathFault(text);
  if (fault === undefined) return normalised(text);
  throw new UserError('VDIR_PATH_INVALID', {
    what: `"${text}" is not a vdir path`,
    why: fault.why,
    next: fault.next ?? '--path /dante, or --path / for the whole site',
    ...(fault.next === undefined && { again: { instead: [text, meantPath(text)] } }),
  });
}

/** The same from 'dante', 'dante/' and '\\dante' as well. Throws UserError VDIR_PATH_INVALID (usage). */
export function completedVdirPath(text: string): string {
  return vdirPathOf(likelyPath(text));
}

/** The first reason why `text` is invalid; undefined when it is valid. */
export function vdirPathFault(text: string): Pick<PathRule, 'why' | 'next'> | undefined {
  const path = normalised(text);
  return rules.find((rule) => rule.broken(path));
}

function normalised(text: string): string {
  return text.replace(/([^/])\/$/, '$1');
}

/**
 * The JavaScript expression for a server's socket.io path that is correct for every vdir path, including '/'.
 *
 * @param key The appSettings key with the vdir path: an environment variable of node under iisnode.
 */
export function socketPathCode(key = 'virtualDirPath'): string {
  const variable = /^[A-Za-z_$][\w$]*$/.test(key) ? `process.env.${key}` : `process.env[${JSON.stringify(key)}]`;
  return `(${variable} || '/').replace(/\\/$/, '') + '/socket.io'`;
}
