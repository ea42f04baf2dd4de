import path from 'node:path';

/** Node options that use the next word as their value when written without "=". */
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
const starters = /^(?:.*[\\/])?(?:node|nodejs|nodemon|node-dev|tsx|ts-node|ts-node-dev|tsnd)(?:\.exe)?$/i;
const packageManager = /^(?:.*[\\/])?(?:npm|pnpm|yarn|bun)(?:\.cmd)?$/i;

/** Scripts that start an app; the production script comes first where `start` is for development. */
const startNames = ['start', 'start:prod', 'start:production', 'prod', 'production', 'serve', 'server'];
/** Limit for scripts that call each other; above it no script is found. */
const mostCalls = 10;

type Scripts = Readonly<Record<string, string>>;

/** A package of the app: the scripts of its package.json, and its folder, relative with forward slashes. */
export interface ScriptsOfPackage {
  readonly folder: string;
  readonly scripts: Scripts;
}

/** Finds a package below the app's folder by its folder or, of a workspace, by its name. */
type FindPackage = (place: string) => ScriptsOfPackage | undefined;

/**
 * The script that a command line such as `NODE_ENV=production node --enable-source-maps ./bin/www` starts, as written
 * there; undefined when it is unknown.
 */
export function startedScript(command: string): string | undefined {
  return started(command, { folder: '', scripts: {} }, () => undefined, 0);
}

/**
 * The script that the scripts of a package.json start, also through each other (`npm run serve`) and in another package
 * (`cd server && node .`, `npm start --prefix server`, `npm start -w server`); undefined when it is unknown.
 */
export function startedByScripts(scripts: Scripts, findPackage: FindPackage = () => undefined): string | undefined {
  for (const name of startNames) {
    const found = started(scripts[name] ?? '', { folder: '', scripts }, findPackage, 0);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** Relative to the folder of all packages. */
function started(command: string, own: ScriptsOfPackage, findPackage: FindPackage, calls: number): string | undefined {
  if (calls > mostCalls) return undefined;
  let { folder } = own;
  for (const part of command.split(/&&|\|\||[;|&]/)) {
    const words = wordsOf(part);
    if (words[0] === 'cd' && words[1] !== undefined) {
      folder = path.posix.join(folder, words[1].replaceAll('\\', '/'));
      continue;
    }
    const script = byNode(words) ?? byFramework(words);
    if (script !== undefined) return folder === '' ? script : path.posix.join(folder, script.replaceAll('\\', '/'));
    const call = byPackageManager(words);
    if (call === undefined) continue;
    const place = call.workspace ?? path.posix.join(folder, call.folder).replace(/^\.$/, '');
    const theirs = place === own.folder ? own : findPackage(place);
    const found = theirs && started(theirs.scripts[call.script] ?? '', theirs, findPackage, calls + 1);
    if (found !== undefined) return found;
  }
  return undefined;
}

const wordsOf = (part: string): readonly string[] =>
  [...part.matchAll(/"([^"]*)"|'([^']*)'|(\S+)/g)].map((word) => word[1] ?? word[2] ?? word[3] ?? '');

/** Of `nodemon --exec tsx server.ts` and `node --import tsx server.ts` the last program has the script behind it. */
function byNode(words: readonly string[]): string | undefined {
  for (let start = words.length - 1; start >= 0; start--) {
    const script = starters.test(words[start] ?? '') ? scriptBehind(words, start) : undefined;
    if (script !== undefined) return script;
  }
  return undefined;
}

function scriptBehind(words: readonly string[], start: number): string | undefined {
  for (let at = start + 1; at < words.length; at++) {
    const word = words[at] ?? '';
    if (withValue.has(word)) at++;
    else if (/^(-e|--eval|-p|--print|--test|--run)(=|$)/.test(word)) return undefined;
    else if (!word.startsWith('-')) return word;
  }
  return undefined;
}

/** The file that a framework's command starts, if node can also start it directly. */
const frameworks: readonly (readonly [command: RegExp, script: string])[] = [
  [/^nest start\b/, 'dist/main.js'],
  [/^(nuxt|nuxi|nitro) (start|preview)\b/, '.output/server/index.mjs'],
];

function byFramework(words: readonly string[]): string | undefined {
  const start = words.findIndex((word) => !/^\w+=|^(npx|cross-env|env)$/.test(word));
  const command = start < 0 ? '' : words.slice(start).join(' ');
  return frameworks.find(([pattern]) => pattern.test(command))?.[1];
}

interface ScriptCall {
  readonly script: string;
  /** The relative folder where it runs; '' for the command's own folder. */
  readonly folder: string;
  /** Folder or name of the workspace whose script it is. */
  readonly workspace: string | undefined;
}

const workspaceOption = /^(?:-w|--workspace|--filter|-F)$/;

/** `npm start`, `npm run serve -- --port 1`, `yarn workspace server start`, `npm --prefix server run start`. */
function byPackageManager(words: readonly string[]): ScriptCall | undefined {
  const start = words.findIndex((word) => packageManager.test(word));
  if (start < 0) return undefined;
  let folder = '';
  let workspace: string | undefined;
  const plain: string[] = [];
  for (let at = start + 1; at < words.length && words[at] !== '--'; at++) {
    const [name = '', value] = (words[at] ?? '').split('=', 2);
    if (/^(?:--prefix|--cwd|--dir|-C)$/.test(name)) folder = value ?? words[++at] ?? '';
    else if (workspaceOption.test(name)) workspace = value ?? words[++at];
    else if (name === 'workspace') workspace = words[++at];
    else if (!name.startsWith('-')) plain.push(name);
  }
  const [script] = /^run(-script)?$/.test(plain[0] ?? '') ? plain.slice(1) : plain;
  return script === undefined ? undefined : { script, folder, workspace };
}
