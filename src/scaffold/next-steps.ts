import path from 'node:path';
import { managerCommand, packageManagerOf } from '../app/index.js';
import { quoteForShell } from '../quoting.js';
import { iisnodeSock } from '../typed-command.js';
import { packageName } from './names.js';
import type { ClientBuild, InitPlan, NextStep } from './types.js';

/** The commands to run next, as typed in the process's working directory. */
export function nextSteps(
  plan: InitPlan,
  needs: {
    readonly install: boolean;
    readonly build: boolean;
    /** The entry point of an adopted app is not built yet. */
    readonly entry: boolean;
    readonly clients: readonly ClientBuild[];
  },
): NextStep[] {
  const folder = shownFolder(plan.directory);
  const shown = folder === '' ? '' : ` ${quoteForShell(folder)}`;
  const steps: NextStep[] = [];
  const { name: manager } = packageManagerOf(plan.directory);
  /** @param below A package of the app; '': the app itself. */
  const typed = (words: 'install' | `run ${string}`, below: string): string =>
    managerCommand(manager, words, below === '' ? folder : path.posix.join(folder, below));
  if (needs.install) steps.push({ command: typed('install', ''), why: 'its dependencies' });
  if (needs.build)
    steps.push({ command: typed('run build', ''), why: 'compiles its TypeScript; deploy also does this' });
  const builds = needs.clients.map(({ folder: client }) => client);
  if (plan.build && needs.entry && !(plan.build.script === 'build' && builds.includes(plan.build.folder))) {
    const { folder: own, script, creates, byDeploy } = plan.build;
    const why = `creates ${creates}, which starts the app${byDeploy ? '; deploy also does this' : ''}`;
    steps.push({ command: typed(`run ${script}`, own), why });
  }
  for (const { folder: client, serves, isInstalled } of needs.clients) {
    if (!isInstalled && client !== '')
      steps.push({ command: typed('install', client), why: 'the dependencies of its page' });
    steps.push({ command: typed('run build', client), why: `creates ${serves}, which the server serves` });
  }
  if (plan.findings.some(({ fixable }) => fixable)) {
    steps.push({
      command: `${iisnodeSock} doctor${shown} --fix`,
      why: 'makes the small edits that fix findings, and shows the rest',
    });
  }
  steps.push(deployStep(plan, shown));
  return steps;
}

/** An adopted app at / is for a site of its own: deployed to the default site it would be that site's page. */
function deployStep({ kind, vdirPath, directory }: InitPlan, shown: string): NextStep {
  if (kind === 'adopted' && vdirPath === '/') {
    return {
      command: `${iisnodeSock} deploy${shown || ' .'} --new-site ${quoteForShell(packageName(directory))} --port 8090`,
      why: 'creates a site for it on IIS, or on the embedded IIS where there is no IIS; also with --binding http://HOST in place of --port',
    };
  }
  return {
    command: `${iisnodeSock} deploy${shown}`,
    why: 'deploys to IIS, or to the embedded IIS where there is no IIS',
  };
}

/** From the process's working directory; '' for that itself. */
function shownFolder(directory: string): string {
  const folder = path.relative(process.cwd(), directory);
  return folder.startsWith('..') ? directory : folder;
}
