import path from 'node:path';

/** The literal names in a handler's path: 'server.js', 'bin/www'; patterns have none. `./server.js` is kept as 'server.js'. */
export function literalNames(handlerPath: string): string[] {
  return handlerPath
    .split(',')
    .map((name) => normalName(name.trim()))
    .filter((name) => name !== '' && !/[*?]/.test(name));
}

/** A program's path as a URL spells it: forward slashes, no `./`, no leading slash. */
export function normalName(name: string): string {
  return path.posix.normalize(name.replaceAll('\\', '/')).replace(/^\/+/, '').replace(/^\.$/, '');
}
