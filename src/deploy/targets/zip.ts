import { statSync } from 'node:fs';
import path from 'node:path';
import { plural, size } from '../../amounts.js';
import type { App } from '../../app/index.js';
import { UserError } from '../../errors.js';
import { removeAbandonedFiles, writeFileAtomic } from '../../files/index.js';
import { markOfZip, packApp, zipApp } from '../../pack/index.js';
import { filesToPack } from '../app-files.js';
import { resultOf } from '../deploy-result.js';
import { planDeploy } from '../plan-deploy.js';
import { Reporter } from '../reporter.js';
import { runPlan } from '../run-plan.js';
import { localSteps } from '../steps/index.js';
import type { DeployEvent, DeployOptions, DeployResult } from '../types.js';
import { freshIis, freshServer, typedAppcmd } from './fresh-server.js';
import { requireWritableFolder } from './writable-folder.js';

/** Windows of 64 bit; docs/package.md says so. */
const appService = { platform: 'win32', arch: 'x64' } as const;
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
  const file = path.resolve(to);
  const there = packageThere(file, to);
  const plan = planDeploy(app, options, undefined);
  const { signal, environment, dryRun = false, installOnServer = false } = options;
  if (installOnServer && !app.manifest.isRead) throw nothingToInstall(plan.directory);
  const context = freshServer(plan, { target: freshIis(undefined), appcmdLine: typedAppcmd, signal, environment });
  const built = await runPlan(localSteps, context, plan, report, { dryRun });
  const packed = await new Reporter(report).step(step, async (reportStep) => {
    const files = filesToPack(plan, appService, signal);
    // Without a package of the app that lies in its folder.
    const leaveOut = [file, ...files.leaveOut];
    const found = await packApp({ ...files, leaveOut, packages: !installOnServer });
    const { parts, mark } = zipApp(found, signal);
    const changed = there !== mark;
    const line = `${file}: ${plural(found.files.length, 'file')}, ${size(found.size)} before compression`;
    reportStep.commands = changed ? [line] : [];
    if (changed && !dryRun) await writeFileAtomic(file, parts);
    else if (!dryRun) removeAbandonedFiles(file);
    reportStep.setPhase(changed && !dryRun ? 'done' : 'looked', changed ? undefined : 'it is up to date');
    return { changed, commands: reportStep.commands };
  });
  const changed = built.changed || packed.changed;
  const steps = [...built.steps, ...(packed.changed ? [{ ...step, commands: packed.commands }] : [])];
  return resultOf({ target: 'zip', plan, done: { changed, steps }, file }, began, options);
}

/**
 * The mark of the package that is there; undefined: none is. Asked first, because building may take minutes.
 * @throws UserError ZIP_FOLDER_NOT_FOUND; FILE_EXISTS for a file that is not deploy's.
 */
export function packageThere(file: string, shown: string): string | undefined {
  requireWritableFolder(file, 'ZIP_FOLDER_NOT_FOUND');
  const found = statSync(file, { throwIfNoEntry: false });
  if (found === undefined) return undefined;
  const mark = found.isFile() ? markOfZip(file) : undefined;
  if (mark !== undefined) return mark;
  throw new UserError('FILE_EXISTS', {
    what: `${shown} already exists`,
    why: 'it is not a package that deploy has written',
    next: 'give another name with --to, or remove that file first',
  });
}

const nothingToInstall = (directory: string): UserError =>
  new UserError('NO_PACKAGE_JSON', {
    what: `--install-on-server: ${directory} has no package.json`,
    why: 'The server installs what package.json names.',
    next: 'omit --install-on-server: then the packages in node_modules are in the zip file',
    again: { without: ['--install-on-server'] },
  });
