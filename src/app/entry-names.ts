import path from 'node:path';

/** Names that an app's entry point often has, most telling first. */
export const usualEntries: readonly string[] = [
  'server.js',
  'server.cjs',
  'server.mjs',
  'server-socketio.js', // the sample of 2013
  'app.js',
  'app.cjs',
  'app.mjs',
  'index.js',
  'index.cjs',
  'index.mjs',
  'main.js',
  'main.cjs',
  'main.mjs',
  'bin/www',
  'bin/www.js',
  'server/index.js',
  'server/server.js',
  'dist/server.js',
  'dist/index.js',
  'dist/main.js',
  'src/server.js',
  'src/server.cjs',
  'src/server.mjs',
  'src/app.js',
  'src/app.cjs',
  'src/app.mjs',
  'src/index.js',
  'src/index.cjs',
  'src/index.mjs',
  'src/main.js',
  'src/main.cjs',
  'src/main.mjs',
];

/** A program's path as a URL spells it: forward slashes, no `./`, no leading slash. */
export function normalName(name: string): string {
  return path.posix.normalize(name.replaceAll('\\', '/')).replace(/^\/+/, '').replace(/^\.$/, '');
}

/** The literal names in a handler's path: 'server.js', 'bin/www'; patterns have none. `./server.js` is kept as 'server.js'. */
export function literalNames(handlerPath: string): string[] {
  return handlerPath
    .split(',')
    .map((name) => normalName(name.trim()))
    .filter((name) => name !== '' && !/[*?]/.test(name));
}

/** '/dante/a/b' in an app at '/dante' gives 'a/b'; undefined outside of the app. */
export function relativeToApp(urlPath: string, vdirPath: string): string | undefined {
  if (vdirPath === '/') return urlPath.slice(1);
  const inside = urlPath.toLowerCase().startsWith(`${vdirPath.toLowerCase()}/`);
  if (inside) return urlPath.slice(vdirPath.length + 1);
  return urlPath.toLowerCase() === vdirPath.toLowerCase() ? '' : undefined;
}

/** The file of the app a rule's action names, when its URL holds no back-reference or variable. */
export function literalTarget(url: string, vdirPath: string): string | undefined {
  if (/[{}]/.test(url) || /^[a-z][a-z\d+.-]*:/i.test(url)) return undefined;
  const target = url.replace(/[?#].*$/, '');
  if (!target.startsWith('/')) return normalName(target);
  const relative = relativeToApp(target, vdirPath);
  return relative === undefined ? undefined : normalName(relative);
}
