import path from 'node:path';
import { quoteForCmd } from '../quoting.js';
import type { InitPlan, NextStep } from './types.js';

/** The commands to run next, as typed in the process's working directory. */
export function nextSteps(plan: InitPlan, needs: { readonly install: boolean; readonly build: boolean }): NextStep[] {
  const folder = path.relative(process.cwd(), plan.directory);
  const shown = folder === '' ? '' : ` ${quoteForCmd(folder.startsWith('..') ? plan.directory : folder)}`;
  const steps: NextStep[] = [];
  const prefix = shown === '' ? '' : ` --prefix${shown}`;
  if (needs.install) steps.push({ command: `npm install${prefix}`, why: 'its dependencies' });
  if (needs.build)
    steps.push({ command: `npm run build${prefix}`, why: 'compiles its TypeScript; deploy also does this' });
  if (plan.findings.some(({ fixable }) => fixable)) {
    steps.push({
      command: `npx iisnode-sock doctor${shown} --fix`,
      why: 'makes the small edits that fix findings, and shows the rest',
    });
  }
  steps.push({
    command: `npx iisnode-sock deploy${shown}`,
    why: 'deploys to IIS, or to the embedded IIS where there is no IIS',
  });
  return steps;
}
