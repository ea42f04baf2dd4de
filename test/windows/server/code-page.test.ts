import { cpSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { generateWebConfig } from '../../../src/webconfig/index.js';
import { launcher, temporaryFolder } from '../../support/cli.js';
import { windowsNode, windowsPath } from '../windows-node.js';
import { bundledProgram } from './bundled.js';
import { startWindowsServer, type WindowsServer } from './windows-server.js';

let folder: string;
let remove: () => Promise<void>;
let server: WindowsServer;
let app: string;
let runs = 0;

async function node(...args: string[]): Promise<{ code: number | null; stdout: string; said: string }> {
  const name = `run${++runs}`;
  const one = windowsNode(args, { folder, name, environment: server.environment });
  return { code: await one.ended(), stdout: one.stdout(), said: one.stdout() + one.stderr() };
}

const cli = (...args: string[]) => node(windowsPath(launcher), ...args);

/** A site with one application, whose folder is not there. */
async function addSite(name: string, physicalPath: string): Promise<void> {
  const { exitCode, stdout } = await server.appcmd('add', 'site', `/name:${name}`, `/physicalPath:${physicalPath}`);
  expect(exitCode, stdout).toBe(0);
}

const folderOf = async (site: string): Promise<string> =>
  (await server.appcmd('list', 'vdir', `${site}/`, '/text:physicalPath')).stdout.trim();

beforeAll(async () => {
  ({ folder, remove } = await temporaryFolder());
  server = await startWindowsServer(folder, { port: 80, language: 'de' });
  server.intervene = ({ args: [what, number] }) => {
    if (what === 'code page') server.codePage = Number(number);
    return undefined;
  };
  await addSite('Zürich', 'C:\\Sites\\Müller');
  await addSite('Warszawa', 'C:\\Sites\\Łódź');
  await addSite('Russia', 'C:\\Sites\\Москва');
  await addSite('Tokyo', 'C:\\Sites\\東京');
  app = path.join(folder, 'app');
  mkdirSync(path.join(app, 'iisnode'), { recursive: true });
  writeFileSync(path.join(app, 'server.js'), '');
  const config = { entry: 'server.js', vdirPath: '/', processes: 1, transports: ['websocket' as const] };
  writeFileSync(path.join(app, 'web.config'), generateWebConfig(config));
});

afterAll(async () => {
  await server?.close();
  await remove();
});

describe('a server whose programs answer in a code page', () => {
  it('appcmd is read in the code page that chcp tells', async () => {
    const { code, said, stdout } = await node(
      await bundledProgram(folder, 'list-folders'),
      ...['437', '850', '1250', '1251', '932', '65001'],
    );
    server.codePage = 65001;
    expect(code, said).toBe(0);
    const shown = stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as [number, ...string[]]);
    const lists = new Map(shown.map(([codePage, ...folders]) => [codePage, folders.join(' ')]));
    expect(lists.get(437)).toContain('C:\\Sites\\Müller');
    expect(lists.get(850)).toContain('C:\\Sites\\Müller');
    expect(lists.get(1250)).toContain('C:\\Sites\\Łódź');
    expect(lists.get(1251)).toContain('C:\\Sites\\Москва');
    expect(lists.get(932)).toContain('C:\\Sites\\東京');
    expect(lists.get(65001)).toMatch(/Müller.*Łódź.*Москва.*東京/);
  });

  it('undeploy gives a site its folder with an umlaut again', async () => {
    server.codePage = 850;
    const deploy = await cli(
      'deploy',
      windowsPath(app),
      '--to',
      'iis',
      '--site',
      'Zürich',
      '--path',
      '/',
      '--force',
      '--no-verify',
    );
    expect(deploy.code, deploy.said).toBe(0);
    expect(await folderOf('Zürich')).toBe(windowsPath(app));
    const undeploy = await cli('undeploy', windowsPath(app), '--to', 'iis');
    expect(undeploy.code, undeploy.said).toBe(0);
    expect(await folderOf('Zürich')).toBe('C:\\Sites\\Müller');
  });

  const toWarszawa = ['--to', 'iis', '--site', 'Warszawa', '--path', '/', '--force', '--no-verify'];

  it('a folder whose letters the code page lacks is read from the configuration, and given back', async () => {
    server.codePage = 437;
    const deploy = await cli('deploy', windowsPath(app), ...toWarszawa);
    expect(deploy.code, deploy.said).toBe(0);
    const undeploy = await cli('undeploy', windowsPath(app), '--to', 'iis');
    expect(undeploy.code, undeploy.said).toBe(0);
    expect(await folderOf('Warszawa')).toBe('C:\\Sites\\Łódź');
  });

  it('and where the configuration is shared it is not replaced: it could not be given back', async () => {
    server.codePage = 437;
    const shared = path.join(path.dirname(server.applicationHostFile), 'redirection.config');
    writeFileSync(shared, '<configuration><configurationRedirection enabled="true" /></configuration>');
    onTestFinished(() => rmSync(shared));
    const before = (await server.appcmd('list', 'vdir')).stdout;
    const deploy = await cli('deploy', windowsPath(app), ...toWarszawa);
    expect(deploy.code, deploy.said).toBe(1);
    expect(deploy.said).toContain('FOLDER_UNREADABLE');
    expect((await server.appcmd('list', 'vdir')).stdout).toBe(before);
  });

  it('a site and its folder are known whose names have letters that the code page lacks', async () => {
    server.codePage = 437;
    const other = path.join(folder, 'Größe Ж');
    cpSync(app, other, { recursive: true });
    await addSite('Москва', windowsPath(other));
    const place = ['--to', 'iis', '--site', 'Москва', '--path', '/'];
    const dry = await cli('deploy', windowsPath(other), ...place, '--dry-run');
    expect(dry.code, dry.said).toBe(0);
    expect(dry.said).not.toContain('/physicalPath:');
  });
});
