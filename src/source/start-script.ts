import path from 'node:path';
import { configurationOf, type EcosystemApp, type EcosystemStart } from './ecosystem.js';
import { nodeOption, takesNextWord } from './node-options.js';
import { commandsIn, instancesIn, isTypeScript, managedScript, nodemonPairs } from './script-runners.js';
import { listens, serverAmong } from './server-among.js';
import { listsOf, withoutVariables, wordsOf } from './shell-lists.js';
import type { AroundScripts, NodeCommand, Scripts, ScriptsOfPackage, StartCommand } from './start-command.js';
import { otherStarts } from './start-files.js';

/** Options with a value of what runs TypeScript; the variable that says it where node loads that first. */
const typeScriptPairs: readonly (readonly [program: RegExp, option: RegExp, variable?: string])[] = [
  [/\btsx(\.cmd|\.exe)?$/i, /^--tsconfig$/, 'TSX_TSCONFIG_PATH'],
  [/\b(ts-node|ts-node-dev|tsnd)(\.cmd)?$/i, /^(-P|--project)$/, 'TS_NODE_PROJECT'],
  [/\b(ts-node|ts-node-dev|tsnd)(\.cmd)?$/i, /^(-O|--compiler-?options)$/i, 'TS_NODE_COMPILER_OPTIONS'],
  [/\b(ts-node|ts-node-dev|tsnd)(\.cmd)?$/i, /^(-C|--compiler)$/, 'TS_NODE_COMPILER'],
  [/\b(ts-node|ts-node-dev|tsnd)(\.cmd)?$/i, /^(-I|--ignore|-D|--ignore-?diagnostics|--cwd|--dir|--scope-?dir)$/i],
  [/\b(ts-node-dev|tsnd)(\.cmd)?$/i, /^(--watch|--ignore-watch|--interval|--debounce)$/],
];
const starters = /^(?:.*[\\/])?(?:node|nodejs|nodemon|node-dev|tsx|ts-node|ts-node-dev|tsnd)(?:\.exe)?$/i;
const packageManager = /^(?:.*[\\/])?(?:npm|pnpm|yarn|bun)(?:\.cmd)?$/i;

/** Scripts that start an app; the production script comes first where `start` is for development. */
const startNames = ['start', 'start:prod', 'start:production', 'prod', 'production', 'serve', 'server', 'preview'];
/** Limit for scripts that call each other; above it no script is found. */
const mostCalls = 10;

/**
 * How the scripts of a package.json start its app, also through each other (`npm run serve`) and in another package
 * (`cd server && node .`, `npm start --prefix server`, `npm start -w server`); undefined when it is unknown.
 * Where they do not say it: how a Procfile, a Dockerfile or a configuration of pm2 does.
 */
export function startCommandOf(scripts: Scripts, around: AroundScripts = {}): StartCommand | undefined {
  for (const name of startNames) {
    const found = started(scripts[name] ?? '', { folder: '', scripts }, around, {}, 0);
    if (found !== undefined) return found;
  }
  for (const command of around.readText === undefined ? [] : otherStarts(around.readText)) {
    const found = started(command, { folder: '', scripts }, around, {}, 0);
    if (found !== undefined && around.isThere?.(found.script) === true) return found;
  }
  return undefined;
}

/** The script alone. */
export const startedByScripts = (scripts: Scripts, around?: AroundScripts): string | undefined =>
  startCommandOf(scripts, around)?.script;

/** Where a shell is, and its variables. */
interface Shell {
  readonly folder: string;
  readonly env: StartCommand['env'];
}

/** Relative to the folder of all packages. */
function started(
  command: string,
  own: ScriptsOfPackage,
  around: AroundScripts,
  outer: StartCommand['env'],
  calls: number,
): StartCommand | undefined {
  if (calls > mostCalls) return undefined;
  let shell: Shell = { folder: own.folder, env: outer };
  let last: StartCommand | undefined;
  const beside: StartCommand[] = [];
  for (const { parts, isBeside } of listsOf(command)) {
    const ran = startedBy(parts, own, around, shell, calls);
    if (isBeside) {
      if (ran.last !== undefined) beside.push(ran.last);
      continue;
    }
    shell = ran.shell;
    last = ran.last ?? last;
  }
  return serverAmong(
    [...beside, ...(last ? [last] : [])].map((run) => ({ run })),
    around,
  );
}

/** What commands start that run one after the other: the last is the server, those before it end. */
function startedBy(
  parts: readonly { readonly text: string; readonly isNext: boolean }[],
  own: ScriptsOfPackage,
  around: AroundScripts,
  from: Shell,
  calls: number,
): { readonly shell: Shell; readonly last: StartCommand | undefined } {
  let { folder, env: set } = from;
  let last: StartCommand | undefined;
  for (const { text, isNext } of parts) {
    if (last !== undefined && !isNext) continue;
    const { words, variables } = withoutVariables(wordsOf(text));
    const env = { ...set, ...variables };
    if (words.length === 0) set = env;
    if (words[0] === 'cd' && words[1] !== undefined) {
      folder = path.posix.join(folder, words[1].replaceAll('\\', '/'));
      continue;
    }
    last = startedAt(words, { own, around, shell: { folder, env }, calls }) ?? last;
  }
  return { shell: { folder, env: set }, last };
}

interface AroundCommand {
  readonly own: ScriptsOfPackage;
  readonly around: AroundScripts;
  readonly shell: Shell;
  readonly calls: number;
}

/** What one command starts. */
function startedAt(words: readonly string[], place: AroundCommand): StartCommand | undefined {
  const { own, around, calls } = place;
  const { folder, env } = place.shell;
  const groups = commandsIn(words, own.scripts).map((group) =>
    group.flatMap((each) => started(each, own, around, env, calls + 1) ?? []),
  );
  const found = groups.filter((group) => group.length > 0);
  const inner =
    (found.length > 1 ? found.find((group) => group.some((run) => listens(run, around))) : undefined) ?? found[0];
  if (inner !== undefined)
    return serverAmong(
      inner.map((run) => ({ run })),
      around,
    );
  const asked = configurationOf(words);
  const apps = asked === undefined ? [] : appsOf(asked, folder, around);
  if (apps.length > 0) return serverOf(apps, words, place);
  const run = byNode(words) ?? byManager(words) ?? byFramework(words) ?? byPackage(words, folder, around);
  if (run !== undefined) {
    const script = folder === '' ? run.script : path.posix.join(folder, run.script.replaceAll('\\', '/'));
    const all = { ...withEnvironment(run, env.NODE_OPTIONS), args: withoutPort(run.args) };
    return { ...all, script, folder, env: { ...env, ...run.env } };
  }
  const call = byPackageManager(words);
  if (call === undefined) return undefined;
  const at = call.workspace ?? path.posix.join(folder, call.folder).replace(/^\.$/, '');
  const theirs = at === own.folder ? own : around.findPackage?.(at);
  return theirs && started(theirs.scripts[call.script] ?? '', theirs, around, env, calls + 1);
}

function appsOf({ file, environment, only }: EcosystemStart, folder: string, { readEcosystem }: AroundScripts) {
  const apps = readEcosystem?.(path.posix.join(folder, file.replaceAll('\\', '/')), environment) ?? [];
  return only.length === 0 ? apps : apps.filter(({ name }) => only.includes(name));
}

/** Of the apps of a configuration of pm2 the one that IIS can serve. */
function serverOf(
  apps: readonly EcosystemApp[],
  words: readonly string[],
  { own, around, shell, calls }: AroundCommand,
): StartCommand | undefined {
  const all = apps.flatMap(({ isJob, isServer, name, envFiles = [], ...app }) => {
    const place = { folder: path.posix.join(shell.folder, app.folder).replace(/^\.$/, ''), scripts: own.scripts };
    const run = started(app.command, place, around, { ...app.env, ...shell.env }, calls + 1);
    const { instances = instancesIn(words) } = app;
    if (run === undefined) return [];
    const more = { envFiles: [...envFiles, ...run.envFiles], ...(instances !== undefined && { instances }) };
    return [{ name, isJob, isServer, run: { ...run, ...more } }];
  });
  return serverAmong(all, around);
}

function byManager(words: readonly string[]): NodeCommand | undefined {
  const found = managedScript(words);
  if (found === undefined) return undefined;
  const at = words.findIndex((word) => /^--node-args(=|$)/.test(word));
  const options = /^--node-args=(.*)$/.exec(words[at] ?? '')?.[1] ?? (at < 0 ? '' : words[at + 1]);
  return withEnvironment({ ...found, requires: [], imports: [], envFiles: [] }, options);
}

/** Of `nodemon --exec tsx server.ts` and `node --import tsx server.ts` the last program has the script behind it. */
function byNode(words: readonly string[]): NodeCommand | undefined {
  for (let start = words.length - 1; start >= 0; start--) {
    const found = starters.test(words[start] ?? '') ? scriptBehind(words, start) : undefined;
    if (found !== undefined) return found;
  }
  return undefined;
}

/** `node --import tsx server.ts`: the option is node's, though tsx is a program, too. */
function scriptBehind(words: readonly string[], start: number): NodeCommand | undefined {
  if (/^(-r|--require|--import)$/.test(words[start - 1] ?? '')) return undefined;
  const isNodemon = /\bnodemon(\.exe)?$/i.test(words[start] ?? '');
  const found = { requires: [] as string[], imports: [] as string[], envFiles: [] as string[] };
  const env: Record<string, string> = {};
  const nodeOptions: string[] = [];
  for (let at = start + 1; at < words.length; at++) {
    const word = words[at] ?? '';
    const [, name = word, inline] = /^(--[\w-]+)=(.*)$/s.exec(word) ?? [];
    if (!isNodemon && /^(-e|--eval|-p|--print|--test|--run)$/.test(name)) return undefined;
    if (word === 'watch' && /\btsx(\.exe)?$/i.test(words[start] ?? '')) continue;
    if (/^(node|npm|npx|yarn|pnpm|bun|tsx|ts-node)\s/.test(word)) return undefined; // --exec "npm run x"
    if (!word.startsWith('-')) {
      const args = isNodemon ? withoutPairs(words.slice(at + 1)) : words.slice(at + 1);
      const more = { ...(nodeOptions.length > 0 && { nodeOptions }), ...(Object.keys(env).length > 0 && { env }) };
      return { ...found, ...more, script: word, args, ...typeScriptOf(words.slice(start, at), word) };
    }
    const typed = typeScriptPairs.find(([program, option]) => program.test(words[start] ?? '') && option.test(name));
    const isPair =
      takesNextWord.has(word) ||
      (typed !== undefined && inline === undefined) ||
      (isNodemon && nodemonPairs.test(word) && at + 2 < words.length);
    const value = inline ?? (isPair ? (words[++at] ?? '') : '');
    if (typed?.[2] !== undefined) env[typed[2]] = value;
    if (/^(-r|--require)$/.test(name)) found.requires.push(value);
    if (name === '--import') found.imports.push(value);
    if (name === '--env-file') found.envFiles.push(value);
    if (name === '--env-file-if-exists') found.envFiles.push(`${value}?`);
    nodeOptions.push(...[nodeOption(name, value)].filter((each) => each !== undefined));
  }
  // Without a file it starts what package.json names as main.
  if (isNodemon && !words.some((word) => /^(-x|--exec)$/.test(word))) return { ...found, script: '.', args: [] };
  return undefined;
}

/** node reads NODE_OPTIONS before the app runs: in the environment that the loader sets they would have no effect. */
function withEnvironment(run: NodeCommand, options = ''): NodeCommand {
  const { requires = [], imports = [], nodeOptions = [] } = scriptBehind(['node', ...wordsOf(options), 'x'], 0) ?? {};
  const all = [...new Set([...nodeOptions, ...(run.nodeOptions ?? [])])];
  return {
    ...run,
    requires: [...requires, ...run.requires],
    imports: [...imports, ...run.imports],
    ...(all.length > 0 && { nodeOptions: all }),
  };
}

/** nodemon takes its own options behind the script, too. */
const withoutPairs = (args: readonly string[]): readonly string[] =>
  args.filter((arg, at) => !nodemonPairs.test(arg) && !nodemonPairs.test(args[at - 1] ?? ''));

const tsNode = /^(?:.*[\\/])?(?:ts-node|ts-node-dev|tsnd)(?:\.cmd)?$/i;

/** With --esm, ts-node has no module that node can load first. */
function typeScriptOf(
  [program = '', ...options]: readonly string[],
  script: string,
): Pick<NodeCommand, 'typeScript' | 'runtime'> {
  if (!isTypeScript(script)) return {};
  if (/^(?:.*[\\/])?tsx(?:\.cmd)?$/i.test(program)) return { typeScript: { requires: [], imports: ['tsx'] } };
  if (/^(?:.*[\\/])?node(js)?(\.exe)?$/i.test(program)) return { runtime: 'node' };
  if (!tsNode.test(program)) return {};
  if (options.includes('--esm')) return { runtime: 'ts-node --esm' };
  const isTranspiled = options.some((option) => /^(-T|--transpile-only)$/.test(option));
  const register = isTranspiled ? 'ts-node/register/transpile-only' : 'ts-node/register';
  return { typeScript: { requires: [register], imports: [] } };
}

/** The file that a framework's command starts, if node can also start it directly. */
const frameworks: readonly (readonly [command: RegExp, script: string, keepsArgs?: boolean])[] = [
  [/^next start\b/, 'node_modules/next/dist/bin/next', true],
  [/^nest start\b/, 'dist/main.js'],
  [/^(nuxt|nuxi|nitro) (start|preview)\b/, '.output/server/index.mjs'],
];

function byFramework(words: readonly string[]): NodeCommand | undefined {
  const [, script, keepsArgs = false] = frameworks.find(([pattern]) => pattern.test(words.join(' '))) ?? [];
  if (script === undefined) return undefined;
  return { script, args: keepsArgs ? words.slice(1) : [], requires: [], imports: [], envFiles: [] };
}

/** `-p $PORT`: the loader has the port in the environment, and no shell that replaces names. */
const withoutPort = (args: readonly string[]): readonly string[] =>
  args.filter(
    (arg, at) => !/[$%]/.test(arg) && !(/^(-[lp]|--port|--listen)$/.test(arg) && /[$%]/.test(args[at + 1] ?? '')),
  );

/** Commands of packages that are the server themselves, with the app as an argument or by main: each is a script for node. */
const servers =
  /^(micro|fastify|json-server|http-server|serve|srvx|remix-serve|react-router-serve|moleculer-runner|strapi|sails|probot|functions-framework|y-websocket(-server)?)$/;

function byPackage(
  [program = '', ...args]: readonly string[],
  folder: string,
  { findProgram }: AroundScripts,
): NodeCommand | undefined {
  const script = servers.test(program) ? findProgram?.(program, folder) : undefined;
  if (script === undefined) return undefined;
  const kept = args.filter((arg) => !/^(-w|--watch)$/.test(arg));
  return { script, args: kept, requires: [], imports: [], envFiles: [] };
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
