import path from 'node:path';
import { upTo } from '../trimmed.js';

/** Usual names of an app's entry point, most likely first. */
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

/** A program's path in the form of a URL: forward slashes, no `./`, no leading slash. */
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

/** Returns 'a/b' for '/dante/a/b' in an app at '/dante'; undefined outside of the app. */
export function relativeToApp(urlPath: string, vdirPath: string): string | undefined {
  if (vdirPath === '/') return urlPath.slice(1);
  const inside = urlPath.toLowerCase().startsWith(`${vdirPath.toLowerCase()}/`);
  if (inside) return urlPath.slice(vdirPath.length + 1);
  return urlPath.toLowerCase() === vdirPath.toLowerCase() ? '' : undefined;
}

/** The file of the app in a rule's action, if its URL has no back-reference or variable. */
export function literalTarget(url: string, vdirPath: string): string | undefined {
  if (/[{}]/.test(url) || /^[a-z][a-z\d+.-]*:/i.test(url)) return undefined;
  const target = upTo(url, '?#');
  if (!target.startsWith('/')) return normalName(target);
  const relative = relativeToApp(target, vdirPath);
  return relative === undefined ? undefined : normalName(relative);
}
