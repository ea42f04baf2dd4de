import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { copyFileSync, existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { deploy } from '../../../src/deploy/index.js';
import { escapeAttribute } from '../../../src/xml/index.js';
import { freshWorld } from '../../appcmd/support.js';
import { temporaryFolder } from '../../support/cli.js';
import { cliHere } from '../../support/cli-here.js';
import { freePort } from '../../support/free-port.js';
import { windowsPath } from '../windows-node.js';
import { poolSid } from './accounts.js';
import { type Call, serverPrefix, startWindowsServer, type WindowsServer } from './windows-server.js';

// wine's cmd.exe reads a .bat in code page 437, whatever chcp says, and looks for variables in the value of one, too: the name has
// ASCII alone, and no percent sign.
const name = "Dante's (x86) & ^a!b";
let folder: string;
let remove: () => Promise<void>;
let server: WindowsServer;

beforeAll(async () => {
  ({ folder, remove } = await temporaryFolder());
  server = await startWindowsServer(folder, { port: await freePort() });
  // Another site, with an application of its own.
  const other = ['/bindings:http/*:8081:', '/physicalPath:C:\\other'];
  expect(await server.appcmd('add', 'site', '/name:Other', ...other)).toMatchObject({ exitCode: 0 });
  // The pool was there once, with fewer rights.
  server.rights.add(windowsPath(path.join(folder, name)), {
    kind: 'allow',
    sid: poolSid('dante'),
    flags: ['CI'],
    rights: ['R'],
  });
  fresh = snapshot();
  const init = await cliHere(['init', name, '--template', 'minimal', '--path', '/dante', '--no-install'], {
    cwd: folder,
  });
  expect(init).toMatchObject({ code: 0 });
  for (const program of ['appcmd', 'icacls', 'findstr', 'fc', 'curl', 'sc', 'net']) {
    copyFileSync(
      path.join(serverPrefix, 'drive_c', 'stand-ins', 'arguments.exe'),
      path.join(folder, name, `${program}.exe`),
    );
  }
  const deploy = await cliHere(['deploy', name, '--to', 'deploy.bat', '--pool', 'dante'], { cwd: folder });
  expect(deploy, deploy.stderr).toMatchObject({ code: 0 });
}, 120_000);
afterAll(async () => {
  await server?.close();
  await remove();
});

interface Ran {
  readonly code: number | null;
  readonly output: string;
}

/** Runs the script with cmd.exe, in the app's folder, which has programs of the names that it runs; what it says goes to a file, as wine needs it. */
async function runScript(...words: string[]): Promise<Ran> {
  const output = path.join(folder, 'output.txt');
  const script = windowsPath(path.join(folder, 'deploy.bat'));
  const child = spawn('wine', ['cmd', '/d', '/c', script, ...words, '>', windowsPath(output)], {
    cwd: path.join(folder, name),
    stdio: 'ignore',
    env: { ...process.env, ...server.environment },
  });
  const [code] = (await once(child, 'exit')) as [number | null];
  return { code, output: readFileSync(output, 'utf8') };
}

/** The files that the script keeps beside itself. */
const kept = (): string[] =>
  readdirSync(folder)
    .filter((file) => file.startsWith('deploy.') && file !== 'deploy.bat')
    .sort();

const configuration = (): string => readFileSync(server.applicationHostFile, 'utf8');
const physicalPath = async (): Promise<string> =>
  (await server.appcmd('list', 'vdir', 'Default Web Site/dante/', '/text:physicalPath')).stdout.trim();

/** Command lines that change the server. */
const changes = (): string[] =>
  server.calls
    .filter(({ program, args: [first, second] }) =>
      program === 'appcmd.exe'
        ? first !== 'list' && first !== 'search'
        : program === 'icacls.exe' && second !== undefined && second !== '/save',
    )
    .map(({ commandLine }) => commandLine);

const snapshot = () => ({ configuration: configuration(), rights: server.rights.snapshot() });

/** The configuration after the direct deployment of the same app, to IIS as it was at the start. */
async function directly(): Promise<string> {
  const { store, appcmd } = freshWorld(fresh.configuration);
  const directory = path.join(folder, name);
  const environment = { IISNODE_SOCK_HOME: path.join(folder, 'home of this machine') };
  await deploy({ directory, to: 'iis', pool: 'dante', appcmd, verify: false, environment });
  return store.text.replace(inXml(directory), inXml(windowsPath(directory)));
}

const inXml = (text: string): string => escapeAttribute(text, '"');

let fresh: ReturnType<typeof snapshot>;

/** Until the end of the test. */
function intervene(intervention: WindowsServer['intervene']): void {
  server.intervene = intervention;
  onTestFinished(() => {
    server.intervene = undefined;
  });
}

describe('deploy --to FILE.bat, run by cmd.exe', () => {
  it.each([
    ['iisnode', ({ args }: Call) => args.includes('/section:system.webServer/iisnode') && args[0] === 'list', 87],
    ['URL Rewrite', ({ args }: Call) => args.some((one) => one.startsWith('/section:system.webServer/rewrite')), 87],
    ['the right to change IIS', ({ args }: Call) => args[1] === 'site', 5],
  ])('changes nothing on a server without %s', async (_what, isMeant, exitCode) => {
    intervene((call) => (isMeant(call) ? { exitCode, stdout: '' } : undefined));
    server.calls.length = 0;
    expect(await runScript()).toMatchObject({ code: 1 });
    expect(snapshot()).toEqual(fresh);
    expect(server.calls.filter(({ args }) => args[0] !== 'list')).toEqual([]);
  });

  it('undoes everything when its last command fails after its effect, and says so', async () => {
    intervene(async ({ program, args }) => {
      if (program !== 'appcmd.exe' || !args.includes('/preloadEnabled:true')) return undefined;
      await server.appcmd(...args);
      return { exitCode: 5, stdout: 'ERROR ( message:Access is denied. )\n' };
    });
    const { code, output } = await runScript();
    expect(output.split(/\r?\n/).map((line) => line.trim())).toContain('Everything is as it was before.');
    expect(code).toBe(1);
    expect(snapshot()).toEqual(fresh);
    expect(kept()).toEqual([]);
    expect(existsSync(path.join(folder, name, 'iisnode'))).toBe(false);
  });

  it.each([
    ['appcmd', 'appcmd.exe', 13],
    ['findstr', 'findstr.exe', 2],
  ])('refuses before any change where %s cannot say whether a section is locked', async (_name, wanted, exitCode) => {
    const before = configuration();
    server.intervene = ({ program, args }) =>
      program === wanted && args.some((word) => /handlers$|^.c:locked=/.test(word))
        ? { exitCode, stdout: 'ERROR ( message:Not today )\n' }
        : undefined;
    onTestFinished(() => {
      server.intervene = undefined;
    });
    const { code, output } = await runScript();
    expect(code, output).toBe(1);
    expect(output).toMatch(/appcmd could not say whether \S+ is locked\. Nothing was changed\./);
    if (wanted === 'appcmd.exe') expect(output).toContain('Not today');
    expect(configuration()).toBe(before);
    expect(kept()).toEqual([]);
    server.intervene = undefined;
  });

  it('creates the application of its folder, with what web.config uses unlocked and the rights given', async () => {
    server.calls.length = 0;
    // Windows does not know the new pool's name at once.
    server.accounts.unknownPoolAnswers = 1;
    const { code, output } = await runScript();
    expect(code, output).toBe(0);
    expect(output).toContain(`The app has answered with status 200: http://localhost:${server.port}/dante/`);
    const app = windowsPath(path.join(folder, name));
    expect(await physicalPath()).toBe(app);
    expect(configuration()).toContain('overrideMode="Allow"');
    expect(configuration()).toBe(await directly());
    expect(server.rights.own(app).map(({ sid }) => sid)).toEqual([poolSid('dante'), poolSid('dante'), 'S-1-5-17']);
    expect(kept()).toEqual(['deploy.after.app.acl', 'deploy.before.app.acl', 'deploy.before.txt', 'deploy.files.list']);
    // None is looked for in the current folder, or in PATH.
    expect(server.calls.filter(({ file }) => !/^C:.windows.system32./i.test(file))).toEqual([]);
  });

  it('moves an application that is there on another folder', async () => {
    const deployed = configuration();
    await server.appcmd('set', 'vdir', 'Default Web Site/dante/', '/physicalPath:C:\\former');
    expect(await physicalPath()).toBe('C:\\former');
    server.calls.length = 0;
    const { code, output } = await runScript();
    expect(code, output).toBe(0);
    expect(configuration()).toBe(deployed);
    // All else is as wanted: nothing is tried that would fail.
    expect(changes()).toEqual([expect.stringContaining('set vdir')]);
  });

  it('starts node again after a change of the files alone', async () => {
    writeFileSync(path.join(folder, name, 'more.js'), '// more\n');
    server.calls.length = 0;
    expect(await runScript()).toMatchObject({ code: 0 });
    expect(changes()).toEqual([expect.stringContaining('recycle apppool')]);
  });

  it('removes later what it has added', async () => {
    const { code, output } = await runScript('undo');
    expect(code, output).toBe(0);
    const { configuration: text, rights } = snapshot();
    const ofSites = (config: string) => /<system\.applicationHost>[\s\S]*<\/system\.applicationHost>/.exec(config)?.[0];
    expect([ofSites(text), rights]).toEqual([ofSites(fresh.configuration), fresh.rights]);
    expect(kept()).toEqual([]);
    expect((await runScript('undo')).code).toBe(0);
  });
});
