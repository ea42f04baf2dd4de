import path from 'node:path';
import type { App } from '../app/index.js';
import { UserError } from '../errors.js';
import { generatePlatformConfig, generateWebConfig, type WebConfigWants } from '../webconfig/index.js';
import { adapterNamed, checkAdapter, noAdapter } from './adapters.js';
import { foldersOf, scriptsOf, sourceOf } from './app-files.js';
import { checkEio3 } from './engine-io-3.js';
import { backupName, folderNotEmpty, isFile, namesIn } from './folder.js';
import { packageName } from './names.js';
import type { CheckedOptions, Transport } from './options.js';
import { diffOf } from './plan-diff.js';
import { renderFiles } from './render.js';
import { checkStaticFolders } from './static-folders.js';
import { encodeText, plainText, readTextFile } from './text-file.js';
import type { Adapter, CheckPlannedApp, FileEdit, InitFinding, InitPlan, Template } from './types.js';

/** Files that a run of the app creates in its folder. */
const traces = ['node_modules', 'package-lock.json', 'iisnode'];

/**
 * The files of a new app. Reads the folder, writes nothing.
 * Throws UserError FOLDER_NOT_EMPTY, ADAPTER_NOT_SUPPORTED, TRANSPORTS_NOT_SUPPORTED, EIO3_NOT_SUPPORTED (usage).
 */
export function planNew(
  options: CheckedOptions,
  app: App,
  template: Template,
  checkApp: CheckPlannedApp,
  vdirPath: string,
): InitPlan {
  const { directory, force, typescript = false } = options;
  const adapter = options.adapter ?? adapterNamed(noAdapter);
  checkAdapter(template, adapter);
  const transports = options.transports ?? ['websocket'];
  checkTransports(template, transports);
  checkStaticFolders(directory, options.staticFolders);
  if (options.allowEio3) checkEio3(template);
  const name = packageName(directory);
  const values = { name, transports, typescript, adapter };
  const products = typescript ? scriptsOf(template, adapter) : [];
  const inJavaScript = typescript ? renderFiles(template, { ...values, typescript: false }) : new Map<string, string>();
  const built = [...inJavaScript].filter(([file]) => products.includes(file));
  const texts = new Map([...renderFiles(template, values), ...ownBuiltFiles(directory, built)]);
  const wants = wantsFor(template, options, { adapter, transports, vdirPath });
  const generate = options.module === 'httpplatform' ? generatePlatformConfig : generateWebConfig;
  texts.set('web.config', generate(wants));
  const edits = [...texts].map(([file, after]): FileEdit => {
    const before = readTextFile(path.join(directory, file))?.text;
    if (before === undefined || before === after) return { file, before, after };
    if (file === 'package-lock.json') return { file, before, after: before }; // now written by npm
    return { file, before, after, backup: backupName(directory, file) };
  });
  const changes = edits.some((edit) => edit.before !== edit.after);
  if (changes && !force) refuseOtherFiles(directory, edits);
  const files = [...built, ...texts].map(([file, text]) => [file, encodeText(text, plainText)] as const);
  const { findings } = checkApp(app.planned(new Map(files)));
  return {
    kind: 'scaffolded',
    directory,
    template: template.name,
    adapter: adapter.name,
    typescript,
    entry: template.entry,
    vdirPath,
    edits,
    products,
    diff: diffOf(edits.filter((edit) => edit.before !== undefined)),
    changes: [],
    findings: findings.map((finding) => withOption(finding, template)),
    notes: [],
  };
}

/** The web.config of a new app. */
function wantsFor(
  template: Template,
  options: CheckedOptions,
  {
    adapter,
    transports,
    vdirPath,
  }: { readonly adapter: Adapter; readonly transports: readonly Transport[]; readonly vdirPath: string },
): WebConfigWants {
  const sharing = adapter.name !== noAdapter ? 'adapter' : template.independent ? 'independent' : undefined;
  return {
    entry: template.entry,
    vdirPath,
    processes: options.processes ?? 1,
    ...(sharing && { sharing }),
    transports,
    ...(template.route === undefined ? {} : { route: template.route, transportsSetting: false }),
    watchedFolders: foldersOf(template, adapter),
    staticFolders: options.staticFolders,
    appSettings: {
      ...template.settings,
      ...adapter.settings,
      ...(options.allowEio3 ? { allowEIO3: 'true' } : {}),
    },
  };
}

/** In a new app the fix is an option of init. */
function withOption(finding: InitFinding, { adapters }: Template): InitFinding {
  switch (finding.rule) {
    case 'PROCESSES_WITHOUT_ADAPTER':
      return { ...finding, fix: adapters ? `--adapter ${adapters.join(' or ')}` : 'a --template that supports one' };
    case 'STICKY_SESSIONS_NEED_IISNODE':
      return { ...finding, fix: '--transports websocket, which needs no sticky sessions' };
    default:
      return finding;
  }
}

/**
 * A JavaScript file that exists before its source is the user's own, and the build would overwrite it: init writes its own file
 * instead, so that a backup is kept as for all other files.
 */
const ownBuiltFiles = (directory: string, built: readonly [string, string][]): readonly [string, string][] =>
  built.filter(([file]) => isFile(directory, file) && !isFile(directory, sourceOf(file)));

function refuseOtherFiles(directory: string, edits: readonly FileEdit[]): void {
  const ownNames = new Set([...traces, ...edits.filter((edit) => edit.before === edit.after).map((edit) => edit.file)]);
  const names = namesIn(directory);
  const others = names.filter((name) => !ownNames.has(name));
  if (others.length > 0) throw folderNotEmpty(directory, others, names.includes('package.json'));
}

function checkTransports(template: Template, transports: readonly string[]): void {
  const strange = transports.find((name) => template.transports?.includes(name) === false);
  if (strange === undefined) return;
  throw new UserError('TRANSPORTS_NOT_SUPPORTED', {
    what: `the template ${template.name} does not support the transport ${strange}`,
    why: `It supports: ${template.transports?.join(', ')}.`,
    next: `--transports ${template.transports?.join(',')}, or another --template`,
    again: { with: ['--transports', template.transports?.join(',') ?? ''] },
  });
}
