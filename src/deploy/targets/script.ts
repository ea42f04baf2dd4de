import path from 'node:path';
import type { App } from '../../app/index.js';
import { UserError } from '../../errors.js';
import { fileLimits, readIfThere, writeFileAtomic } from '../../files/index.js';
import { scriptMark } from '../../pack/index.js';
import type { Argument, Placeholder } from '../../quoting.js';
import { resultOf } from '../deploy-result.js';
import { planDeploy } from '../plan-deploy.js';
import { runPlan } from '../run-plan.js';
import { batch, batchLine } from '../script/batch.js';
import { powerShell, powerShellLine } from '../script/power-shell.js';
import {
  type Dialect,
  isAbsolute,
  type LiveLook,
  refuseControlCharacters,
  refuseQuotationMarks,
  type Script,
} from '../script/script.js';
import type { ScriptPlace, ScriptProgram } from '../script/script-part.js';
import { refuseOtherRoot } from '../site-root.js';
import type { DeployContext } from '../step.js';
import { localSteps, serverSteps } from '../steps/index.js';
import type { DeployEvent, DeployOptions, DeployPlan, DeployResult } from '../types.js';
import { freshServer, scriptTarget } from './fresh-server.js';
import { refuseWithoutBinding } from './open-target.js';
import { scriptChecks } from './script-checks.js';

/** The app's folder on the server: the script finds it relative to its own folder. */
const appFolder: Placeholder = { placeholder: 'APP' };
const aboveApp: Placeholder = { placeholder: 'PARENT' };

/** A script's text, and how it writes one command line. */
interface Language {
  readonly line: (program: ScriptProgram, args: readonly Argument[]) => string;
  readonly write: Dialect;
}
const batchFile: Language = { line: batchLine, write: batch };
const powerShellFile: Language = { line: powerShellLine, write: powerShell };

/**
 * Builds the app on this machine, which has its compiler, and writes the commands of the same plan, for a new IIS, into a script. The
 * script is run elevated on the server, with the app at the same place relative to it. It looks before it changes anything, so that a
 * second run changes nothing; when a command fails, it undoes what was done before; `FILE undo` removes what it has added.
 * @param options Checked by `checkedOptions`.
 * @throws UserError FILE_EXISTS when the file exists with other content; CONTROL_CHARACTER, QUOTE_IN_NAME.
 */
export async function deployToScript(
  app: App,
  options: DeployOptions,
  to: string,
  report: (event: DeployEvent) => void,
): Promise<DeployResult> {
  const began = performance.now();
  const plan = planDeploy(app, options, undefined);
  const { file, text, changed, context } = await plannedScript(plan, options, to);
  const dryRun = options.dryRun === true;
  const built = await runPlan(localSteps, context, plan, report, { dryRun });
  const said = await runPlan(serverSteps, context, plan, report, { dryRun: true });
  if (changed && !dryRun) await writeFileAtomic(file, text);
  const steps = [...built.steps, ...said.steps];
  return resultOf({ target: context.target.name, plan, done: { changed, steps }, file }, began, options);
}

/** A script that can be written, before anything is. */
interface PlannedScript {
  /** Absolute. */
  readonly file: string;
  readonly text: string;
  /** false: the file has this text. */
  readonly changed: boolean;
  /** Of the new IIS whose commands it has. */
  readonly context: DeployContext;
}

/**
 * The script that would be written. Writes nothing.
 * @throws UserError FILE_EXISTS, CONTROL_CHARACTER, QUOTE_IN_NAME; for a site without a binding, and for the root of a site with another folder.
 */
export async function plannedScript(plan: DeployPlan, options: DeployOptions, to: string): Promise<PlannedScript> {
  const { line, write } = /\.ps1$/i.test(to) ? powerShellFile : batchFile;
  const file = path.resolve(to);
  const there = (await readIfThere(file, fileLimits.source))?.toString('utf8');
  refuseWithoutBinding(plan);
  const script = scriptOf(plan, file);
  refuseControlCharacters(script);
  const { siteName, poolName, vdirPath, serverVariables = [], logDirectory } = plan;
  const logs = logDirectory && path.relative(plan.directory, logDirectory);
  refuseQuotationMarks([script.folder, script.name, siteName, poolName, vdirPath, logs, ...serverVariables]);
  const context = freshServer(plan, {
    target: scriptTarget(pathInScript),
    appcmdLine: (args) => line('appcmd', args),
    format: (program, args) => line(programOf(program), args),
    signal: options.signal,
    environment: options.environment,
  });
  await refuseOtherRoot(context, plan, options);
  const text = write(script);
  const changed = there !== text;
  if (there !== undefined && changed) throw fileExists(to);
  return { file, text, changed, context };
}

function scriptOf(plan: DeployPlan, file: string): Script {
  const folder = backslashes(path.relative(path.dirname(file), plan.directory));
  const place: ScriptPlace = {
    folder: (one) => pathInScript(plan, one),
    above: (one) => (one === plan.directory ? [aboveApp] : pathInScript(plan, path.dirname(one))),
  };
  return {
    title: titleOf(plan, folder),
    name: path.basename(file),
    folder,
    checks: scriptChecks(plan),
    parts: serverSteps.flatMap(({ script }) => script?.(plan, place) ?? []),
    look: liveLook(plan),
  };
}

const backslashes = (folder: string): string => folder.replaceAll('/', '\\');

/** The app's folder relative to the script; absolute if it is on another drive. */
function pathInScript({ directory }: DeployPlan, folder: string): Argument {
  const below = backslashes(path.relative(directory, folder));
  if (isAbsolute(below)) return below;
  return below === '' ? [appFolder] : [appFolder, `\\${below}`];
}

const fileExists = (file: string): UserError =>
  new UserError('FILE_EXISTS', {
    what: `${file} already exists`,
    why: 'its content differs from what would be written, so it may have been edited',
    next: 'give another name with --to, or remove that file first',
  });

const titleOf = ({ vdirPath, siteName }: DeployPlan, folder: string): string =>
  `Deploys the app ${folder === '' ? 'in this folder' : `in ${folder}, relative to this folder,`} to IIS, at ${vdirPath} of "${siteName}". ${scriptMark}`;

/** The app's own page, with the slash at its end. */
function liveLook({ siteName, vdirPath, verify }: DeployPlan): LiveLook {
  const path = vdirPath.split('/').map(encodeURIComponent).join('/');
  return {
    isChecked: verify !== false,
    bindings: ['list', 'site', `/site.name:${siteName}`, '/text:bindings'],
    path: path.endsWith('/') ? path : `${path}/`,
  };
}

/** A dry run names programs by their file. */
const programOf = (program: string | Placeholder): ScriptProgram =>
  program === 'icacls' || program === 'mkdir' ? program : 'netsh';
