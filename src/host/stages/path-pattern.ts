/** Where a handler's path pattern ends in the URL path. */
export interface PathMatch {
  /** The part the pattern named, starting with '/': the script. */
  readonly script: string;
  /** What follows it: '' or '/debug'. */
  readonly pathInfo: string;
}

/** What stands at a URL path on disk. */
export type Target = 'file' | 'directory' | 'missing';

interface CompiledPattern {
  readonly whole: RegExp;
  /** Undefined where path info makes no sense: `*`, `*.`, `api/*`. */
  readonly prefix: RegExp | undefined;
}

const compiled = new Map<string, CompiledPattern | undefined>();

/**
 * Does one handler path (a pattern, or a comma list of them) take this URL path? Letter case is ignored, the query plays no part.
 * Forms: `*`, `*.js`, `*.`, `server.js` (a file name in any folder), `api/*` (a segment at any depth), `bin/www` (a tail).
 * `./x`, `a\b` and `/x` never match (Azure/iisnode #189, #280, #338; the leading slash: unconfirmed).
 *
 * Path info: a pattern that names a file also takes `/server.js/debug` when `/server.js` is a file; iisnode's debugger URLs
 * and Kudu's NodeInspector rule rely on it whatever allowPathInfo says. That a file must exist: unconfirmed, and safest.
 */
export function matchPathPattern(
  patterns: string,
  path: string,
  target: (path: string) => Target,
): PathMatch | undefined {
  for (const item of patterns.split(',')) {
    const pattern = compile(item.trim());
    if (pattern === undefined) continue;
    if (pattern.whole.test(path)) return { script: path, pathInfo: '' };
    const script = pattern.prefix && scriptWithin(path, pattern.prefix, target);
    if (script !== undefined) return { script, pathInfo: path.slice(script.length) };
  }
  return undefined;
}

/** The first prefix at a segment's end that the pattern takes and that is a file. */
function scriptWithin(path: string, pattern: RegExp, target: (path: string) => Target): string | undefined {
  for (let slash = path.indexOf('/', 1); slash > 0; slash = path.indexOf('/', slash + 1)) {
    const script = path.slice(0, slash);
    if (pattern.test(script) && target(script) === 'file') return script;
  }
  return undefined;
}

function compile(pattern: string): CompiledPattern | undefined {
  if (compiled.has(pattern)) return compiled.get(pattern);
  if (compiled.size > 1000) compiled.clear();
  const result = compileNew(pattern);
  compiled.set(pattern, result);
  return result;
}

function compileNew(pattern: string): CompiledPattern | undefined {
  if (pattern === '' || pattern.includes('\\') || pattern.startsWith('/') || pattern.startsWith('./')) return undefined;
  if (pattern === '*') return { whole: /^/, prefix: undefined };
  if (pattern === '*.') return { whole: /(?:^|\/)[^/.]*$/, prefix: undefined };
  const anySegment = pattern.includes('/') ? '.' : '[^/]';
  const open = pattern.endsWith('/*');
  const body = (open ? pattern.slice(0, -1) : pattern)
    .replace(/\*+/g, '*')
    .replace(/[.*+?^${}()|[\]\\]/g, (character) =>
      character === '*' ? `${anySegment}*` : character === '?' ? anySegment : `\\${character}`,
    );
  const whole = new RegExp(`(?:^|/)${body}${open ? '.+' : ''}$`, 'is');
  return { whole, prefix: open ? undefined : whole };
}
