import { version } from '../../version.js';

/** A target that the workflow deploys to. */
export interface CiTarget {
  /** In package.json; undefined: `to` was given on the command line. */
  readonly name: string | undefined;
  /** As in `--to`; a file relative to the app's folder, forward slashes. */
  readonly to: readonly string[];
}

/** What the steps need to know of the app. */
export interface CiApp {
  /** The command that installs its packages; undefined: it has none. */
  readonly install: string | undefined;
  /** For actions/setup-node: npm, yarn or pnpm. */
  readonly cache: string | undefined;
  /** package.json says which node it needs. */
  readonly hasNodeRange: boolean;
  /** It depends on this program, in a version of its own. */
  readonly hasProgram: boolean;
}

/** What a server needs from the job, by its `to`. */
export type CiKind = 'ssh' | 'azure' | 'script' | 'zip' | 'iis';

/** undefined: a job cannot deploy to it. */
export function kindOf(to: string): CiKind | undefined {
  if (/^ssh:\/\//i.test(to)) return 'ssh';
  if (/^azure:\/\//i.test(to)) return 'azure';
  if (/\.(bat|cmd|ps1)$/i.test(to)) return 'script';
  if (/\.zip$/i.test(to)) return 'zip';
  return to === 'iis' ? 'iis' : undefined;
}

/** The first line of a workflow of ours. */
export const workflowMark = '# Written by npx iisnode-sock init --ci github: it is yours now.';

/** A text of the user as a YAML scalar: JSON is one. */
const quoted = (text: string): string => JSON.stringify(text);
/** What GitHub evaluates. */
const expression = (text: string): string => `$\{{ ${text} }}`;
const titleOf = ({ name }: CiTarget): string => name ?? 'production';
/** Names of jobs have ASCII letters, digits, _ and -. */
const jobName = (target: CiTarget, index: number): string => {
  const name = `deploy-${titleOf(target).replace(/[^A-Za-z0-9_-]/g, '-')}`;
  return index === 0 ? name : `${name}-${index + 1}`;
};
const indented = (lines: readonly string[], spaces: number): string[] =>
  lines.map((line) => (line === '' ? '' : `${' '.repeat(spaces)}${line}`));

/**
 * The text of .github/workflows/deploy.yml: the doctor looks at the app first, then it is deployed. The first target at each push to main,
 * any of them by hand. With the least permissions, and secrets only in the step that needs them.
 */
export function githubWorkflow(targets: readonly CiTarget[], app: CiApp): string {
  const jobs = targets.flatMap((target, index) => ['', ...jobFor(target, index, targets.length > 1, app)]);
  return [
    workflowMark,
    'name: deploy',
    'on:',
    '  push:',
    '    branches: [main]',
    ...byHand(targets),
    'permissions:',
    '  contents: read',
    'concurrency: # one deployment after the other, none is cut off',
    '  group: deploy',
    '  cancel-in-progress: false',
    '',
    'jobs:',
    '  doctor:',
    '    runs-on: ubuntu-latest',
    '    timeout-minutes: 15',
    '    steps:',
    ...indented(setUp(app), 6),
    `      - run: ${program(app)} doctor --no-run --strict --format github`,
    ...indented(jobs, 2),
    '',
  ].join('\n');
}

function byHand(targets: readonly CiTarget[]): string[] {
  if (targets.length < 2) return ['  workflow_dispatch:'];
  return [
    '  workflow_dispatch:',
    '    inputs:',
    '      target:',
    '        description: where to',
    '        type: choice',
    '        required: true',
    `        options: [${targets.map((target) => quoted(titleOf(target))).join(', ')}]`,
  ];
}

const program = ({ hasProgram }: CiApp): string =>
  hasProgram ? 'npx iisnode-sock' : `npx --yes iisnode-sock@${version}`;

const setUp = ({ install, cache, hasNodeRange }: CiApp): string[] => [
  '- uses: actions/checkout@v4',
  '  with:',
  '    persist-credentials: false',
  ...(cache === 'pnpm' || cache === 'yarn' ? ['- run: corepack enable'] : []),
  '- uses: actions/setup-node@v4',
  '  with:',
  hasNodeRange ? '    node-version-file: package.json' : '    node-version: 22',
  ...(cache === undefined ? [] : [`    cache: ${cache}`]),
  ...(install === undefined ? [] : [`- run: ${install}`]),
];

function jobFor(target: CiTarget, index: number, isOneOfMany: boolean, app: CiApp): string[] {
  const kinds = new Set(target.to.map(kindOf));
  const chosen = `inputs.target == '${titleOf(target)}'`;
  const condition = index === 0 ? `github.event_name == 'push' || ${chosen}` : chosen;
  return [
    `${jobName(target, index)}:`,
    '  needs: doctor',
    ...(isOneOfMany ? [`  if: ${condition}`] : []),
    kinds.has('iis') ? '  runs-on: [self-hosted, windows] # the server itself, elevated' : '  runs-on: ubuntu-latest',
    '  timeout-minutes: 30',
    `  environment: ${quoted(titleOf(target))} # its secrets, and who has to approve`,
    '  steps:',
    ...indented(setUp(app), 4),
    ...(kinds.has('ssh') ? indented(sshKey, 4) : []),
    ...indented(deployStep(target, kinds, app), 4),
    ...indented(artifacts(target), 4),
  ];
}

/** The key and the hosts' keys are files of this job's machine alone; a host that is not in the list is refused. */
const sshKey: readonly string[] = [
  '- name: SSH key, and the keys of the servers',
  '  env:',
  `    SSH_PRIVATE_KEY: ${expression('secrets.SSH_PRIVATE_KEY')}`,
  `    SSH_KNOWN_HOSTS: ${expression('vars.SSH_KNOWN_HOSTS')}`,
  '  run: |',
  '    test -n "$SSH_PRIVATE_KEY" || { echo "::error::the secret SSH_PRIVATE_KEY is not set"; exit 1; }',
  '    test -n "$SSH_KNOWN_HOSTS" || { echo "::error::the variable SSH_KNOWN_HOSTS is not set"; exit 1; }',
  '    umask 077',
  '    mkdir -p ~/.ssh',
  '    printf \'%s\\n\' "$SSH_PRIVATE_KEY" > ~/.ssh/deploy_key',
  '    printf \'%s\\n\' "$SSH_KNOWN_HOSTS" > ~/.ssh/known_hosts',
  "    printf '%s\\n' 'IdentityFile ~/.ssh/deploy_key' 'IdentitiesOnly yes' 'StrictHostKeyChecking yes' > ~/.ssh/config",
];

/** No shell changes it. */
const isPlain = (text: string): boolean => /^[A-Za-z0-9][A-Za-z0-9_.:/@%+-]*$/.test(text);

/** What another shell could read as more than a word reaches bash as a variable, never as a part of the command. */
function deployStep(target: CiTarget, kinds: ReadonlySet<CiKind | undefined>, app: CiApp): string[] {
  const typed = target.name === undefined ? target.to : [];
  const words = typed.map((to, index) => `--to ${isPlain(to) ? to : `"$TO_${index + 1}"`}`);
  const variables = typed.flatMap((to, index) => (isPlain(to) ? [] : [`TO_${index + 1}: ${quoted(to)}`]));
  const where = target.name === undefined ? words.join(' ') : `--target ${target.name}`;
  const secret = `AZURE_WEBAPP_PUBLISH_PROFILE: ${expression('secrets.AZURE_WEBAPP_PUBLISH_PROFILE')}`;
  const environment = [...variables, ...(kinds.has('azure') ? [secret] : [])];
  return [
    `- run: ${program(app)} deploy ${where}`,
    ...(variables.length > 0 ? ['  shell: bash'] : []),
    ...(environment.length > 0 ? ['  env:', ...indented(environment, 4)] : []),
  ];
}

/** A script needs the app beside it; a package has it. */
function artifacts(target: CiTarget): string[] {
  const scripts = target.to.filter((to) => kindOf(to) === 'script');
  const packages = target.to.filter((to) => kindOf(to) === 'zip');
  const paths = scripts.length > 0 ? ['.'] : packages;
  if (paths.length === 0) return [];
  return [
    '- uses: actions/upload-artifact@v4',
    '  with:',
    `    name: ${quoted(titleOf(target))}`,
    '    path: |',
    ...paths.map((each) => `      ${each}`),
    '    if-no-files-found: error',
    '    retention-days: 7',
  ];
}
