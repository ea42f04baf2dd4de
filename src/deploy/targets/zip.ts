import { statSync } from 'node:fs';
import path from 'node:path';
import { size } from '../../amounts.js';
import type { App } from '../../app/index.js';
import { UserError } from '../../errors.js';
import { folderObstacle, isBelow, readTailSync, writeFileAtomic, writeObstacle } from '../../files/index.js';
import { marked, packApp, zipApp } from '../../pack/index.js';
import { planDeploy } from '../plan-deploy.js';
import { Reporter } from '../reporter.js';
import { runPlan } from '../run-plan.js';
import { localSteps } from '../steps/index.js';
import type { DeployEvent, DeployOptions, DeployPlan, DeployResult } from '../types.js';
import { freshIis, freshServer, typedAppcmd } from './fresh-server.js';
import { refusePort } from './iis.js';

/** Of an end of central directory record without a comment (APPNOTE.txt 4.3.16), in bytes. */
const endRecord = 22;
const step = { id: 'pack-app', title: 'Pack the app' };

/**
 * Builds the app on this machine and writes its files into a zip package for App Service on Windows (zip deploy), or to unpack on a
 * server. The same app gives the same bytes; a package of the same app is left as it is.
 * @throws UserError FILE_EXISTS when the file is not a package of deploy's; ZIP_FOLDER_NOT_FOUND, APP_NOT_PACKABLE, APP_CHANGED,
 *   ZIP_TOO_LARGE, NO_PACKAGE_JSON.
 */
export async function deployToZip(
  app: App,
  options: DeployOptions,
  to: string,
  report: (event: DeployEvent) => void,
): Promise<DeployResult> {
  const began = performance.now();
  refusePort(options);
  const file = path.resolve(to);
  const there = packageThere(file, to);
  const plan = planDeploy(app, options, undefined);
  const { signal, environment, dryRun = false, installOnServer = false } = options;
  if (installOnServer && !app.manifest.isRead) throw nothingToInstall(plan.directory);
  const context = freshServer(plan, { target: freshIis(undefined), appcmdLine: typedAppcmd, signal, environment });
  const built = await runPlan(localSteps, context, plan, report, { dryRun });
  const packed = await new Reporter(report).step(step, async (reportStep) => {
    const found = await packApp(packOptions(plan, file, installOnServer, signal));
    const { parts, mark } = zipApp(found, signal);
    const changed = there !== mark;
    const line = `${file}: ${found.files.length} files, ${size(found.size)} before compression`;
    reportStep.commands = changed ? [line] : [];
    if (changed && !dryRun) await writeFileAtomic(file, parts);
    reportStep.setPhase(changed && !dryRun ? 'done' : 'looked', changed ? undefined : 'it is up to date');
    return { changed, commands: reportStep.commands };
  });
  return {
    target: 'zip',
    plan,
    dryRun,
    changed: built.changed || packed.changed,
    steps: [...built.steps, ...(packed.changed ? [{ ...step, commands: packed.commands }] : [])],
    url: undefined,
    probe: undefined,
    file,
    ms: performance.now() - began,
    exit: 'done',
  };
}

/** Without iisnode's logs, and without a package of the app that lies in its folder. */
const packOptions = (
  { directory, entry, logDirectory }: DeployPlan,
  file: string,
  installOnServer: boolean,
  signal: AbortSignal | undefined,
): Parameters<typeof packApp>[0] => ({
  directory,
  keep: [entry],
  leaveOut: [file, ...(logDirectory !== undefined && isBelow(directory, logDirectory) ? [logDirectory] : [])],
  packages: !installOnServer,
  target: { platform: 'win32', arch: 'x64' },
  ...(signal && { signal }),
});

/**
 * The mark of the package that is there; undefined: none is. Asked first, because building may take minutes.
 * @throws UserError ZIP_FOLDER_NOT_FOUND; FILE_EXISTS for a file that is not deploy's.
 */
function packageThere(file: string, shown: string): string | undefined {
  const folder = path.dirname(file);
  const obstacle = folderObstacle(folder) ?? writeObstacle(folder);
  if (obstacle !== undefined) {
    throw new UserError('ZIP_FOLDER_NOT_FOUND', {
      what: `cannot write ${file}`,
      why: obstacle,
      next: 'with --to, name a file in an existing folder where you have permission to write',
    });
  }
  const found = statSync(file, { throwIfNoEntry: false });
  if (found === undefined) return undefined;
  const mark = found.isFile() ? markIn(file) : undefined;
  if (mark !== undefined) return mark;
  throw new UserError('FILE_EXISTS', {
    what: `${shown} already exists`,
    why: 'it is not a package that deploy has written',
    next: 'give another name with --to, or remove that file first',
  });
}

/** The mark of `zipApp`. */
function markIn(file: string): string | undefined {
  const length = marked.length + 64;
  const text = readTailSync(file, length + endRecord).bytes.toString('latin1', 0, length);
  return text.startsWith(marked) && /^[0-9a-f]{64}$/.test(text.slice(marked.length)) ? text : undefined;
}

const nothingToInstall = (directory: string): UserError =>
  new UserError('NO_PACKAGE_JSON', {
    what: `--install-on-server: ${directory} has no package.json`,
    why: 'The server installs what package.json names.',
    next: 'omit --install-on-server: then the packages in node_modules are in the zip file',
  });
