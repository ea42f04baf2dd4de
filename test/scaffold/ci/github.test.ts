import { spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { readTargets } from '../../../src/deploy/named/read-targets.js';
import { checkPlannedApp } from '../../../src/doctor/index.js';
import { UserError } from '../../../src/errors.js';
import { type InitOptions, init } from '../../../src/scaffold/index.js';
import { version } from '../../../src/version.js';
import { temporaryDirectory } from '../../appcmd/temporary.js';
import { root } from '../../support/cli.js';
import { workflowFaults } from '../../support/workflow-faults.js';

interface Step {
  readonly uses?: string;
  readonly run?: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly with?: Readonly<Record<string, unknown>>;
}
interface Job {
  readonly if?: string;
  readonly needs?: string;
  readonly environment?: string;
  readonly 'runs-on': unknown;
  readonly steps: readonly Step[];
}
interface Workflow {
  readonly on: Readonly<Record<string, unknown>>;
  readonly permissions: unknown;
  readonly jobs: Readonly<Record<string, Job>>;
}

const initHere = (options: Omit<InitOptions, 'directory'> & { readonly directory: string }) =>
  init(
    { install: false, ...options },
    { interactive: false, ask: () => Promise.reject(new Error('it asked')), event: () => undefined },
    checkPlannedApp,
    readTargets,
  );

const textIn = (folder: string): string => readFileSync(path.join(folder, '.github/workflows/deploy.yml'), 'utf8');

/** An app to adopt, and the workflow for it; what GitHub's parser finds wrong fails the test. */
async function workflowFor(manifest: object, to?: readonly string[], lock?: string) {
  const folder = temporaryDirectory();
  writeFileSync(path.join(folder, 'package.json'), JSON.stringify({ name: 'own', main: 'server.js', ...manifest }));
  writeFileSync(path.join(folder, 'server.js'), "require('node:http').createServer().listen(process.env.PORT);");
  if (lock !== undefined) writeFileSync(path.join(folder, lock), '{}');
  const result = await initHere({ directory: folder, ci: 'github', ...(to && { to }) });
  const text = textIn(folder);
  expect(await workflowFaults('deploy.yml', text)).toEqual([]);
  return { folder, result, text, workflow: parse(text) as Workflow };
}

const runsOf = ({ steps }: Job): string => steps.map(({ run = '', uses = '' }) => run || uses).join('\n');

it("GitHub's parser finds faults, and none in this project's own workflows", async () => {
  const wrong = `on: push\njobs:\n  a:\n    runs-on: x\n    stepz: []\n    steps: [{ run: "$\{{ secrts.X }}" }]\n`;
  expect(await workflowFaults('wrong.yml', wrong)).toHaveLength(2);
  const folder = path.join(root, '.github', 'workflows');
  for (const name of readdirSync(folder)) {
    expect(await workflowFaults(name, readFileSync(path.join(folder, name), 'utf8'))).toEqual([]);
  }
});

describe('init --ci github', () => {
  it('writes a workflow for the targets of package.json: the first at each push, each by hand', async () => {
    const targets = {
      staging: { to: ['ssh://web1/Chat', 'ssh://web2/Chat'] },
      'prod.eu': { to: ['azure://chat'] },
      package: { to: 'out/app.zip' },
      script: { to: 'setup.bat' },
      here: { to: 'iis' },
    };
    const manifest = {
      'iisnode-sock': { targets },
      engines: { node: '>=20' },
      devDependencies: { 'iisnode-sock': '*' },
    };
    const { workflow, text } = await workflowFor(manifest, undefined, 'package-lock.json');
    expect(workflow.permissions).toEqual({ contents: 'read' });
    expect(workflow.on).toMatchObject({
      push: { branches: ['main'] },
      workflow_dispatch: { inputs: { target: { options: ['staging', 'prod.eu', 'package', 'script', 'here'] } } },
    });
    const jobs = Object.values(workflow.jobs);
    expect(Object.keys(workflow.jobs)[2]).toBe('deploy-prod-eu-2');
    expect(jobs.map((job) => [job.needs, job.environment, job['runs-on']])).toEqual([
      [undefined, undefined, 'ubuntu-latest'],
      ['doctor', 'staging', 'ubuntu-latest'],
      ['doctor', 'prod.eu', 'ubuntu-latest'],
      ['doctor', 'package', 'ubuntu-latest'],
      ['doctor', 'script', 'ubuntu-latest'],
      ['doctor', 'here', ['self-hosted', 'windows']],
    ]);
    expect(jobs.map((job) => job.if)).toEqual([
      undefined,
      "github.event_name == 'push' || inputs.target == 'staging'",
      "inputs.target == 'prod.eu'",
      "inputs.target == 'package'",
      "inputs.target == 'script'",
      "inputs.target == 'here'",
    ]);
    const [doctor, ssh, azure, zip, script] = jobs.map(runsOf);
    expect(doctor).toBe(
      'actions/checkout@v4\nactions/setup-node@v4\nnpm ci\nnpx iisnode-sock doctor --no-run --strict --format github',
    );
    expect(ssh).toContain('npx iisnode-sock deploy --target staging');
    expect(azure).toContain('deploy --target prod.eu');
    expect(zip).toMatch(/deploy --target package\nactions\/upload-artifact@v4$/);
    expect(jobs.map(({ steps }) => steps.at(-1)?.with?.path).slice(3, 5)).toEqual(['out/app.zip\n', '.\n']);
    expect(script).toContain('actions/upload-artifact@v4');
    expect(text).toContain('node-version-file: package.json');
    // A secret is in the environment of one step alone.
    const secrets = jobs
      .flatMap(({ steps }) => steps)
      .filter(({ env = {} }) => JSON.stringify(env).includes('secrets.'));
    expect(secrets.map(({ env = {} }) => Object.keys(env))).toEqual([
      ['SSH_PRIVATE_KEY', 'SSH_KNOWN_HOSTS'],
      ['AZURE_WEBAPP_PUBLISH_PROFILE'],
    ]);
  });

  it.each([
    [undefined, 'npm install --no-audit --no-fund', undefined],
    ['package-lock.json', 'npm ci', 'npm'],
    ['pnpm-lock.yaml', 'pnpm install --frozen-lockfile', 'pnpm'],
    ['yarn.lock', 'yarn install --frozen-lockfile', 'yarn'],
  ])('with the lock file %s runs %s', async (lock, command, cache) => {
    const { workflow } = await workflowFor({ dependencies: { ws: '8' } }, ['app.zip'], lock);
    const steps = workflow.jobs.doctor?.steps ?? [];
    expect(steps.at(-2)?.run).toBe(command);
    expect(steps.find(({ uses }) => uses?.startsWith('actions/setup-node'))?.with).toEqual({
      'node-version': 22,
      ...(cache && { cache }),
    });
    expect(steps.at(-1)?.run).toBe(`npx --yes iisnode-sock@${version} doctor --no-run --strict --format github`);
  });

  it('hands a server that a shell could change to bash as a variable', async () => {
    const to = ['ssh://ann@web1:2222/Site%20Name/vdir', "ssh://web2/$(touch x)\"; `id` & 'it's #1"];
    const { workflow } = await workflowFor({}, to);
    const step = workflow.jobs['deploy-production']?.steps.at(-1);
    expect(step?.run).toMatch(/ deploy --to ssh:\/\/ann@web1:2222\/Site%20Name\/vdir --to "\$TO_2"$/);
    expect(step?.env).toEqual({ TO_2: to[1] });
    const asked = (step?.run ?? '').replace(/^.* deploy/, 'printf "%s\\n"');
    const { stdout } = spawnSync('bash', ['-c', asked], { env: { ...process.env, ...step?.env }, encoding: 'utf8' });
    expect(stdout.split('\n')).toEqual(['--to', to[0], '--to', to[1], '']);
  });

  it('puts the key and the keys of the servers where ssh finds them, and only there', async () => {
    const { workflow } = await workflowFor({}, ['ssh://web1/Chat']);
    const step = workflow.jobs['deploy-production']?.steps.at(-2);
    const home = temporaryDirectory();
    const run = (env: NodeJS.ProcessEnv) =>
      spawnSync('bash', ['-e', '-c', step?.run ?? ''], {
        env: { PATH: process.env.PATH, HOME: home, ...env },
        encoding: 'utf8',
      });
    expect(run({ SSH_KNOWN_HOSTS: 'x' })).toMatchObject({
      status: 1,
      stdout: '::error::the secret SSH_PRIVATE_KEY is not set\n',
    });
    expect(run({ SSH_PRIVATE_KEY: 'KEY\nEND', SSH_KNOWN_HOSTS: 'web1 ssh-ed25519 AAAA' }).status).toBe(0);
    const inFolder = (name: string): string => readFileSync(path.join(home, '.ssh', name), 'utf8');
    expect(inFolder('deploy_key')).toBe('KEY\nEND\n');
    expect(inFolder('known_hosts')).toBe('web1 ssh-ed25519 AAAA\n');
    expect(inFolder('config')).toBe('IdentityFile ~/.ssh/deploy_key\nIdentitiesOnly yes\nStrictHostKeyChecking yes\n');
    const { stdout } = spawnSync('ssh', ['-F', path.join(home, '.ssh', 'config'), '-G', 'web1'], { encoding: 'utf8' });
    expect(stdout).toMatch(/^stricthostkeychecking (true|yes)$/m);
  });

  it('describes in the README of a new app what it needs; a second run changes nothing', async () => {
    const directory = path.join(temporaryDirectory(), 'dante');
    const options = { directory, ci: 'github', to: ['ssh://web1/Chat'] };
    await initHere(options);
    expect(await workflowFaults('deploy.yml', textIn(directory))).toEqual([]);
    const readme = readFileSync(path.join(directory, 'README.md'), 'utf8');
    expect(readme).toMatch(/\n\n## Deploy from GitHub\n[\s\S]*`SSH_PRIVATE_KEY`[\s\S]*`ssh-keyscan HOST`/);
    const again = await initHere(options);
    expect(again).toMatchObject({ nothingToDo: true });
  });

  it.each([
    [{ ci: 'gitlab' }, 'CI_INVALID'],
    [{ to: ['iis'] }, 'CI_INVALID'],
    [{ ci: 'github' }, 'CI_WITHOUT_TARGET'],
    [{ ci: 'github', to: ['embedded'] }, 'CI_TARGET'],
    [{ ci: 'github', to: [`ssh://x/$\{{ secrets.A }}`] }, 'CI_TARGET'],
    [{ ci: 'github', to: ['ssh://x/\n'] }, 'CI_TARGET'],
  ])('%j is refused, and nothing is written', async (options, code) => {
    const directory = path.join(temporaryDirectory(), 'app');
    await expect(initHere({ directory, ...options })).rejects.toMatchObject({ code, exit: 'usage' });
    expect(() => readdirSync(directory)).toThrow('ENOENT');
  });

  it("never replaces the user's own workflow, and says where GitHub looks for it", async () => {
    const above = temporaryDirectory();
    const directory = path.join(above, 'apps', 'own');
    mkdirSync(path.join(above, '.git'));
    mkdirSync(path.join(directory, '.github', 'workflows'), { recursive: true });
    writeFileSync(path.join(directory, 'package.json'), '{ "name": "own", "main": "server.js" }');
    writeFileSync(path.join(directory, 'server.js'), "require('node:http').createServer().listen(process.env.PORT);");
    const file = path.join(directory, '.github', 'workflows', 'deploy.yml');
    writeFileSync(file, 'on: push\n');
    const options = { directory, ci: 'github', to: ['app.zip'] };
    const refused = initHere({ ...options, force: true });
    await expect(refused).rejects.toBeInstanceOf(UserError);
    await expect(refused).rejects.toMatchObject({ code: 'CI_FILE_EXISTS' });
    expect([readFileSync(file, 'utf8'), readdirSync(directory).sort()]).toEqual([
      'on: push\n',
      ['.github', 'package.json', 'server.js'],
    ]);
    const { notes } = await initHere({ ...options, directory: path.join(above, 'new') });
    expect(notes.join()).toContain('working-directory: new');
  });
});

it('the workflow in the documents is one that GitHub takes', async () => {
  const text = readFileSync(path.join(root, 'docs', 'github-actions.md'), 'utf8');
  const [, workflow = ''] = /^```yaml\n([\s\S]*?)^```$/m.exec(text) ?? [];
  expect(workflow).toContain('doctor --no-run --strict --format github');
  expect(await workflowFaults('doctor.yml', workflow)).toEqual([]);
});
