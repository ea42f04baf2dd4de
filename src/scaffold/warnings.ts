import path from 'node:path';
import { UserError } from '../errors.js';
import { refusalsOf } from '../host/facts/index.js';
import { codeText, type ServerScript } from '../source/index.js';
import { needsStickySessions, type StaticFolder, staticRuleName, type WebConfigWants } from '../webconfig/index.js';
import { heedsEio3 } from './engine-io-3.js';
import { resolveScript } from './entry-point.js';
import { type AppPackage, readAppPackage } from './package-json.js';
import type { Adapter } from './types.js';

/**
 * What works less well than it looks with these processes and transports, one line each.
 *
 * @param lacksAdapter What a process sends to everybody reaches its own clients only: what to do about it; undefined where
 * that is right.
 */
export function warningsFor(
  { processes = 1, transports, appSettings }: WebConfigWants,
  lacksAdapter: string | undefined,
): string[] {
  if (processes === 1) return [];
  const count = processes === 0 ? 'a process for each CPU' : `${processes} processes`;
  return [
    // iisnode hands requests round robin to its processes; nodeProcessStickySessions is in Azure's fork alone.
    ...(needsStickySessions(processes, transports)
      ? [
          `polling with ${count} takes sticky sessions, which web.config asks for: iisnode below 0.2.24 (Azure's fork) does not know them and answers every request with 500.1000; --transports websocket needs none${appSettings?.allowEIO3 === 'true' ? oldClients : ''}`,
        ]
      : []),
    ...(lacksAdapter === undefined
      ? []
      : [`with ${count} and no adapter users on different ones do not see each other: ${lacksAdapter}`]),
  ];
}

/** Clients that --allow-eio3 lets in. */
const oldClients =
  '. Clients of socket.io 2 outside a browser keep no cookie and so cannot poll with several processes: they need the Cookie header by hand (transportOptions.polling.extraHeaders), or websocket alone';

/** What a person has to write in place of what init wrote into appSettings. */
export function warningsForSettings(written: Readonly<Record<string, string>>, adapter: Adapter | undefined): string[] {
  return Object.entries(adapter?.fill ?? {})
    .filter(([name]) => name in written)
    .map(([name, where]) => `${name} in web.config is an example until you write your own: ${where}`);
}

/** `--transports` for an app whose code has none: web.config alone keeps no client from polling. */
export function warningsForTransports(servers: readonly ServerScript[]): string[] {
  if (servers.some((script) => /\btransports\b/.test(codeText(script)))) return [];
  return [
    "--transports only sets transports in web.config: give socket.io's server transports: process.env.transports.split(',')",
  ];
}

/** web.config alone lets no old client in. */
export function warningsForEio3(isAsked: boolean, servers: readonly ServerScript[]): string[] {
  if (!isAsked || heedsEio3(servers)) return [];
  return [
    "--allow-eio3 only sets allowEIO3 in web.config: give socket.io's server allowEIO3: process.env.allowEIO3 === 'true'",
  ];
}

/** What init left as it was, and IIS refuses: in `webConfig` as it will be. */
export function warningsForRefusals(directory: string, webConfig: Uint8Array): string[] {
  const refusals = refusalsOf(directory, webConfig);
  const told = refusals.slice(0, 3).map(({ text, answer, file, line }) => {
    const name = file === undefined ? 'web.config' : path.basename(file);
    return `${name}:${line}: ${text}: ${answer} until it is fixed (iisnode-sock doctor)`;
  });
  const more = refusals.length - told.length;
  return more > 0 ? [...told, `${more} more like that: iisnode-sock doctor tells them`] : told;
}

/** --static, where a person's rules leave files to IIS as it is. */
export function warningsForStatic(asked: readonly StaticFolder[], rules: readonly string[]): string[] {
  if (asked.every((folder) => rules.includes(staticRuleName(folder)))) return [];
  return ['--static changes nothing here: the rules that web.config had already decide which files IIS serves'];
}

/**
 * A page beside web.config that IIS would open for the app's own URL, when nothing shows that node serves one.
 *
 * @param isNodes Does the app's own URL go to node now?
 */
export function warningsForPage(page: string | undefined, isNodes: boolean, code: readonly ServerScript[]): string[] {
  if (page === undefined || !isNodes) return [];
  const serves = code.some(
    (script) =>
      script.routes.handed !== undefined ||
      script.routes.readsUrls !== undefined ||
      script.routes.routes.length > 0 ||
      codeText(script).includes(page),
  );
  if (serves) return [];
  return [
    `every URL goes to node, and nothing shows that it serves ${page}: let the server answer with it, or IIS serve its folder (--static)`,
  ];
}

/** `main` names a file that is not there, and another one was taken. */
export function warningsForMain(directory: string, { main }: AppPackage, entry: string): string[] {
  if (main === undefined || resolveScript(directory, main) !== undefined) return [];
  if (path.posix.normalize(main) === entry) return []; // its build will make it
  return [`package.json's main, ${main}, is not there: ${entry} is taken for the entry point (--entry says otherwise)`];
}

/** How the entry point will fare with iisnode's interceptor, which loads it with require(). */
export function warningsForEntry(directory: string, entry: string, script: ServerScript | undefined): string[] {
  const warnings: string[] = [];
  if (isModule(directory, entry, script)) {
    const needs = script?.esModule.topLevelAwait
      ? `which no version of node can do with its top-level await (line ${script.esModule.topLevelAwait.line})`
      : 'which needs Node 20.19 or 22.12 and no top-level await';
    warnings.push(
      `${entry} is an ES module: iisnode loads it with require(), ${needs}; a CommonJS loader (run.cjs: import('./${entry}')) works everywhere`,
    );
  }
  if (script && /\brequire\.main\s*={2,3}\s*module\b/.test(codeText(script))) {
    warnings.push(
      `${entry} compares require.main with module: under iisnode require.main is its interceptor, so that branch never runs`,
    );
  }
  return warnings;
}

/** By its name, its package.json or what stands in it. */
function isModule(directory: string, entry: string, script: ServerScript | undefined): boolean {
  if (/\.[cm]js$/i.test(entry)) return /\.mjs$/i.test(entry);
  return nearestPackage(directory, entry)?.isModule === true || script?.esModule.syntax !== undefined;
}

/** The package.json that decides how node reads the entry: the nearest above it, within the app. */
function nearestPackage(directory: string, entry: string): AppPackage | undefined {
  for (let folder = path.posix.dirname(entry); ; folder = path.posix.dirname(folder)) {
    try {
      const found = readAppPackage(path.join(directory, folder));
      if (found || folder === '.') return found;
    } catch (error) {
      // A broken package.json further down is not init's to judge; the app's own was read before.
      if (!(error instanceof UserError) || folder === '.') return undefined;
    }
  }
}
