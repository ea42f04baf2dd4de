import path from 'node:path';
import { isAdapterPackage, type ServerScript } from '../source/index.js';
import { generateWebConfig, patchWebConfig, routesOf, type WebConfigWants } from '../webconfig/index.js';
import { parseXml } from '../xml/index.js';
import { warningsForKeptAdapter } from './adopt-adapter.js';
import { checkAdopted } from './adopt-options.js';
import { advise } from './advice.js';
import { readAppSources } from './app-sources.js';
import { findEntry, isFile } from './entry-point.js';
import { exposedFiles, exposedWarning } from './exposed-files.js';
import { namesIn, webConfigName } from './folder.js';
import { type KnownSettings, readKnownSettings } from './known-settings.js';
import type { CheckedOptions, Transport } from './options.js';
import { type AppPackage, scriptNames } from './package-json.js';
import { diffOf } from './plan-diff.js';
import { transportsInCode } from './server-transports.js';
import { checkStaticFolders } from './static-folders.js';
import { encodeText, readTextFile } from './text-file.js';
import type { InitPlan, InitTalk } from './types.js';
import {
  warningsFor,
  warningsForEio3,
  warningsForEntry,
  warningsForMain,
  warningsForPage,
  warningsForRefusals,
  warningsForSettings,
  warningsForStatic,
  warningsForTransports,
} from './warnings.js';

/**
 * web.config added to, or changed in, the app that is there. Reads the folder, writes nothing.
 * `choosePath` is called only when neither the options nor web.config say the vdir path.
 * Throws UserError of `checkAdopted` and `findEntry`, WEB_CONFIG_INVALID (usage); FileError for what has to be read and is no file.
 */
export async function planAdopt(
  options: CheckedOptions,
  manifest: AppPackage,
  talk: InitTalk,
  choosePath: () => Promise<string>,
): Promise<InitPlan> {
  const { directory } = options;
  const name = webConfigName(directory);
  const file = path.join(directory, name);
  const known = readKnownSettings(file);
  const { route } = known;
  checkAdopted(options, manifest, route);
  checkStaticFolders(directory, options.staticFolders);
  const found = readTextFile(file);
  const before = found?.text;
  const entry = await findEntry(directory, options.entry, manifest, talk, known.entries);
  const vdirPath = options.vdirPath ?? known.vdirPath ?? (await choosePath());
  const scripts = scriptNames(manifest);
  const sources = readAppSources(directory, entry, scripts);
  for (const error of sources.unread) if (error.problem === 'not-regular') throw error;
  // What is sent where is read in JavaScript alone: where there is TypeScript, in what it was built to.
  const code = [...sources.servers, ...sources.loaded];
  const isConnected = hasAdapter(manifest, code);
  const processes = options.processes ?? known.processes;
  const adapterSettings = absent(options.adapter?.settings ?? {}, known);
  const page = defaultDocumentIn(directory);
  const wants: WebConfigWants = {
    entry,
    vdirPath,
    ...(route === undefined ? {} : { route }),
    ...(processes === undefined ? {} : { processes }),
    ...(isConnected ? { sharing: 'adapter' } : {}),
    home: page === undefined ? 'entry' : 'static',
    staticFolders: options.staticFolders,
    transports: options.transports ?? transportsInCode(sources.servers) ?? known.transports ?? transportsOf(route),
    transportsSetting: options.transports !== undefined && route === undefined,
    appSettings: {
      ...adapterSettings,
      ...(options.allowEio3 ? { allowEIO3: 'true' } : {}),
    },
  };
  const patch =
    before === undefined
      ? {
          text: generateWebConfig(wants),
          changes: ['web.config is new'],
        }
      : patchWebConfig(before, wants, file);
  const edits = [{ file: name, before, after: patch.text }];
  const document = parseXml(patch.text, file);
  const routes = routesOf(document, vdirPath);
  const reaches = (url: string): boolean => routes.target(url)?.toLowerCase() === entry.toLowerCase();
  const isAlone = !isConnected && code.some(({ reach }) => reach.broadcasts.length > 0);
  const others = sources.loaded
    .flatMap(({ loaded }) => loaded?.name ?? [])
    .filter((name) => name.toLowerCase() !== entry.toLowerCase());
  return {
    kind: 'adopted',
    directory,
    entry,
    vdirPath,
    edits,
    products: [],
    diff: diffOf(edits),
    changes: patch.changes,
    advice: advise(directory, sources, { vdirPath, entry, reaches, speaksSocketIo: route === undefined }),
    warnings: [
      ...sources.unread.map(({ what, why }) => `${what}, so nothing is said of it. ${why}`),
      ...(found === undefined ? [] : warningsForRefusals(directory, encodeText(patch.text, found))),
      ...(options.entry === undefined ? warningsForMain(directory, manifest, entry) : []),
      ...warningsFor(wants, isAlone ? 'give socket.io an adapter (Redis)' : undefined),
      ...warningsForSettings(adapterSettings, options.adapter),
      ...warningsForKeptAdapter(options, manifest, known, code),
      ...(wants.transportsSetting ? warningsForTransports(sources.servers) : []),
      ...warningsForEio3(options.allowEio3, sources.servers),
      ...warningsForEntry(directory, entry, sources.entry),
      ...warningsForStatic(
        options.staticFolders,
        routes.rules.map(({ rule }) => rule.name),
      ),
      ...warningsForPage(page, reaches(''), code),
      ...exposedWarning(
        exposedFiles(
          others,
          document,
          routesOf(document, vdirPath, (name) => isFile(directory, name)),
        ),
      ),
    ],
  };
}

/** Settings that web.config does not have yet: whoever wrote one has a server of their own. */
const absent = (settings: Readonly<Record<string, string>>, { settings: known = [] }: KnownSettings) =>
  Object.fromEntries(Object.entries(settings).filter(([name]) => !known.includes(name.toLowerCase())));

const hasAdapter = ({ dependencies }: AppPackage, servers: readonly ServerScript[]): boolean =>
  dependencies.some(isAdapterPackage) || servers.some(({ reach }) => reach.adapters.length > 0);

/** What socket.io itself allows when nobody says otherwise; plain WebSockets have nothing else. */
const transportsOf = (route: string | undefined): readonly Transport[] =>
  route === undefined ? ['websocket', 'polling'] : ['websocket'];

/** Documents that IIS opens for a folder's URL (applicationHost.config of IIS 10, defaultDocument). */
const defaultDocuments = ['default.htm', 'default.asp', 'index.htm', 'index.html', 'iisstart.htm'];

/** The one that this folder has. */
const defaultDocumentIn = (directory: string): string | undefined =>
  namesIn(directory).find((name) => defaultDocuments.includes(name.toLowerCase()));
