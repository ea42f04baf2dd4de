import { spawnSync } from 'node:child_process';
import { appendFileSync, copyFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { applicationHostText } from '../../../src/config/index.js';
import { launcher, temporaryFolder } from '../../support/cli.js';
import { freePort } from '../../support/free-port.js';
import { type WindowsRun, windowsNode, windowsPath } from '../windows-node.js';
import { poolSid } from './accounts.js';
import { serverPrefix, startWindowsServer, type WindowsServer } from './windows-server.js';

let folder: string;
let remove: () => Promise<void>;
let server: WindowsServer;
let serve: WindowsRun | undefined;
let app: string;
let runs = 0;

/** Runs the program on the server to its end; in the app's folder, if there is one. */
async function run(...args: string[]): Promise<{ code: number | null; said: string }> {
  const one = windowsNode([windowsPath(launcher), ...args], {
    folder,
    name: `run${++runs}`,
    ...(existsSync(app) && { cwd: app }),
    environment: server.environment,
  });
  return { code: await one.ended(), said: one.stdout() + one.stderr() };
}

const configuration = (): string => readFileSync(server.applicationHostFile, 'utf8');

/** What IUSR has on the app before it is deployed. */
const rightBefore = { kind: 'allow' as const, sid: 'S-1-5-17', flags: ['OI', 'CI'], rights: ['R'] };

/** Command lines that change the server, as the programs got them. */
const changes = (): string[] =>
  server.calls
    .filter(({ args: [first, second] }) => first !== 'list' && second !== undefined && second !== '/save')
    .map(({ commandLine }) => commandLine);

beforeAll(async () => {
  ({ folder, remove } = await temporaryFolder());
  server = await startWindowsServer(folder, { port: await freePort() });
  // The folder's name has what cmd.exe, the C runtime and code pages read each in their own way.
  app = path.join(folder, 'Größe & Söhne (x86) 100% ^a!b');
  const init = await run('init', windowsPath(app), '--template', 'minimal', '--path', '/größe', '--no-install');
  expect(init).toMatchObject({ code: 0 });
  const npm = spawnSync('npm', ['install', '--prefer-offline', '--no-audit', '--no-fund'], { cwd: app });
  expect(npm.status, String(npm.stderr)).toBe(0);
  for (const name of ['icacls.exe', 'netsh.exe', 'chcp.com', 'taskkill.exe', 'cmd.exe', 'appcmd.exe']) {
    copyFileSync(path.join(serverPrefix, 'drive_c', 'stand-ins', 'arguments.exe'), path.join(app, name));
  }
  // The IIS whose configuration appcmd.exe changes: it reads the file again after each change.
  const port = ['--port', String(server.port)];
  serve = windowsNode(
    [
      windowsPath(launcher),
      'serve',
      windowsPath(folder),
      ...port,
      '--apphost',
      windowsPath(server.applicationHostFile),
    ],
    { folder, name: 'serve', environment: server.environment },
  );
  await serve.until(/Listening on (http:\S+)/);
}, 180_000);

afterAll(async () => {
  serve?.child.kill('SIGTERM');
  await serve?.ended();
  await server?.close();
  await remove();
});

describe('deploy --to iis, with the programs of a Windows server', () => {
  it('leaves the server as it was when appcmd refuses half-way', async () => {
    const before = configuration();
    server.intervene = ({ program, args }) =>
      program === 'appcmd.exe' && args[0] === 'unlock'
        ? { exitCode: 5, stdout: 'ERROR ( message:Access is denied. )\n' }
        : undefined;
    onTestFinished(() => {
      server.intervene = undefined;
    });
    const { code, said } = await run('deploy', windowsPath(app), '--to', 'iis');
    expect(code, said).toBe(1);
    expect(said).toContain('NOT_ELEVATED');
    expect(configuration()).toBe(before);
    expect(server.rights.snapshot()).toEqual({});
  });

  it('brings the app live, by command lines that arrive as they are', async () => {
    server.rights.add(windowsPath(app), rightBefore);
    server.calls.length = 0;
    const { code, said } = await run('deploy', '--to', 'iis');
    expect(code, said).toBe(0);
    const appcmd = 'C:\\windows\\system32\\inetsrv\\appcmd.exe';
    expect(changes()).toEqual(
      expect.arrayContaining([
        `${appcmd} add apppool /name:größe`,
        `${appcmd} add app "/site.name:Default Web Site" /path:/größe "/physicalPath:${windowsPath(app)}" /applicationPool:größe`,
        `${appcmd} unlock config /section:system.webServer/handlers`,
      ]),
    );
    // Windows looks for a bare name in the current folder first.
    expect(server.calls.filter(({ file }) => !/^C:.windows.system32./i.test(file))).toEqual([]);
    expect(said).toContain(`http://localhost:${server.port}/gr%C3%B6%C3%9Fe/`);
    const everything = ['OI', 'CI'];
    const pool = poolSid('größe');
    expect(server.rights.own(windowsPath(app))).toEqual([
      { kind: 'allow', sid: pool, flags: everything, rights: ['RX'] },
      { kind: 'allow', sid: 'S-1-5-17', flags: everything, rights: ['RX'] },
    ]);
    expect(server.rights.own(`${windowsPath(app)}\\iisnode`)).toEqual([
      { kind: 'allow', sid: pool, flags: everything, rights: ['M'] },
    ]);
  });

  it('has nothing to do a second time, and starts three processes to know it', async () => {
    const before = [configuration(), server.rights.snapshot()];
    server.calls.length = 0;
    const { code, said } = await run('deploy', windowsPath(app), '--to', 'iis');
    expect(code, said).toBe(0);
    expect(said).toContain('nothing to do');
    expect(changes()).toEqual([]);
    expect(server.calls.map(({ program, args }) => [program, ...args.slice(0, -1)])).toEqual([
      ['icacls.exe', `${windowsPath(app)}\\iisnode`, '/save'],
      ['appcmd.exe', 'list', 'site', '/site.name:Default Web Site'],
      ['appcmd.exe', 'list', 'apppool', '/apppool.name:größe'],
    ]);
    expect([configuration(), server.rights.snapshot()]).toEqual(before);
  });

  it('with --releases serves copies, switches and recycles, and rolls back to the one before', async () => {
    const base = windowsPath(path.join(folder, 'Größe 100% & releases'));
    const live = (): string =>
      /physicalPath="([^"]*releases\\[^"]*)"/.exec(configuration())?.[1]?.replaceAll('&amp;', '&') ?? '';
    const deployAgain = (...args: string[]) => run('deploy', windowsPath(app), '--to', 'iis', ...args);
    const first = await deployAgain('--releases', '2', '--releases-dir', base);
    expect(first.code, first.said).toBe(0);
    const before = live();
    expect(before).toMatch(/releases\\\d{8}-\d{6}-[0-9a-f]{8}$/);
    expect(before.startsWith(`${base}\\`), before).toBe(true);
    expect(server.rights.own(before)).toContainEqual(
      expect.objectContaining({ kind: 'allow', sid: poolSid('größe'), rights: ['RX'] }),
    );
    appendFileSync(path.join(app, 'server.js'), '\n// the second release\n');
    server.calls.length = 0;
    const second = await deployAgain();
    expect(second.code, second.said).toBe(0);
    const appcmd = 'C:\\windows\\system32\\inetsrv\\appcmd.exe';
    expect(changes().filter((line) => line.startsWith(appcmd))).toEqual([
      `${appcmd} set vdir "Default Web Site/größe/" "/physicalPath:${live()}"`,
      `${appcmd} recycle apppool größe`,
    ]);
    expect(live()).not.toBe(before);
    const back = await run('rollback', '--dir', windowsPath(app));
    expect(back.code, back.said).toBe(0);
    expect(live()).toBe(before);
    const { said } = await run('releases', windowsPath(app));
    expect(said.match(/^[* ] \d{8}-\d{6}-\S+/gm)).toEqual([
      expect.stringMatching(/^ {2}/),
      `* ${path.win32.basename(before)}`,
    ]);
  });

  it('undeploy removes the application, its pool and its rights, and gives back what an account had', async () => {
    const { code, said } = await run('undeploy', windowsPath(app), '--to', 'iis');
    expect(code, said).toBe(0);
    expect((await server.appcmd('list', 'app')).stdout).toBe(
      'APP "Default Web Site/" (applicationPool:DefaultAppPool)\n',
    );
    expect((await server.appcmd('list', 'apppool', '/text:name')).stdout).toBe('DefaultAppPool\n');
    expect(server.rights.own(windowsPath(app))).toEqual([rightBefore]);
    expect(server.rights.own(`${windowsPath(app)}\\iisnode`)).toEqual([]);
  });
});

describe('deploy --to iisexpress, with the programs of IIS Express', () => {
  it('brings the app live as this user, has nothing to do a second time, and ends IIS Express with undeploy', async () => {
    const [file, port] = [path.join(folder, 'express', 'applicationhost.config'), await freePort()];
    mkdirSync(path.dirname(file));
    const site = {
      name: 'WebSite1',
      id: 1,
      bindings: [{ protocol: 'http' as const, information: `*:${port}:localhost` }],
      applications: [{ path: '/', physicalPath: 'C:\\inetpub\\wwwroot', pool: 'Clr4IntegratedAppPool' }],
    };
    writeFileSync(file, applicationHostText({ pools: ['Clr4IntegratedAppPool'], sites: [site] }));
    const before = readFileSync(file, 'utf8');
    const ended: number[] = [];
    server.express = async ({ args }, gone) => {
      const options = ['--port', String(port), '--apphost', args[0]?.slice('/config:'.length) ?? ''];
      const name = `express${server.calls.length}`;
      const { environment } = server;
      const host = windowsNode([windowsPath(launcher), 'serve', windowsPath(folder), ...options], {
        folder,
        name,
        environment,
      });
      await gone;
      host.child.kill('SIGTERM');
      ended.push((await host.ended()) ?? 0);
    };
    onTestFinished(() => {
      server.express = undefined;
    });
    server.calls.length = 0;
    const to = ['--to', `iisexpress:${windowsPath(file)}`];
    const first = await run('deploy', windowsPath(app), ...to);
    expect(first.code, first.said).toBe(0);
    expect(first.said).toContain(`http://localhost:${port}/gr%C3%B6%C3%9Fe/`);
    const folderOfPrograms = 'C:\\Program Files\\IIS Express';
    expect(server.calls.find(({ program }) => program === 'iisexpress.exe')).toMatchObject({
      file: `${folderOfPrograms}\\iisexpress.exe`,
      args: [`/config:${windowsPath(file)}`, '/site:WebSite1', '/systray:false'],
    });
    const own = server.calls.filter(({ program }) => program === 'appcmd.exe');
    expect(new Set(own.map((call) => call.file))).toEqual(new Set([`${folderOfPrograms}\\appcmd.exe`]));
    expect(own.filter(({ args }) => args.at(-1) !== `/apphostconfig:${windowsPath(file)}`)).toEqual([]);
    expect(server.calls.filter(({ program }) => /icacls|sc\.exe|net\.exe/.test(program))).toEqual([]);

    server.calls.length = 0;
    const second = await run('deploy', windowsPath(app), ...to);
    expect(second.code, second.said).toBe(0);
    expect([second.said.includes('nothing to do'), server.calls]).toEqual([true, []]);
    expect((await run('status')).said).toMatch(/IIS Express {2}\/größe of WebSite1 {2}running, pid \d+/);

    const undeploy = await run('undeploy', windowsPath(app));
    expect(undeploy.code, undeploy.said).toBe(0);
    expect(undeploy.said).toContain('stopped IIS Express');
    await expect.poll(() => ended.length, { timeout: 60_000 }).toBe(1);
    const appsOf = (text: string) => text.match(/<application path="[^"]*"/g);
    expect(appsOf(readFileSync(file, 'utf8'))).toEqual(appsOf(before));
  });
});
