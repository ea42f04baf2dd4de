import { spawnSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { printed, scriptOf } from '../../server/recorded.js';
import { launcher, temporaryFolder } from '../../support/cli.js';
import { windowsNode, windowsPath } from '../windows-node.js';
import { startWindowsServer, type WindowsServer } from './windows-server.js';

let folder: string;
let remove: () => Promise<void>;
let server: WindowsServer;
let app: string;

const config =
  '<configuration><system.webServer><webSocket enabled="false" /><handlers><add name="iisnode" path="server.js" verb="*" modules="iisnode" /></handlers></system.webServer></configuration>';
const key = 'HKLM\\SOFTWARE\\Microsoft\\InetStp';
/** A program of wine: the prefix keeps what it changes. */
const wine = (...args: string[]) =>
  spawnSync('wine', args, { env: { ...process.env, ...server.environment }, stdio: 'ignore' }).status;

beforeAll(async () => {
  ({ folder, remove } = await temporaryFolder());
  server = await startWindowsServer(folder, { port: 8099 });
  app = path.join(folder, "it's a Größe");
  mkdirSync(app);
  writeFileSync(path.join(app, 'web.config'), config);
  writeFileSync(path.join(app, 'server.js'), "require('node:http').createServer().listen(process.env.PORT);\n");
  await server.appcmd('add', 'apppool', '/name:Größe');
  await server.appcmd('add', 'app', '/site.name:Default Web Site', '/path:/dante', `/physicalPath:${windowsPath(app)}`);
  await server.appcmd('set', 'app', 'Default Web Site/dante', '/applicationPool:Größe');
  for (const section of ['handlers', 'webSocket'])
    await server.appcmd('unlock', 'config', `/section:system.webServer/${section}`);
  for (const name of ['W3SVC', 'WAS']) expect(wine('sc', 'create', name, 'binPath=', 'C:\\none.exe')).toBe(0);
  expect(wine('reg', 'add', key, '/v', 'MajorVersion', '/t', 'REG_DWORD', '/d', '10', '/f', '/reg:64')).toBe(0);
});

afterAll(async () => {
  wine('reg', 'delete', key, '/f', '/reg:64');
  for (const name of ['W3SVC', 'WAS']) wine('sc', 'delete', name);
  await server?.close();
  await remove();
});

describe('doctor, with the programs of a Windows server', () => {
  it('asks reg.exe, sc.exe, appcmd.exe and PowerShell, and judges what they say', async () => {
    await server.appcmd('stop', 'apppool', 'Größe');
    server.intervene = ({ program, args }) => {
      if (program !== 'powershell.exe') return undefined;
      const scripts = {
        "F 'iisnode'": 'iisnode\tC:\\Program Files\\iisnode\\iisnode.dll\t0.2.26.0\t34404\niisnodeSchema\t',
        "F 'node'": 'node\t\nown\tC:\\Users\\ann\\nvm\\node.exe',
        "A 'app'": `app\t${windowsPath(app)}\tD:P(A;;FA;;;BA)`,
      };
      return { exitCode: 0, stdout: printed(scriptOf(args), scripts) };
    };
    const options = ['--json', '--no-run', '--apphost', windowsPath(server.applicationHostFile)];
    const run = windowsNode([windowsPath(launcher), 'doctor', windowsPath(app), ...options], {
      folder,
      name: 'doctor',
      environment: server.environment,
    });
    expect(await run.ended(), run.stderr()).toBe(1);
    const report = JSON.parse(run.stdout()) as {
      readonly findings: readonly { readonly rule: string; readonly message: string }[];
      readonly server: { readonly seen: object; readonly notSeen: readonly string[] };
    };
    expect(report.server.seen).toMatchObject({
      iis: '10.0',
      w3svc: 'stopped',
      was: 'stopped',
      consoleCodePage: 437,
      poolState: 'Stopped',
      iisnode: '0.2.26.0',
      node: null,
    });
    const codes = report.findings.map(({ rule }) => rule);
    for (const code of [
      'SERVICE_NOT_RUNNING',
      'POOL_STOPPED',
      'IISNODE_SCHEMA_MISSING',
      'NODE_NOT_FOUND',
      'POOL_WITHOUT_RIGHTS',
    ])
      expect(codes, codes.join()).toContain(code);
    const rights = report.findings.find(({ rule }) => rule === 'POOL_WITHOUT_RIGHTS');
    expect(rights?.message).toContain('IIS AppPool\\Größe may not read');
    const asked = server.calls.filter(({ program }) => program === 'powershell.exe').map(({ args }) => scriptOf(args));
    expect(asked.join('\n')).toContain(`A 'app' '${windowsPath(app).replace("'", "''")}'`);
  });
});
