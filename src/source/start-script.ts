/** Node options that take the next word as their value when written without "=". */
const withValue = new Set([
  '-r',
  '--require',
  '--import',
  '--loader',
  '--experimental-loader',
  '-C',
  '--conditions',
  '--env-file',
  '--watch-path',
  '--title',
  '--max-http-header-size',
]);
const starters = /^(?:.*[\\/])?(?:node|nodejs|nodemon|node-dev)(?:\.exe)?$/i;

/**
 * The script that a command line such as `NODE_ENV=production node --enable-source-maps ./bin/www` starts, as written
 * there; undefined when it starts none that can be told.
 */
export function startedScript(command: string): string | undefined {
  for (const part of command.split(/&&|\|\||[;|&]/)) {
    const words = [...part.matchAll(/"([^"]*)"|'([^']*)'|(\S+)/g)].map((word) => word[1] ?? word[2] ?? word[3] ?? '');
    const start = words.findIndex((word) => starters.test(word));
    if (start < 0) continue;
    for (let at = start + 1; at < words.length; at++) {
      const word = words[at] ?? '';
      if (withValue.has(word)) at++;
      else if (/^(-e|--eval|-p|--print|--test|--run)(=|$)/.test(word)) break;
      else if (!word.startsWith('-')) return word;
    }
  }
  return undefined;
}
