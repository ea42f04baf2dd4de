/** The split of a URL path at the end of a handler's path pattern. */
export interface PathMatch {
  /** The part that matched the pattern, starting with '/': the script. */
  readonly script: string;
  /** The rest: '' or '/debug'. */
  readonly pathInfo: string;
}

/** The kind of file at a URL path on disk. */
export type Target = 'file' | 'directory' | 'missing';

interface CompiledPattern {
  /** Does the pattern match the whole text? */
  readonly takes: (text: string) => boolean;
  /** False where path info makes no sense: `*`, `*.`, `api/*`. */
  readonly mayHavePathInfo: boolean;
}

const compiled = new Map<string, CompiledPattern | undefined>();

/**
 * Does one handler path (a pattern, or a comma-separated list) match this URL path? Case and query are ignored.
 * Forms: `*`, `*.js`, `*.`, `server.js` (a file name in any folder), `api/*` (a segment at any depth), `bin/www` (the end of a path).
 * `./x`, `a\b` and `/x` never match (Azure/iisnode #189, #280, #338; the leading slash: unconfirmed).
 *
 * Path info: a pattern that names a file also matches `/server.js/debug` when `/server.js` is a file; iisnode's debugger URLs
 * and Kudu's NodeInspector rule rely on it regardless of allowPathInfo. That a file must exist is unconfirmed, and the safest choice.
 */
export function matchPathPattern(
  patterns: string,
  path: string,
  target: (path: string) => Target,
): PathMatch | undefined {
  for (const item of patterns.split(',')) {
    const pattern = compile(item.trim());
    if (pattern === undefined) continue;
    if (pattern.takes(path)) return { script: path, pathInfo: '' };
    const script = pattern.mayHavePathInfo ? scriptWithin(path, pattern, target) : undefined;
    if (script !== undefined) return { script, pathInfo: path.slice(script.length) };
  }
  return undefined;
}

/** The first prefix at a segment's end that matches the pattern and is a file. */
function scriptWithin(path: string, pattern: CompiledPattern, target: (path: string) => Target): string | undefined {
  for (let slash = path.indexOf('/', 1); slash > 0; slash = path.indexOf('/', slash + 1)) {
    const script = path.slice(0, slash);
    if (pattern.takes(script) && target(script) === 'file') return script;
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
  if (pattern === '*') return { takes: () => true, mayHavePathInfo: false };
  if (pattern === '*.') return { takes: (text) => !lastSegment(text).includes('.'), mayHavePathInfo: false };
  const lower = pattern.toLowerCase();
  if (!lower.includes('/')) {
    return { takes: (text) => glob(lower, lastSegment(text).toLowerCase()), mayHavePathInfo: true };
  }
  if (!lower.endsWith('/*')) {
    return { takes: (text) => glob(`*/${lower}`, text.toLowerCase()), mayHavePathInfo: true };
  }
  // `api/*`: the folder at any depth, and something below it.
  return { takes: (text) => glob(`*/${lower.slice(0, -1)}?*`, text.toLowerCase()), mayHavePathInfo: false };
}

const lastSegment = (path: string): string => path.slice(path.lastIndexOf('/') + 1);

/** `*` is any text, `?` one character (unconfirmed). Takes time proportional to the product of both lengths, for every pattern. */
function glob(pattern: string, text: string): boolean {
  let star = -1;
  let resume = 0;
  let at = 0;
  for (let index = 0; index < text.length; ) {
    if (pattern[at] === '*') {
      star = at++;
      resume = index;
    } else if (at < pattern.length && (pattern[at] === '?' || pattern[at] === text[index])) {
      at++;
      index++;
    } else if (star >= 0) {
      at = star + 1;
      index = ++resume;
    } else {
      return false;
    }
  }
  while (pattern[at] === '*') at++;
  return at === pattern.length;
}
