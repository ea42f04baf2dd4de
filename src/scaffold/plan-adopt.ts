import path from 'node:path';
import { type App, resolveScript } from '../app/index.js';
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
import { checkAdopted } from './adopt-options.js';
import { findEntry } from './entry-point.js';
import { namesIn } from './folder.js';
import { type KnownSettings, knownSettings } from './known-settings.js';
import type { CheckedOptions, Transport } from './options.js';
import { diffOf } from './plan-diff.js';
import { checkStaticFolders } from './static-folders.js';
import { encodeText, plainText, readTextFile } from './text-file.js';
import type { InitPlan, InitTalk, Judge, Judgement } from './types.js';

/**
 * web.config added to, or changed in, the app that is there. Reads the folder, writes nothing.
 * `choosePath` is called only when neither the options nor web.config say the vdir path.
 * Throws UserError of `checkAdopted` and `findEntry`, WEB_CONFIG_INVALID (usage); FileError for what has to be read and is no file.
 */
export async function planAdopt(
  options: CheckedOptions,
  app: App,
  talk: InitTalk,
  judge: Judge,
  choosePath: () => Promise<string>,
): Promise<InitPlan> {
  const { directory, environment } = options;
  const { file } = app.webConfig;
  const name = path.basename(file);
  const known = knownSettings(app.webConfig);
  checkAdopted(options, app, known.route);
  checkStaticFolders(directory, options.staticFolders);
  const found = readTextFile(file);
  const entry = await findEntry(app, options.entry, talk);
  const vdirPath = options.vdirPath ?? known.vdirPath ?? (await choosePath());
  const patchFor = (wants: WebConfigWants): PatchResult =>
    found === undefined
      ? { text: generateWebConfig(wants), changes: ['web.config is new'] }
      : patchWebConfig(found.text, wants, file);
  const judged = ({ text }: PatchResult): Judgement =>
    judge({ directory, environment, planned: new Map([[name, encodeText(text, found ?? plainText)]]) });

  const wants = wantsOf(options, known, entry, vdirPath);
  const draft = patchFor(wants);
  const first = judged(draft);
  for (const error of first.unread) if (error.problem === 'not-regular') throw error;
  // The code overrides the defaults.
  const patch = patchFor({ ...wants, ...fromCode(options, first) });
  const judgement = patch.text === draft.text ? first : judged(patch);

  const edits = [{ file: name, before: found?.text, after: patch.text }];
  return {
    kind: 'adopted',
    directory,
    entry,
    vdirPath,
    edits,
    products: [],
    diff: diffOf(edits),
    changes: patch.changes,
    findings: judgement.findings,
    notes: [
      ...(options.entry === undefined ? notesOnMain(app, entry) : []),
      ...notesOnKeptAdapter(options, app, known, judgement),
      ...notesOnStatic(options, parseXml(patch.text, file)),
    ],
  };
}

function wantsOf(options: CheckedOptions, known: KnownSettings, entry: string, vdirPath: string): WebConfigWants {
  const { route } = known;
  const processes = options.processes ?? known.processes;
  return {
    entry,
    vdirPath,
    ...(route === undefined ? {} : { route }),
    ...(processes === undefined ? {} : { processes }),
    home: hasDefaultDocument(options.directory) ? 'static' : 'entry',
    staticFolders: options.staticFolders,
    transports: options.transports ?? known.transports ?? transportsOf(route),
    transportsSetting: options.transports !== undefined && route === undefined,
    appSettings: {
      ...absent(options.adapter?.settings ?? {}, known),
      ...(options.allowEio3 ? { allowEIO3: 'true' } : {}),
    },
  };
}

/** What the app's own code says; options of the user come first. */
function fromCode(options: CheckedOptions, { transports, adapter }: Judgement): Partial<WebConfigWants> {
  const allowed = (['websocket', 'polling'] as const).filter((name) => transports?.includes(name));
  return {
    ...(options.transports === undefined && allowed.length > 0 ? { transports: allowed } : {}),
    ...(adapter.isAttached ? { sharing: 'adapter' } : {}),
  };
}

/** Settings that web.config does not have yet: whoever wrote one has a server of their own. */
const absent = (settings: Readonly<Record<string, string>>, { settings: known = [] }: KnownSettings) =>
  Object.fromEntries(Object.entries(settings).filter(([name]) => !known.includes(name.toLowerCase())));

/** What socket.io itself allows when nobody says otherwise; plain WebSockets have nothing else. */
const transportsOf = (route: string | undefined): readonly Transport[] =>
  route === undefined ? ['websocket', 'polling'] : ['websocket'];

/** Documents that IIS opens for a folder's URL (applicationHost.config of IIS 10, defaultDocument). */
const defaultDocuments = ['default.htm', 'default.asp', 'index.htm', 'index.html', 'iisstart.htm'];

/** Does the folder have one? */
const hasDefaultDocument = (directory: string): boolean =>
  namesIn(directory).some((name) => defaultDocuments.includes(name.toLowerCase()));

/** `main` names a file that is not there, and another one was taken. */
function notesOnMain({ folder, manifest: { main } }: App, entry: string): string[] {
  if (main === undefined || resolveScript(folder, main) !== undefined) return [];
  if (path.posix.normalize(main) === entry) return []; // its build will make it
  return [`package.json's main, ${main}, does not exist: ${entry} is used as the entry point (change it with --entry)`];
}

/** --static, where the rules of web.config already leave files to IIS. */
function notesOnStatic({ staticFolders }: CheckedOptions, webConfig: XmlDocument): string[] {
  const rules = new Set(
    sectionsAt(webConfig, 'system.webServer/rewrite/rules/rule').map((rule) => attribute(rule, 'name')),
  );
  if (staticFolders.every((folder) => rules.has(staticRuleName(folder)))) return [];
  return ['--static has no effect here: the existing rules in web.config decide which files IIS serves'];
}
