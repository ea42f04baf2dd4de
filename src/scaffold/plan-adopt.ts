import { existsSync } from 'node:fs';
import path from 'node:path';
import { type App, type LoaderNeed, packagesBelow, resolveScript } from '../app/index.js';
import { isTypeScript } from '../source/index.js';
import {
  generateWebConfig,
  type PatchResult,
  patchWebConfig,
  sectionsAt,
  staticRuleName,
  type WebConfigWants,
} from '../webconfig/index.js';
import { attribute, parseXml, type XmlDocument } from '../xml/index.js';
import { notesOnKeptAdapter } from './adopt-adapter.js';
import { replacedHost } from './adopt-host.js';
import {
  askedSettings,
  chooseLoader,
  loaderFileNames,
  loaderSettings,
  withLoader,
  withoutLoader,
} from './adopt-loader.js';
import { checkAdopted } from './adopt-options.js';
import { type AdoptedApp, checkerOf, fromCode, type PlannedFiles, wantsOf } from './adopted-app.js';
import { chooseModule, platformHost } from './choose-module.js';
import { notesOnClientFiles, planClientFiles } from './client-files.js';
import { entryBuild } from './entry-build.js';
import { findEntry, notJavaScript } from './entry-point.js';
import { knownSettings } from './known-settings.js';
import { type LoaderEdits, planLoader, removeLoader } from './loader-file.js';
import { notesOnNodeOptions, notesOnStart } from './notes-on-start.js';
import type { CheckedOptions } from './options.js';
import { diffOf } from './plan-diff.js';
import { planPlatformFiles } from './plan-platform.js';
import { checkStaticFolders } from './static-folders.js';
import { readTextFile } from './text-file.js';
import type { CheckPlannedApp, ClientBuild, InitFinding, InitPlan, InitTalk, PlannedAppCheck } from './types.js';

/**
 * Plans the new or changed web.config of an existing app. Reads the folder, writes nothing.
 * `choosePath` is called only when neither the options nor web.config have the vdir path.
 * Throws UserError of `checkAdopted`, `replacedHost` and `findEntry`, WEB_CONFIG_INVALID (usage); FileError for a needed file that is not a regular file.
 */
export async function planAdopt(
  options: CheckedOptions,
  app: App,
  talk: InitTalk,
  checkApp: CheckPlannedApp,
  choosePath: () => Promise<string>,
): Promise<InitPlan> {
  const { directory } = options;
  const { file } = app.webConfig;
  const name = path.basename(file);
  const known = knownSettings(app);
  checkAdopted(options, app, known.route);
  checkStaticFolders(directory, options.staticFolders);
  const found = readTextFile(file);
  const module = await chooseModule(options, talk, false);
  const replaced = module === 'httpplatform' ? platformHost(app) : await replacedHost(app, options, talk);
  const entry = await findEntry(app, options.entry, talk);
  const vdirPath = options.vdirPath ?? known.vdirPath ?? (await choosePath());
  const clientFiles = planClientFiles(app, entry);
  const adopted = { app, name, file, found, known, replaced, entry, vdirPath, clientFiles };
  const planned =
    module === 'httpplatform' ? planPlatformFiles(options, adopted, checkApp) : planFiles(options, adopted, checkApp);
  const { patch, checked, loader } = planned;

  const edits = [...planned.edits, { file: name, before: found?.text, after: patch.text }];
  return {
    kind: 'adopted',
    directory,
    entry,
    vdirPath,
    edits: [...edits, ...clientFiles],
    products: [],
    diff: diffOf(edits.filter(({ file: each }) => !loaderFileNames.includes(each))),
    changes: patch.changes,
    findings: checked.findings,
    loader,
    clients: clientsOf(app, checked),
    ...entryBuild(app, entry),
    notes: [
      ...(options.entry === undefined ? [...notesOnPackage(app, entry), ...notesOnMain(app, entry)] : []),
      ...notesOnKeptAdapter(options, app, known, checked),
      ...notesOnStart(options, known, entry, checked.loader.start),
      ...notesOnNodeOptions(checked.loader.start, parseXml(patch.text, file)),
      ...notesOnStatic(options, parseXml(patch.text, file)),
      ...planned.notes,
      ...notesOnClientFiles(clientFiles),
      ...notesOnVdir(vdirPath, checked.findings),
      ...notesOnPageMaker(vdirPath, checked.loader),
    ],
  };
}

/** web.config, and the loader if it is needed. */
function planFiles(options: CheckedOptions, adopted: AdoptedApp, checkApp: CheckPlannedApp): PlannedFiles {
  const { directory } = options;
  const { app, file, found, known, replaced, entry, vdirPath } = adopted;
  const patchFor = (wants: WebConfigWants): PatchResult =>
    found === undefined ? { text: generateWebConfig(wants), changes: [] } : patchWebConfig(found.text, wants, file);
  const checkWith = checkerOf(adopted, checkApp);

  const plain = wantsOf(options, known, replaced, entry, vdirPath);
  const draft = patchFor(withoutLoader(plain));
  const first = checkWith(draft);
  for (const error of first.unread) if (error.problem === 'not-regular') throw error;
  // The code overrides the defaults.
  const { nodeOptions } = first.loader.start;
  const wants = { ...plain, ...fromCode(options, first), ...(nodeOptions && { nodeOptions }) };
  const loader = chooseLoader(options, app, entry, first.loader);
  if (!loader.used) {
    if (isTypeScript(entry)) throw notJavaScript(entry, app);
    const patch = patchFor(withoutLoader(wants));
    const checked = patch.text === draft.text ? first : checkWith(patch);
    const files = options.loader === 'never' ? removeLoader(directory) : { edits: [], notes: [] };
    return { patch, checked, loader, ...files };
  }
  const patch = patchFor(withLoader(wants));
  const filesFor = (need: LoaderNeed): LoaderEdits =>
    planLoader(directory, loaderSettings(entry, vdirPath, need), askedSettings(options));
  const checked = checkWith(patch, filesFor(first.loader).edits);
  // iisnode's settings are those of the web.config that starts the loader.
  return { patch, checked, loader, ...filesFor({ ...first.loader, iisnode: checked.loader.iisnode }) };
}

/** `main` names a missing file, and another file is used. */
function notesOnMain({ folder, manifest: { main } }: App, entry: string): string[] {
  if (main === undefined || resolveScript(folder, main) !== undefined) return [];
  if (path.posix.normalize(main) === entry) return []; // its build will create it
  return [`package.json's main, ${main}, does not exist: ${entry} is used as the entry point (change it with --entry)`];
}

/** --static, if the rules of web.config already leave files to IIS. */
function notesOnStatic({ staticFolders }: CheckedOptions, webConfig: XmlDocument): string[] {
  const rules = new Set(
    sectionsAt(webConfig, 'system.webServer/rewrite/rules/rule').map((rule) => attribute(rule, 'name')),
  );
  if (staticFolders.every((folder) => rules.has(staticRuleName(folder)))) return [];
  return ['--static has no effect here: the existing rules in web.config decide which files IIS serves'];
}

/** Packages whose build creates what the server serves. */
function clientsOf({ directory, manifest }: App, { unbuilt }: PlannedAppCheck): readonly ClientBuild[] {
  const has = (folder: string): boolean => existsSync(path.join(directory, folder, 'node_modules'));
  return unbuilt.map(({ folder, serves }) => ({
    folder,
    serves,
    isInstalled: has(folder) || (manifest.workspaces.length > 0 && has('')),
  }));
}

/** The entry point is in a package of its own, and nothing of the app's own package.json names it. */
function notesOnPackage({ folder }: App, entry: string): string[] {
  const owner = packagesBelow(folder)
    .filter(({ folder: below }) => entry.startsWith(`${below}/`))
    .sort((a, b) => b.folder.length - a.folder.length)[0];
  if (owner === undefined || entry.includes('node_modules/')) return [];
  const named = owner.manifest.name === undefined ? '' : ` (${owner.manifest.name})`;
  return [
    `the server is the package in ${owner.folder}${named}: its entry point is ${entry}; --entry names another one`,
  ];
}

/** The rules about URLs that are right on a site of its own. */
const ofVdirPath = new Set([
  'ROOT_ABSOLUTE_URL',
  'SOCKET_PATH_MISMATCH_CLIENT',
  'SOCKET_PATH_MISMATCH_SERVER',
  'ROUTES_WITHOUT_VDIR_PATH',
]);

/** What does not work in a virtual directory without a change of the code mostly does on a site of its own. */
function notesOnVdir(vdirPath: string, findings: readonly InitFinding[]): string[] {
  const count = findings.filter(({ rule, severity }) => severity !== 'info' && ofVdirPath.has(rule)).length;
  if (vdirPath === '/' || count === 0) return [];
  const what = count === 1 ? '1 line of the code does' : `${count} lines of the code do`;
  return [`${what} not fit ${vdirPath}; on its own site (--path /) the app needs none of these changes`];
}

/** What a framework puts into its pages is not in the code of the app. */
function notesOnPageMaker(vdirPath: string, { pageMaker }: LoaderNeed): string[] {
  if (pageMaker === undefined) return [];
  const settings: Readonly<Record<string, string>> = {
    next: 'basePath',
    nuxt: 'app.baseURL',
    astro: 'base',
    '@sveltejs/kit': 'kit.paths.base',
  };
  const setting = settings[pageMaker] ?? "basename, and Vite's base";
  return [
    `the links of ${pageMaker} in its pages, and what its scripts load, lead to the root of the site: build it for ${vdirPath} (${setting}), or give it its own site (--path /)`,
  ];
}
