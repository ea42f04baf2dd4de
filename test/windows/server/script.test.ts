import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { temporaryFolder } from '../../support/cli.js';
import { cliHere } from '../../support/cli-here.js';
import { freePort } from '../../support/free-port.js';
import { windowsPath } from '../windows-node.js';
import { poolSid } from './accounts.js';
import { type Call, startWindowsServer, type WindowsServer } from './windows-server.js';

// wine's cmd.exe reads a .bat in code page 437, whatever chcp says, and looks for variables in the value of one, too: the name has
// ASCII alone, and no percent sign.
const name = "Dante's (x86) & ^a!b";
let folder: string;
let remove: () => Promise<void>;
let server: WindowsServer;

beforeAll(async () => {
  ({ folder, remove } = await temporaryFolder());
  server = await startWindowsServer(folder, { port: await freePort() });
  const init = await cliHere(['init', name, '--template', 'minimal', '--path', '/dante', '--no-install'], {
    cwd: folder,
  });
  expect(init).toMatchObject({ code: 0 });
  const deploy = await cliHere(['deploy', name, '--to', 'deploy.bat', '--pool', 'dante'], { cwd: folder });
  expect(deploy, deploy.stderr).toMatchObject({ code: 0 });
}, 120_000);
afterAll(async () => {
  await server?.close();
  await remove();
});

/** Runs the script with cmd.exe, from another folder than its own; what it says goes to a file, as wine needs it. */
async function runScript(): Promise<number | null> {
  const child = spawn('wine', ['cmd', '/d', '/c', windowsPath(path.join(folder, 'deploy.bat'))], {
    cwd: path.dirname(folder),
    stdio: 'ignore',
    env: { ...process.env, ...server.environment },
  });
  const [code] = (await once(child, 'exit')) as [number | null];
  return code;
}

const configuration = (): string => readFileSync(server.applicationHostFile, 'utf8');
const physicalPath = async (): Promise<string> =>
  (await server.appcmd('list', 'vdir', 'Default Web Site/dante/', '/text:physicalPath')).stdout.trim();

describe('deploy --to FILE.bat, run by cmd.exe', () => {
  it('creates the application of its folder, with what web.config uses unlocked and the rights given', async () => {
    expect(await runScript()).toBe(0);
    const app = windowsPath(path.join(folder, name));
    expect(await physicalPath()).toBe(app);
    expect(configuration()).toContain('overrideMode="Allow"');
    expect(server.rights.own(app).map(({ sid }) => sid)).toEqual([poolSid('dante'), 'S-1-5-17']);
    // None is looked for in the current folder, or in PATH.
    expect(server.calls.filter(({ file }) => !/^C:.windows.system32./i.test(file))).toEqual([]);
  });

  it('changes nothing when it is run again', async () => {
    const before = configuration();
    expect(await runScript()).toBe(0);
    expect(configuration()).toBe(before);
  });

  it('moves an application that is there on another folder', async () => {
    const before = configuration();
    await server.appcmd('set', 'vdir', 'Default Web Site/dante/', '/physicalPath:C:\\former');
    expect(await physicalPath()).toBe('C:\\former');
    expect(await runScript()).toBe(0);
    expect(configuration()).toBe(before);
  });

  it.each([
    ['iisnode', ({ args }: Call) => args.includes('/section:system.webServer/iisnode') && args[0] === 'list', 87],
    ['URL Rewrite', ({ args }: Call) => args.some((one) => one.startsWith('/section:system.webServer/rewrite')), 87],
    ['the right to change IIS', ({ args }: Call) => args[1] === 'site', 5],
  ])('changes nothing on a server without %s', async (_what, isMeant, exitCode) => {
    server.intervene = (call) => (isMeant(call) ? { exitCode, stdout: '' } : undefined);
    onTestFinished(() => {
      server.intervene = undefined;
    });
    const before = configuration();
    server.calls.length = 0;
    expect(await runScript()).toBe(1);
    expect(configuration()).toBe(before);
    expect(server.calls.filter(({ args }) => args[0] !== 'list')).toEqual([]);
  });

  it('ends with the exit code of a command that fails', async () => {
    server.intervene = ({ args }) =>
      args[0] === 'unlock' ? { exitCode: 5, stdout: 'ERROR ( message:Access is denied. )\n' } : undefined;
    onTestFinished(() => {
      server.intervene = undefined;
    });
    expect(await runScript()).toBe(5);
  });
});
