import path from 'node:path';
import {
  type LoaderNeed,
  type Manifest,
  nearestManifest,
  pnpOptions,
  programOf,
  type ReasonForLoader,
  readManifest,
  startOf,
  typeScriptRunner,
} from '../app/index.js';
import {
  type BuiltPath,
  codeText,
  hasPlacedRoute,
  isTypeScript,
  type Place,
  placeAt,
  readBuiltPaths,
  type ServerScript,
  type StartCommand,
} from '../source/index.js';
import { isPathBelow } from '../webconfig/index.js';
import { runRules } from './engine.js';
import { hostedElsewhere, isPollingOnly, openedSockets } from './facts/realtime.js';
import { rules } from './rules/index.js';
import type { FileFacts } from './types.js';

/**
 * Says whether an app needs the loader, by the rules and the readings of its code.
 *
 * @param facts Of the app without the loader: web.config gives its own entry point to iisnode.
 */
export function loaderNeed(facts: FileFacts): LoaderNeed {
  const all = runRules(rules, facts).diagnoses.flatMap(({ made, finding }) =>
    made.loader === undefined ? [] : [{ ...made.loader, place: made.at, severity: finding.severity }],
  );
  const ofVdirPath = all.filter(({ by }) => by !== undefined);
  const isInVdir = facts.vdirPath !== undefined && facts.vdirPath.path !== '/';
  const knowsVdirPath = isInVdir && hasVdirPath(facts, facts.vdirPath?.path ?? '/', ofVdirPath.length === 0);
  // The loader leaves the URLs of an app that knows its path as they are.
  const found = knowsVdirPath ? all.filter(({ by }) => by === undefined) : all;
  const certain = found.filter(({ severity }) => severity !== 'info');
  const pageMaker = isInVdir && !knowsVdirPath ? makerOfPages(facts) : undefined;
  const reasons = hostedElsewhere(facts)
    ? []
    : [
        ...certain.map(({ says, place, ofIisnode }) => reason(says, place, true, ofIisnode)),
        ...found
          .filter(({ severity }) => severity === 'info')
          .map(({ says, place, ofIisnode }) => reason(says, place, false, ofIisnode)),
        ...(isInVdir && !knowsVdirPath && ofVdirPath.length === 0
          ? [reason(`does not show that it knows the vdir path ${facts.vdirPath?.path}`, undefined, false)]
          : []),
        ...(pageMaker === undefined
          ? []
          : [
              reason(
                `has pages of ${pageMaker.name} with URLs that start at the root of the site`,
                pageMaker.at,
                false,
              ),
            ]),
        ...(certain.some(({ by }) => by === undefined) ? [] : reasonsOfUnknownListen(facts)),
        ...ofAddress(facts),
        ...ofStart(facts),
      ];
  return {
    reasons: reasons.length > 0 || hostedElsewhere(facts) ? unique(reasons) : ofSockets(facts),
    knowsVdirPath,
    hasRootUrls:
      pageMaker !== undefined || found.some(({ by }) => by === 'rewritePages') || (isInVdir && !showsServer(facts)),
    ...(pageMaker && { pageMaker: pageMaker.name }),
    start: startFor(facts),
    iisnode: iisnodeSettings(facts),
  };
}

/** A framework may load all that answers: what is in its pages is not known then. */
const showsServer = ({ server }: FileFacts): boolean =>
  server.scripts.some(({ listens, routes }) => listens.length > 0 || routes.routes.length > 0);

/** Frameworks whose own pages load their scripts from the root of the site: '/_next/static/..'. */
const makersOfPages =
  /^(next|nuxt|astro|@remix-run\/(node|express|serve)|@react-router\/(node|express|serve)|@sveltejs\/kit)$/;
/** Frameworks that are needed to build the app alone. */
const makersByBuild = /^(nuxt|@sveltejs\/kit)$/;

function makerOfPages(facts: FileFacts): { readonly name: string; readonly at: Place | undefined } | undefined {
  const { dependencies, devDependencies } = readManifest(facts.folder);
  const used = [...facts.server.modules, ...Object.keys(dependencies)].find((each) => makersOfPages.test(each));
  const name = used ?? Object.keys(devDependencies).find((each) => makersByBuild.test(each));
  return name === undefined ? undefined : { name, at: inManifest(facts, undefined, `"${name}"`) };
}

const reason = (says: string, at: Place | undefined, isCertain: boolean, ofIisnode?: true): ReasonForLoader => ({
  says,
  ...(at && { file: at.file, line: at.line }),
  isCertain,
  ...(ofIisnode && { ofIisnode }),
});

function unique(reasons: readonly ReasonForLoader[]): readonly ReasonForLoader[] {
  const seen = new Set<string>();
  return reasons.filter(({ says }) => !seen.has(says) && seen.add(says).size > 0);
}

/**
 * Do the app's own URLs have the vdir path: those of its sockets, and those of all else that it answers? An app that takes only
 * some of them from the environment works with the loader, which gives it '/' there; one that has the path in its text does not.
 *
 * @param isRight No rule found a URL without it.
 */
function hasVdirPath(facts: FileFacts, vdirPath: string, isRight: boolean): boolean {
  const isBuiltFor = ({ path: built, isForAssets }: BuiltPath): boolean => !isForAssets && isPathBelow(built, vdirPath);
  if (readBuiltPaths(facts.folder).some(isBuiltFor)) return true;
  const { scripts } = facts.server;
  const codes = scripts.map(codeText);
  if (codes.some((code) => hasLiteral(code, vdirPath))) return true;
  if (!isRight || !codes.some((code) => code.includes(facts.vdirPath?.key ?? 'virtualDirPath'))) return false;
  const routes = scripts.flatMap((script) => script.routes.routes);
  const answersAll = scripts.every(({ routes: use }) => !use.hasUnseenHandler && use.handed === undefined);
  return (
    scripts.every((script) => socketsHaveVdirPath(script, vdirPath)) &&
    (hasPlacedRoute(routes, vdirPath) || (routes.length === 0 && answersAll))
  );
}

/** '/chat', "/chat/socket.io" */
const hasLiteral = (code: string, vdirPath: string): boolean =>
  [vdirPath, encodeURI(vdirPath)].some((path) =>
    ["'", '"', '`'].some((quote) => code.includes(`${quote}${path}${quote}`) || code.includes(`${quote}${path}/`)),
  );

/** Do its socket.io servers take their path from the environment, or have the vdir path in it? */
function socketsHaveVdirPath({ sockets, reach }: ServerScript, vdirPath: string): boolean {
  if (reach.setsOptionsLater || sockets.oldApi.length > 0) return false;
  return sockets.servers.every(({ options: { path: option } }) => {
    const value = option?.value;
    return (
      value?.kind === 'environment' || (value?.kind === 'literal' && String(value.value).startsWith(`${vdirPath}/`))
    );
  });
}

/** What keeps it from being certain that the app listens on the pipe. */
function reasonsOfUnknownListen(facts: FileFacts): ReasonForLoader[] {
  return facts.entries.flatMap((entry) => {
    // A framework's own command, which `ofStart` names.
    if (isFrameworks(programOf(entry).name)) return [];
    const scripts = facts.query.scriptsOf(entry);
    const [start] = scripts;
    // In a bundle names stand for many things: only a port that leads to its variable is PORT, and no number made of it.
    const isShown = scripts.some(({ listens, context }) =>
      listens.some(
        ({ port, guarded, isCoerced, variable }) =>
          !guarded &&
          !isCoerced &&
          port.kind === 'environment' &&
          (variable !== undefined || context?.script.leftOut === undefined),
      ),
    );
    if (isShown) return [];
    // A number made of it, or a condition around it, is right where PORT is a number and node starts the entry.
    const isOfIisnode = scripts.some(({ listens }) => listens.some(({ port }) => port.kind === 'environment'));
    if (start === undefined && !programOf(entry).exists) {
      return [
        reason(
          `does not show that it listens on process.env.PORT before ${programOf(entry).name} is built`,
          undefined,
          false,
        ),
      ];
    }
    const at = start && placeAt(start.source, 0);
    const unread = start === undefined ? 'cannot be read' : 'does not show that it listens on process.env.PORT';
    return [reason(unread, at ?? lineOne(programOf(entry).file), false, isOfIisnode || undefined)];
  });
}

const lineOne = (file: string): Place => ({ file, line: 1, column: 1, evidence: '' });

/** A pipe has no addresses: undefined where code expects a text. */
const ofAddress = ({ server }: FileFacts): ReasonForLoader[] =>
  server.scripts.flatMap(({ habits: { clientAddress: at } }) =>
    at === undefined ? [] : [reason('asks for the address of the client, which a pipe does not have', at, false, true)],
  );

/**
 * iisnode ends a replaced process without a signal or a message, and leaves its sockets open until then (cnodeprocessmanager.cpp): no
 * app can close them in time. It is true of every app with sockets, so it is named only where nothing else is a reason.
 */
function ofSockets(facts: FileFacts): ReasonForLoader[] {
  // A poll that meets the new process ends with an error, and its client connects again.
  const sockets = isPollingOnly(facts) ? undefined : openedSockets(facts);
  return sockets === undefined
    ? []
    : [reason('only the loader closes its sockets when the process is replaced', sockets.at, false, true)];
}

/** What node is told by the start script, or by the place of the entry, and not by iisnode. */
function ofStart(facts: FileFacts): ReasonForLoader[] {
  return facts.entries.map(programOf).flatMap(({ name, file, exists }) => {
    const start = startOf(facts.folder, readManifest(facts.folder), name);
    const manifest = nearestManifest(facts.folder, name);
    const said = (says: string, word: string): ReasonForLoader =>
      reason(`its start script ${says}`, inManifest(facts, manifest, word), false);
    const { env = {}, requires = [], imports = [], envFiles = [], args = [] } = start ?? {};
    if (isFrameworks(name)) return [said(`is a command of ${/node_modules\/([^/]+)/.exec(name)?.[1]}`, 'start')];
    const isTyped = isTypeScript(name);
    const runner = isTyped ? typeScriptRunner(facts.folder, readManifest(facts.folder), name) : undefined;
    const variables = Object.keys(env).filter((each) => each !== 'PORT');
    return [
      ...(isTyped
        ? [reason(`is TypeScript${runner ? `, which ${howItRuns(runner, start)}` : ''}`, lineOne(file), true)]
        : []),
      ...(pnpOptions(facts.folder).length > 0
        ? [reason("has its packages in yarn's Plug'n'Play", lineOne(path.join(facts.folder.root, '.pnp.cjs')), true)]
        : []),
      ...variables.map((each) => said(`sets ${each}`, `${each}=`)),
      ...[...requires, ...imports, ...envFiles]
        .filter((each) => each !== runner)
        .map((each) => each.replace(/\?$/, ''))
        .map((each) => said(`loads ${each} first`, each)),
      ...(args.length > 0 ? [said(`has arguments: ${args.join(' ')}`, args[0] ?? '')] : []),
      // HttpPlatformHandler runs it in the folder of web.config; its start script may want another one.
      ...(name.includes('/')
        ? [{ ...inFolderBelow(name, exists ? file : undefined), ...(!start?.folder && { ofIisnode: true as const }) }]
        : []),
    ];
  });
}

/** What runs an entry point in TypeScript. */
function howItRuns(runner: string, { runtime, nodeOptions = [] }: Partial<StartCommand> = {}): string {
  // Without an option since 22.18; the options came with 22.6 and 22.7.
  const option = nodeOptions.find((each) => /^--experimental-(strip|transform)-types$/.test(each));
  const since = { '--experimental-strip-types': '22.6', '--experimental-transform-types': '22.7' }[option ?? ''];
  if (runner === 'node') return `node of version ${since ?? '22.18'} or newer runs`;
  return runtime === undefined ? `${runner} of its start script runs` : `${runner} runs in place of ${runtime}`;
}

const inFolderBelow = (name: string, file: string | undefined): ReasonForLoader =>
  file === undefined
    ? reason(`has its entry point in a folder below: ${name}`, undefined, false)
    : reason('has its entry point in a folder below', lineOne(file), false);

/** Where nothing starts the entry, it runs in the folder of its package. */
function startFor({ folder, entries }: FileFacts): LoaderNeed['start'] {
  const [entry] = entries.map(programOf);
  const found = entry && startOf(folder, readManifest(folder), entry.name);
  if (found) return found;
  // A framework's command runs in the folder of the app that has the framework.
  const [own = '', command] = (entry?.name ?? '').split(/(?:^|\/)node_modules\//);
  const file = nearestManifest(folder, command === undefined ? own : path.posix.join(own, 'x'))?.file;
  const at = file === undefined ? '' : path.relative(folder.root, path.dirname(file)).replaceAll(path.sep, '/');
  return {
    folder: at,
    args: command === 'next/dist/bin/next' ? ['start'] : [],
    env: {},
    requires: [],
    imports: [],
    envFiles: [],
    nodeOptions: pnpOptions(folder),
  };
}

const isFrameworks = (name: string): boolean => /(^|\/)node_modules\//.test(name);

/** Where a word stands in the package.json of an entry, or in the app's own. */
function inManifest({ folder }: FileFacts, manifest: Manifest | undefined, word: string): Place | undefined {
  const names = [manifest?.file, path.join(folder.root, 'package.json')].filter((file) => file !== undefined);
  for (const file of names) {
    const text = folder.read(path.relative(folder.root, file).replaceAll(path.sep, '/')) ?? '';
    const at = text.indexOf(word);
    if (at >= 0) return placeAt({ file, text }, at);
  }
  return undefined;
}

function iisnodeSettings({ iisnode }: FileFacts): LoaderNeed['iisnode'] {
  if (iisnode === undefined) return undefined;
  const { enableXFF, watchedFiles, gracefulShutdownTimeout } = iisnode.values;
  return { enableXFF, watchedFiles, gracefulShutdownTimeout };
}
