import { existsSync, rmSync } from 'node:fs';
import path from 'node:path';
import { type App, isInstalledApp, readApp } from '../app/index.js';
import { interrupted, UserError } from '../errors.js';
import { npmBuild, npmInstall, npmScript } from '../npm/index.js';
import { vdirPathFault, vdirPathOf } from '../webconfig/index.js';
import { hasApp } from './app-there.js';
import { chooseModule } from './choose-module.js';
import { withGithub } from './ci/plan-ci.js';
import { adviceOf, warningsOf } from './findings.js';
import { namesIn } from './folder.js';
import { knownSettings } from './known-settings.js';
import { packageName } from './names.js';
import { chooseAdapter, chooseFolder, chooseLanguage, chooseTemplate } from './new-app-questions.js';
import { nextSteps } from './next-steps.js';
import { type CheckedOptions, checkOptions } from './options.js';
import { planAdopt } from './plan-adopt.js';
import { planNew } from './plan-new.js';
import { defaultTemplate, templateNamed } from './templates.js';
import type {
  CheckPlannedApp,
  ClientBuild,
  InitOptions,
  InitPlan,
  InitResult,
  InitTalk,
  ReadTargets,
} from './types.js';
import { initIncomplete, outcome, writeFiles } from './write-files.js';

/**
 * Creates an app in a folder, or adopts an existing one: plans all files first, reports the plan, writes them
 * together, and installs a new app's dependencies. A failure is rolled back. A second run changes nothing.
 *
 * In interactive mode the user is asked before an existing file is changed.
 *
 * @param checkApp Returns the findings for the planned app.
 * @param readTargets For `ci` without `to`.
 *
 * Throws UserError: of the options (usage), FOLDER_NOT_EMPTY, ENTRY_UNCLEAR (exit 4), NOT_CONFIRMED (exit 1), WRITE_FAILED,
 * NPM_NOT_FOUND, NPM_FAILED (exit 1), INTERRUPTED (130), INIT_INCOMPLETE (5).
 */
export async function init(
  options: InitOptions,
  talk: InitTalk,
  checkApp: CheckPlannedApp,
  readTargets: ReadTargets = () => [],
): Promise<InitResult> {
  const checked = checkOptions(options);
  // A file in the place of the folder is reported before anything is read in it.
  namesIn(checked.directory);
  const app = readApp(checked.directory, { environment: checked.environment });
  const ofApp = await makePlan(checked, app, talk, checkApp);
  const plan = checked.ci === undefined ? ofApp : withGithub(ofApp, { to: checked.to, readTargets });
  await nextEventLoopTurn();
  if (checked.signal?.aborted) throw nothingWritten();
  talk.event({ kind: 'planned', plan });
  const todo = plan.edits.filter((edit) => edit.before !== edit.after);
  const wouldInstall = plan.kind === 'scaffolded' && todo.length > 0 && checked.install;
  const installs = wouldInstall && !checked.dryRun;
  // Checked before anything is written: npm exists.
  if (installs) npmScript(checked.environment);
  await confirm(plan, checked, talk);
  if (checked.signal?.aborted) throw nothingWritten();
  const done = checked.dryRun || todo.length === 0 ? nothingDone : await applyPlan(plan, checked, installs, talk);
  const { directory, entry, vdirPath, diff, changes, findings, notes, loader } = plan;
  return {
    kind: plan.kind,
    directory,
    ...(plan.template === undefined ? {} : { template: plan.template }),
    ...(plan.adapter === undefined ? {} : { adapter: plan.adapter }),
    ...(plan.typescript === undefined ? {} : { typescript: plan.typescript }),
    entry,
    vdirPath,
    nothingToDo: todo.length === 0,
    dryRun: checked.dryRun,
    files: outcome(plan.edits),
    diff,
    changes,
    findings,
    advice: adviceOf(findings, directory),
    notes,
    ...(loader && { loader }),
    warnings: [...notes, ...warningsOf(findings, directory)],
    nextSteps: nextSteps(plan, {
      clients: (plan.clients ?? []).filter((client) => done === nothingDone || !isBuiltHere(client, checked)),
      install: !wouldInstall && lacksDependencies(plan, app),
      entry: plan.build !== undefined && !existsSync(path.join(plan.directory, plan.build.creates)),
      build: !wouldInstall && plan.products.some((file) => !existsSync(path.join(plan.directory, file))),
    }),
    ...done,
  };
}

const nothingDone: Pick<InitResult, 'installed' | 'built'> = {};

const nothingWritten = (): Error => interrupted({ why: 'You asked to stop; nothing was written.' });

/**
 * Reading an app blocks the event loop, and a signal is handled only after the loop has polled for events. One setImmediate may run
 * before the loop polls again: two of them are a complete round.
 */
async function nextEventLoopTurn(): Promise<void> {
  for (let turn = 0; turn < 2; turn++) await new Promise((done) => setImmediate(done));
}

function lacksDependencies({ kind, directory }: InitPlan, { manifest }: App): boolean {
  if (kind === 'scaffolded') return !existsSync(path.join(directory, 'node_modules'));
  return !isInstalledApp(directory, Object.keys(manifest.dependencies));
}

/** Asks before an existing file is changed in place. A new file changes nothing existing, and with --force no question is asked. */
async function confirm({ kind, edits }: InitPlan, { dryRun, force }: CheckedOptions, talk: InitTalk): Promise<void> {
  const changed = edits.filter(({ before, after }) => before !== undefined && before !== after);
  if (kind !== 'adopted' || changed.length === 0 || dryRun || force || !talk.interactive) return;
  const names = changed.map(({ file }) => file).join(' and ');
  const answer = await talk.ask({
    flag: '--yes',
    message: `Change ${names} as shown?`,
    initial: 'yes',
    choices: [
      { value: 'yes', label: 'Yes', hint: 'changes only the lines above' },
      { value: 'no', label: 'No', hint: 'nothing is written' },
    ],
  });
  if (answer === 'yes') return;
  throw new UserError('NOT_CONFIRMED', {
    what: 'nothing was written',
    why: `You answered no to the changes of ${names}.`,
    next: 'make the changes by hand, or run init again; --dry-run shows them, --yes makes them without asking',
    again: { with: ['--yes'] },
    exit: 'refused',
  });
}

/** Writes, then installs, then builds; on failure everything is rolled back. */
async function applyPlan(
  plan: InitPlan,
  options: CheckedOptions,
  installs: boolean,
  talk: InitTalk,
): Promise<Pick<InitResult, 'installed' | 'built'>> {
  const { directory, products } = plan;
  const { environment, signal } = options;
  const place = { directory, environment, signal };
  const incomplete = (cause: UserError, failure: unknown): UserError => initIncomplete(directory, cause, [failure]);
  const written = writeFiles(
    directory,
    plan.edits.filter((edit) => edit.before !== edit.after),
  );
  const undo: ((cause: unknown) => unknown)[] = [(cause) => written.rollBack(cause)];
  try {
    talk.event({ kind: 'written', files: outcome(plan.edits) });
    const installed = installs ? await npmInstall({ ...place, incomplete }, talk) : undefined;
    if (installed) undo.unshift(installed.undo, removing(directory, products));
    const built =
      installs && products.length > 0
        ? await npmBuild({ ...place, outcome: 'the files written by init were removed' }, talk)
        : undefined;
    for (const { folder } of plan.clients?.filter((client) => isBuiltHere(client, options)) ?? []) {
      const client = { ...place, directory: path.join(directory, folder) };
      await npmBuild({ ...client, outcome: 'the files written by init were removed' }, talk);
    }
    written.keep();
    return { ...(installed && { installed: { ms: installed.ms } }), ...(built && { built }) };
  } catch (cause) {
    throw await rollBackAll(directory, undo, cause);
  }
}

/** A client's packages are the user's to install. */
const isBuiltHere = ({ isInstalled }: ClientBuild, { install }: CheckedOptions): boolean => isInstalled && install;

/** Rolls everything back, also if parts of it fail. @returns the error to throw. */
async function rollBackAll(
  directory: string,
  undo: readonly ((cause: unknown) => unknown)[],
  cause: unknown,
): Promise<unknown> {
  const failures: unknown[] = [];
  for (const each of undo) {
    try {
      await each(cause);
    } catch (failure) {
      failures.push(failure);
    }
  }
  return failures.length === 0 ? cause : initIncomplete(directory, cause, failures);
}

/** Removes files that did not exist before. */
function removing(directory: string, files: readonly string[]): () => void {
  const made = files.map((file) => path.join(directory, file)).filter((file) => !existsSync(file));
  return () => {
    for (const file of made) rmSync(file, { force: true });
  };
}

async function makePlan(
  options: CheckedOptions,
  app: App,
  talk: InitTalk,
  checkApp: CheckPlannedApp,
): Promise<InitPlan> {
  if (options.template === undefined && hasApp(app, options)) {
    return planAdopt(options, app, talk, checkApp, () => choosePath(options, talk, '/'));
  }
  if (options.entry !== undefined) throw nothingToAdopt(options);
  const known = options.vdirPath ?? knownPath(app);
  if (!talk.interactive) await chooseModule(options, talk, true); // checks the options
  const presumed = presume(options, app, checkApp, known ?? defaultPath(options), talk);
  if (!talk.interactive && presumed !== undefined) return presumed;
  await talk.begin?.();
  const directory = await chooseFolder(options, talk, presumed === undefined);
  const here = { ...options, directory };
  const ofFolder = directory === options.directory ? app : readApp(directory, { environment: options.environment });
  const template = await chooseTemplate(here, talk);
  const typescript = await chooseLanguage(options, talk);
  const adapter = await chooseAdapter(here, template, talk);
  const vdirPath = (presumed === undefined ? options.vdirPath : known) ?? (await choosePath(here, talk));
  const module = await chooseModule(here, talk, true);
  return planNew({ ...here, typescript, adapter, module }, ofFolder, template, checkApp, vdirPath);
}

/** The app before any question, so that what is wrong is reported first; undefined: a folder with other files, and another one can be asked for. */
function presume(
  options: CheckedOptions,
  app: App,
  checkApp: CheckPlannedApp,
  vdirPath: string,
  talk: InitTalk,
): InitPlan | undefined {
  try {
    return planNew(options, app, options.template ?? templateNamed(defaultTemplate), checkApp, vdirPath);
  } catch (error) {
    const isFull = error instanceof UserError && error.code === 'FOLDER_NOT_EMPTY';
    if (isFull && talk.interactive && options.isFolderOpen && options.template === undefined) return undefined;
    throw error;
  }
}

/** The vdir path in an existing web.config; undefined if it cannot be read. */
function knownPath(app: App): string | undefined {
  try {
    return knownSettings(app).vdirPath;
  } catch (error) {
    // It will be refused or replaced later.
    if (error instanceof UserError) return undefined;
    throw error;
  }
}

const defaultPath = ({ directory }: CheckedOptions): string => `/${packageName(directory)}`;

/** Asked on a terminal, else the default: '/' and the folder's name. */
async function choosePath(options: CheckedOptions, talk: InitTalk, initial = defaultPath(options)): Promise<string> {
  if (!talk.interactive) return initial;
  const answer = await talk.ask({
    flag: '--path',
    message: 'Which vdir path? (/ is the whole site)',
    initial,
    validate: (typed) => vdirPathFault(typed)?.why,
  });
  return vdirPathOf(answer);
}

function nothingToAdopt({ directory, template }: CheckedOptions): UserError {
  if (template !== undefined) {
    return new UserError('ENTRY_WITH_TEMPLATE', {
      what: '--entry and --template cannot be used together',
      why: `--entry names the entry point of an existing app; the entry point of the new app is ${template.entry}.`,
      next: 'omit --template to adopt the app, or --entry to create a new one',
      again: { without: ['--entry'] },
    });
  }
  return new UserError('NOTHING_TO_ADOPT', {
    what: `${directory} has no app to adopt`,
    why: '--entry names the entry point of an existing app, and the folder is empty.',
    next: 'name the folder of the app; or omit --entry to create a new app',
    again: { without: ['--entry'] },
  });
}
