import { randomBytes } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readApp } from '../../../src/app/index.js';
import { type DeployOptions, deploy, logsOverSsh } from '../../../src/deploy/index.js';
import { checkOverSsh } from '../../../src/deploy/over-ssh/deploy-over-ssh.js';
import { placedBySsh } from '../../../src/deploy/over-ssh/place.js';
import { generateWebConfig } from '../../../src/webconfig/index.js';
import { printed, scriptOf } from '../../server/recorded.js';
import { cli, environmentOf, temporaryFolder } from '../../support/cli.js';
import { startWindowsSshd, type WindowsSshd } from '../../support/windows-sshd.js';
import { windowsPath } from '../windows-node.js';
import { startWindowsServer, type WindowsServer } from './windows-server.js';

let folder: string;
let remove: () => Promise<void>;
let server: WindowsServer;
let sshd: WindowsSshd;
let environment: NodeJS.ProcessEnv;
let options: DeployOptions;
/** The folder of the live release, on this machine. */
let live: string;

const msi = Buffer.concat([Buffer.from('d0cf11e0a1b11ae1', 'hex'), randomBytes(300_000)]);
const configuration = (): string => readFileSync(server.applicationHostFile, 'utf8');
/** What the installer of iisnode adds. */
const ofIisnode: string[] = [];

/** npm, as far as an install on the server asks for it. */
const npm = `const fs = require('node:fs');
fs.mkdirSync('node_modules/left', { recursive: true });
fs.writeFileSync('node_modules/left/package.json', JSON.stringify({ version: '1.0.0', asked: process.argv.slice(2), platform: process.platform }));
`;

beforeAll(async () => {
  ({ folder, remove } = await temporaryFolder());
  server = await startWindowsServer(folder, { port: 80 });
  const withNpm = path.join(folder, 'Größe & npm');
  mkdirSync(path.join(withNpm, 'node_modules', 'npm', 'bin'), { recursive: true });
  writeFileSync(path.join(withNpm, 'node_modules', 'npm', 'bin', 'npm-cli.js'), npm);
  const programs = [path.dirname(process.env.NODE_WIN ?? ''), withNpm].map(windowsPath).join(';');
  sshd = await startWindowsSshd(folder, { ...server, environment: { ...server.environment, WINEPATH: programs } });
  environment = environmentOf({
    IISNODE_SOCK_HOME: path.join(folder, 'own-home'),
    PATH: `${sshd.programs}:${process.env.PATH}`,
  });
  const directory = path.join(folder, 'Größe & Söhne 100%');
  mkdirSync(directory);
  const webConfig = generateWebConfig({
    entry: 'server.js',
    vdirPath: '/dante',
    processes: 1,
    transports: ['websocket'],
  });
  writeFileSync(path.join(directory, 'web.config'), webConfig);
  writeFileSync(path.join(directory, 'server.js'), "require('left');\n");
  writeFileSync(
    path.join(directory, 'package.json'),
    '{"name":"dante","version":"1.0.0","dependencies":{"left":"1.0.0"}}',
  );
  writeFileSync(path.join(directory, 'package-lock.json'), '{"lockfileVersion":3,"packages":{"":{}}}');
  writeFileSync(path.join(folder, 'iisnode (x64).msi'), msi);
  options = {
    directory,
    to: `${sshd.url}/Default%20Web%20Site/dante`,
    releasesDirectory: windowsPath(path.join(folder, 'releases')),
    installIisnode: path.join(folder, 'iisnode (x64).msi'),
    installOnServer: true,
    verify: false,
    environment,
  };
  // Without iisnode.
  const lines = configuration().split('\n');
  ofIisnode.push(...lines.filter((line) => /name="iisnode" image=/.test(line)));
  writeFileSync(server.applicationHostFile, lines.filter((line) => !ofIisnode.includes(line)).join('\n'));
}, 180_000);

afterAll(async () => {
  await sshd?.close();
  await server?.close();
  await remove();
});

describe('over ssh, with a real sshd and cmd.exe', () => {
  it('deploy --check looks at the server with the app there, and changes nothing', async () => {
    const { installIisnode: _, ...without } = placedBySsh(options);
    const app = readApp(options.directory, { environment, vdirPath: '/dante' });
    const before = configuration();
    const { ready, checks } = await checkOverSsh(app, without, options.to ?? '', []);
    expect(ready).toBe(false);
    expect(checks.filter(({ state }) => state === 'failed').map(({ obstacle }) => obstacle?.code)).toEqual([
      'IISNODE_NOT_INSTALLED',
    ]);
    expect(server.calls.filter(({ program }) => program === 'icacls.exe')).toEqual([]);
    expect(configuration()).toBe(before);
  });

  it('deploy installs iisnode from a package of this machine, and the packages of the app with npm there', async () => {
    let came: Buffer | undefined;
    server.intervene = ({ program, args }) => {
      if (program !== 'msiexec.exe') return undefined;
      came = readFileSync(server.hostPath(args[1] ?? ''));
      const text = configuration().replace('<globalModules>', `<globalModules>\n${ofIisnode.join('\n')}`);
      writeFileSync(server.applicationHostFile, text);
      return undefined;
    };
    const result = await deploy(options);
    expect(result).toMatchObject({ target: 'ssh', changed: true });
    expect(came?.equals(msi)).toBe(true);
    const [install] = server.calls.filter(({ program }) => program === 'msiexec.exe');
    expect(install?.file).toBe('C:\\windows\\system32\\msiexec.exe');
    expect(install?.args).toEqual([
      '/i',
      expect.stringMatching(/\\0\\iisnode \(x64\)\.msi$/),
      '/qn',
      '/norestart',
      '/l*v',
      expect.stringMatching(/\.log$/),
    ]);
    live = path.join(folder, 'releases', 'releases', result.plan.release?.id ?? '');
    expect(JSON.parse(readFileSync(path.join(live, 'node_modules', 'left', 'package.json'), 'utf8'))).toMatchObject({
      asked: expect.arrayContaining(['ci', '--omit=dev']),
      platform: 'win32',
    });
    expect(configuration()).toContain(result.plan.release?.id);
  });

  it('logs shows what iisnode has written on the server, with the names of Windows', async () => {
    const written: string[] = [];
    const ask = () =>
      logsOverSsh({ to: options.to, environment }, { lines: 10, follow: false }, ({ text }) => written.push(text));
    const logs = server.hostPath(await ask());
    expect(written).toEqual([]);
    mkdirSync(logs, { recursive: true });
    writeFileSync(path.join(logs, 'WEB1-42-stderr-1764400000000.txt'), 'Größe 👋\r\nzwei\r\n');
    await ask();
    expect(written).toEqual(['Größe 👋', 'zwei']);
  });

  it('doctor --server examines the live app with what the programs of the server say', async () => {
    writeFileSync(path.join(live, 'server.js'), 'const app = ;\n');
    await server.appcmd('stop', 'apppool', 'dante');
    server.calls.length = 0;
    server.intervene = ({ program, args }) => {
      if (program !== 'powershell.exe') return undefined;
      const scripts = {
        "F 'iisnode'": 'iisnode\tC:\\Program Files\\iisnode\\iisnode.dll\t0.2.26.0\t34404\niisnodeSchema\t',
        "F 'node'": 'node\tC:\\node.exe\t22.1.0\t34404',
        "A 'app'": `app\t${windowsPath(live)}\tD:P(A;;FA;;;BA)`,
      };
      return { exitCode: 0, stdout: printed(scriptOf(args), scripts) };
    };
    const before = sshd.connections();
    const empty = path.join(folder, 'empty');
    mkdirSync(empty);
    const { code, stdout, stderr } = await cli(['doctor', '--server', options.to ?? '', '--json'], {
      cwd: empty,
      environment,
    });
    expect(code, stderr).toBe(1);
    const report = JSON.parse(stdout) as {
      readonly target: string;
      readonly findings: readonly { readonly rule: string; readonly file?: string; readonly message: string }[];
      readonly server: { readonly directory: string; readonly seen: object };
    };
    const directory = windowsPath(live);
    expect(report).toMatchObject({ target: directory, server: { name: '127.0.0.1', directory } });
    expect(report.server.seen).toMatchObject({ iisnode: '0.2.26.0', poolState: 'Stopped' });
    const codes = report.findings.map(({ rule }) => rule);
    for (const rule of ['ENTRY_SYNTAX_ERROR', 'POOL_STOPPED', 'IISNODE_SCHEMA_MISSING', 'POOL_WITHOUT_RIGHTS'])
      expect(codes, codes.join()).toContain(rule);
    expect(report.findings.find(({ rule }) => rule === 'ENTRY_SYNTAX_ERROR')?.file).toBe(`${directory}\\server.js`);
    expect(report.findings.find(({ rule }) => rule === 'POOL_WITHOUT_RIGHTS')?.message).toContain('IIS AppPool\\dante');
    expect(sshd.connections()).toBe(before + 1);
  });
});
