import { spawn, spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { connect, readSshAddress } from '../../../src/ssh/index.js';
import { environmentOf, runToEnd, temporaryFolder } from '../../support/cli.js';
import { startWindowsSshd, type WindowsSshd } from '../../support/windows-sshd.js';
import { windowsPath } from '../windows-node.js';
import { startWindowsServer, type WindowsServer } from './windows-server.js';

let folder: string;
let remove: () => Promise<void>;
let server: WindowsServer;
let sshd: WindowsSshd;

beforeAll(async () => {
  ({ folder, remove } = await temporaryFolder());
  server = await startWindowsServer(folder, { port: 80 });
  sshd = await startWindowsSshd(folder, server);
});

afterAll(async () => {
  await sshd?.close();
  await server?.close();
  await remove();
});

const place = (): string[] => ['-p', String(sshd.port), `${sshd.user}@127.0.0.1`];
const ssh = (...args: string[]) => runToEnd(path.join(sshd.programs, 'ssh'), [...place(), ...args]);

/** Not spawnSync: this process answers what the programs of the server ask. */
async function withInput(command: string, input: Uint8Array): Promise<{ code: number | null; output: Buffer }> {
  const child = spawn(path.join(sshd.programs, 'ssh'), [...place(), command], { stdio: ['pipe', 'pipe', 'ignore'] });
  const ended = once(child, 'close');
  child.stdin.end(input);
  const output: Buffer[] = [];
  for await (const chunk of child.stdout) output.push(chunk as Buffer);
  const [code] = (await ended) as [number | null];
  return { code, output: Buffer.concat(output) };
}

describe('ssh to a Windows server', () => {
  it("runs a command in cmd.exe, in the user's folder, and ends with its exit code", async () => {
    expect(await ssh('echo %COMSPEC%& cd & exit /b 7')).toEqual({
      code: 7,
      stdout: `C:\\windows\\system32\\cmd.exe\r\nC:\\users\\${sshd.user}\r\n`,
      stderr: '',
    });
    expect(sshd.commands()).toEqual(['echo %COMSPEC%& cd & exit /b 7']);
    expect(sshd.connections()).toBe(1);
  });

  it('hands the command over as it is, quotes and all', async () => {
    const appcmd = 'C:\\windows\\system32\\inetsrv\\appcmd.exe';
    const { code, stdout } = await ssh(
      `${appcmd} list app "Default Web Site/" & "C:\\stand-ins\\arguments.exe" "a & b" ö^&x`,
    );
    expect([code, stdout]).toEqual([0, 'APP "Default Web Site/" (applicationPool:DefaultAppPool)\r\n']);
    expect(server.calls.at(-1)?.args).toEqual(['a & b', 'ö&x']);
  });

  it("carries bytes to a program's stdin and back", async () => {
    const sent = randomBytes(300_000);
    const node = `"${windowsPath(process.env.NODE_WIN ?? '')}"`;
    const { code, output } = await withInput(`${node} -e "process.stdin.pipe(process.stdout)"`, sent);
    expect([code, output.equals(sent)]).toEqual([0, true]);
  });

  it('unpacks a tar from stdin', async () => {
    mkdirSync(path.join(folder, 'from'));
    mkdirSync(path.join(folder, 'to'));
    writeFileSync(path.join(folder, 'from', 'größe.txt'), 'x');
    const { stdout: input } = spawnSync('tar', ['-czf', '-', '-C', path.join(folder, 'from'), '.']);
    const unpack = `tar -xzf - -C "${windowsPath(path.join(folder, 'to'))}"`;
    expect(await withInput(unpack, input)).toEqual({ code: 0, output: Buffer.alloc(0) });
    expect(readdirSync(path.join(folder, 'to'))).toEqual(['größe.txt']);
  });

  it('a command goes on when its connection is cut', async () => {
    let cut: () => void = () => undefined;
    const wasCut = new Promise<void>((resolve) => {
      cut = resolve;
    });
    server.intervene = async () => {
      sshd.cut();
      await wasCut;
      return undefined;
    };
    const done = path.join(folder, 'done.txt');
    const { code } = await ssh(`C:\\stand-ins\\arguments.exe & echo done> ${windowsPath(done)}`);
    expect(code).toBe(255);
    cut();
    await expect.poll(() => existsSync(done)).toBe(true);
  });

  it('says in the words of cmd.exe that there is no node', async () => {
    const environment = environmentOf({ PATH: `${sshd.programs}:${process.env.PATH}` });
    const failed = connect(readSshAddress(sshd.url), { environment, program: Buffer.from('') });
    await expect(failed).rejects.toMatchObject({
      code: 'NODE_NOT_ON_SERVER',
      why: expect.stringMatching(/^The shell there says: ".*node.*". It is neither in the PATH/),
    });
  });

  it('is refused by a client that knows another host key', async () => {
    const { code, stderr } = await ssh('-o', 'UserKnownHostsFile=/dev/null', 'ver');
    expect(code).toBe(255);
    expect(stderr).toContain('Host key verification failed');
  });
});
