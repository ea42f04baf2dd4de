import { existsSync } from 'node:fs';
import path from 'node:path';
import { UserError } from '../../errors.js';
import { readTextFile } from '../text-file.js';
import type { FileEdit, InitPlan, ReadTargets } from '../types.js';
import { readmePart } from './readme-part.js';
import { type CiApp, type CiTarget, githubWorkflow, kindOf } from './workflow.js';

/** What `--ci github` and `--to` ask for. */
export interface CiWants {
  /** As in `--to` of deploy; undefined: the targets in package.json. */
  readonly to: readonly string[] | undefined;
  /** The targets in the package.json of a folder. @throws UserError TARGETS_INVALID. */
  readonly readTargets: ReadTargets;
}

/** Where GitHub looks for it, from the root of the repository. */
export const workflowFile = '.github/workflows/deploy.yml';

/**
 * The plan with the workflow of GitHub, and with a part of the README about it where init writes the README.
 * @throws UserError CI_WITHOUT_TARGET, CI_TARGET, CI_FILE_EXISTS: a file of another content is never replaced, also not with --force.
 */
export function withGithub(plan: InitPlan, wants: CiWants): InitPlan {
  const targets = targetsFor(plan.directory, wants);
  const after = githubWorkflow(targets, appIn(plan));
  const before = readTextFile(path.join(plan.directory, workflowFile))?.text;
  if (before !== undefined && before !== after) throw fileExists(path.join(plan.directory, workflowFile));
  const edits: readonly FileEdit[] = [
    ...plan.edits.map((edit) =>
      plan.kind === 'scaffolded' && edit.file === 'README.md' && edit.after !== undefined
        ? { ...edit, after: `${edit.after.trimEnd()}\n\n${readmePart(targets)}` }
        : edit,
    ),
    { file: workflowFile, before, after },
  ];
  return { ...plan, edits, notes: [...plan.notes, ...notesOn(plan.directory, targets)] };
}

function targetsFor(directory: string, { to, readTargets }: CiWants): readonly CiTarget[] {
  const named = to === undefined ? readTargets(directory) : [];
  const targets: readonly CiTarget[] =
    to === undefined
      ? named.map((each) => ({ name: each.name, to: each.to.map((one) => relativeTo(directory, one)) }))
      : [{ name: undefined, to }];
  if (targets.length === 0) {
    throw new UserError('CI_WITHOUT_TARGET', {
      what: '--ci github does not know where to deploy to',
      why: 'package.json names no targets, and there is no --to.',
      next: 'for example: --to ssh://deploy@server/Site/app',
    });
  }
  for (const target of targets) checkTarget(target);
  return targets;
}

/** A file as the job sees it, whose working folder is the app's. */
const relativeTo = (directory: string, to: string): string =>
  path.isAbsolute(to) ? path.relative(directory, to).replaceAll('\\', '/') : to;

/** @throws UserError CI_TARGET. */
function checkTarget({ name, to }: CiTarget): void {
  const shown = name === undefined ? '--to' : `the target "${name}"`;
  const strange = to.length === 0 ? 'the default server' : to.find((each) => kindOf(each) === undefined);
  if (strange !== undefined) {
    throw new UserError('CI_TARGET', {
      what: `a job cannot deploy to ${strange} (${shown})`,
      why: 'A job runs on a machine of GitHub, which is gone when it ends, or on a Windows server of yours: --to iis.',
      next: 'give ssh://USER@HOST/SITE/PATH, azure://APP, iis, FILE.bat, FILE.ps1 or FILE.zip',
    });
  }
  const unusable = to.find((each) => /\$\{\{|[\p{Cc}]/u.test(each));
  if (unusable === undefined) return;
  throw new UserError('CI_TARGET', {
    what: `${JSON.stringify(unusable)} cannot stand in a workflow (${shown})`,
    // biome-ignore lint/suspicious/noTemplateCurlyInString: GitHub's own
    why: 'GitHub evaluates ${{ .. }} in it, and a line has no control characters.',
    next: 'give it without them',
  });
}

const installs: readonly (readonly [lock: string, cache: string, command: string])[] = [
  ['package-lock.json', 'npm', 'npm ci'],
  ['npm-shrinkwrap.json', 'npm', 'npm ci'],
  ['pnpm-lock.yaml', 'pnpm', 'pnpm install --frozen-lockfile'],
  ['yarn.lock', 'yarn', 'yarn install --frozen-lockfile'],
];

/** The app as it will be. */
function appIn({ directory, edits }: InitPlan): CiApp {
  const textOf = (file: string): string | undefined =>
    edits.find((edit) => edit.file === file)?.after ?? readTextFile(path.join(directory, file))?.text;
  const manifest = JSON.parse(textOf('package.json') ?? '{}') as {
    readonly engines?: { readonly node?: unknown };
    readonly dependencies?: Readonly<Record<string, string>>;
    readonly devDependencies?: Readonly<Record<string, string>>;
  };
  const packages = { ...manifest.dependencies, ...manifest.devDependencies };
  const locked = installs.find(([lock]) => textOf(lock) !== undefined);
  return {
    install: locked?.[2] ?? (Object.keys(packages).length === 0 ? undefined : 'npm install --no-audit --no-fund'),
    cache: locked?.[1],
    hasNodeRange: typeof manifest.engines?.node === 'string',
    hasProgram: Object.hasOwn(packages, 'iisnode-sock'),
  };
}

function notesOn(directory: string, targets: readonly CiTarget[]): string[] {
  const root = repositoryAbove(directory);
  return [
    ...(root === undefined
      ? []
      : [
          `GitHub reads workflows only at the root of the repository, ${root}: move ${workflowFile} there, and give each job "defaults: { run: { working-directory: ${path.relative(root, directory).replaceAll('\\', '/')} } }"`,
        ]),
    ...(targets.some(({ name, to }) => name === undefined && to.includes('iis'))
      ? [
          'the job deploys the folder of its runner in place; with "releases": true in a target of package.json it serves a copy',
        ]
      : []),
  ];
}

/** The root of the repository, where the app is in a folder of it. */
function repositoryAbove(directory: string): string | undefined {
  if (existsSync(path.join(directory, '.git'))) return undefined;
  for (let folder = path.dirname(directory); ; folder = path.dirname(folder)) {
    if (existsSync(path.join(folder, '.git'))) return folder;
    if (folder === path.dirname(folder)) return undefined;
  }
}

const fileExists = (file: string): UserError =>
  new UserError('CI_FILE_EXISTS', {
    what: `${file} already exists; nothing was written`,
    why: 'Its content differs from what would be written, so it may have been edited.',
    next: 'keep it, or move it away and run the command again',
  });
