import { mkdir, rename, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { temporaryFolder } from '../support/cli.js';
import { cliHere, serveHere } from '../support/cli-here.js';

let folder: string;
let remove: () => Promise<void>;
beforeAll(async () => {
  ({ folder, remove } = await temporaryFolder());
});
afterAll(() => remove());

const server = `const http = require('http');
const app = http.createServer((request, response) => response.end('answered'));
app.listen(process.env.PORT);
`;
/** One that answers at / only: in a virtual directory it is dead. */
const express = `const app = require('express')();
app.get('/', (request, response) => response.send('home'));
app.listen(process.env.PORT);
`;

async function app(name: string, settings = '', code = server): Promise<string> {
  const directory = path.join(folder, name);
  await mkdir(directory);
  await writeFile(
    path.join(directory, 'web.config'),
    `<configuration>${settings}<system.webServer>
  <handlers><add name="n" path="server.js" verb="*" modules="iisnode" /></handlers>
  <rewrite><rules><rule name="r"><match url=".*" /><action type="Rewrite" url="server.js" /></rule></rules></rewrite>
  <webSocket enabled="false" />
</system.webServer></configuration>`,
  );
  await writeFile(path.join(directory, 'server.js'), code);
  return directory;
}

const named = '<appSettings><add key="virtualDirPath" value="/named" /></appSettings>';
const environment = () => ({ IISNODE_SOCK_HOME: path.join(folder, 'home') });
const run = (...args: string[]) => cliHere(args, { cwd: folder, environment: environment() });

describe('every command says in one line what it assumes of an app and by what', () => {
  const byName = /^path \/old3: the folder's name; change it with --path/m;
  const bySetting = /^path \/named: web\.config's virtualDirPath/m;

  it('doctor and deploy the same, and nothing of what the command line says', async () => {
    await app('old3');
    await app('other', named);
    for (const command of [['doctor'], ['deploy', '--to', 'embedded', '--dry-run']]) {
      expect((await run(...command, 'old3')).stderr, command[0]).toMatch(byName);
      expect((await run(...command, 'other')).stderr, command[0]).toMatch(bySetting);
      expect((await run(...command, 'old3', '--path', '/')).stderr, command[0]).not.toContain('path /');
    }
  });

  it('doctor in its document; with --format json stderr stays empty', async () => {
    await app('document');
    const { stdout, stderr } = await run('doctor', 'document', '--format', 'json');
    expect(stderr).toBe('');
    expect(JSON.parse(stdout).assumed).toEqual([
      { what: 'path', value: '/document', by: "the folder's name", option: '--path' },
      { what: 'entry', value: 'server.js', by: "web.config's handler" },
    ]);
  });

  it('deploy, the doctor and serve the entry point; the doctor also the one that web.config does not name', async () => {
    await app('started');
    expect((await run('doctor', 'started')).stderr).toMatch(
      /^path \/started: [^.]+\. entry server\.js: web\.config's handler$/m,
    );
    const { stderr } = await run('deploy', 'started', '--to', 'embedded', '--dry-run', '--site', 'Default Web Site');
    expect(stderr).toMatch(/^path \/started: [^.]+\. entry server\.js: web\.config's handler$/m);
    const directory = await app('guessed');
    await writeFile(path.join(directory, 'web.config'), '<configuration />');
    expect((await run('doctor', 'guessed')).stderr).toMatch(/^path \/guessed: [^.]+\. entry server\.js: its name$/m);
  });

  it('deploy the root of a site that it creates for the app', async () => {
    await app('own', '', express);
    const site = ['--new-site', 'own', '--binding', 'http://127.0.0.1:8099'];
    const { code, stderr } = await run('deploy', 'own', '--to', 'embedded', '--dry-run', ...site);
    expect(code, stderr).toBe(0);
    expect(stderr).toMatch(/^path \/: the app's own site\. entry server\.js: web\.config's handler$/m);
    expect(stderr).not.toContain('VDIR_PATH_NOT_SAID');
  });

  it('serve', async () => {
    await app('served');
    const running = await serveHere(['served', '--port', '0'], { cwd: folder });
    await running.stop();
    expect(running.output()).toMatch(
      /^path \/served: the folder's name; change it with --path\. entry server\.js: web\.config's handler$/m,
    );
    expect(running.match[1]).toMatch(/\/served\/$/);
  });

  it('trace', async () => {
    await app('traced');
    const { stderr } = await run('trace', '/', '--dir', 'traced');
    expect(stderr).toBe("path /traced: the folder's name; change it with --path\n");
  });

  it('undeploy, of what was deployed', async () => {
    await app('deployed');
    const deployed = await run('deploy', 'deployed', '--to', 'embedded', '--port', '0', '--no-verify');
    expect(deployed.code, deployed.stderr).toBe(0);
    const { code, stderr } = await run('undeploy', 'deployed');
    expect({ code, stderr }).toEqual({
      code: 0,
      stderr: expect.stringMatching(
        /^path \/deployed: the app deployed from this folder; change it with --path\. site "Default Web Site": the site it was deployed to; change it with --site$/m,
      ),
    });
  });
});

it('doctor notes of an app that deploy puts it where it does not answer; deploy and serve warn of it', async () => {
  await app('dead', '', express);
  const judged = await run('doctor', 'dead', '--format', 'json', '--only', 'VDIR_PATH_NOT_SAID');
  expect(JSON.parse(judged.stdout).findings).toMatchObject([
    { severity: 'info', message: expect.stringContaining('/dead'), fix: expect.stringContaining('--path / ') },
  ]);
  const deployed = await run('deploy', 'dead', '--to', 'embedded', '--dry-run');
  expect(deployed.stderr).toContain('! VDIR_PATH_NOT_SAID');
  const running = await serveHere(['dead', '--port', '0'], { cwd: folder });
  await fetch(running.match[1] ?? '').then((answer) => answer.arrayBuffer());
  await running.stop();
  expect(running.output()).toContain('warning VDIR_PATH_NOT_SAID');
  expect((await run('doctor', 'dead', '--path', '/', '--only', 'VDIR_PATH_NOT_SAID')).stdout).toContain(
    'Nothing wrong',
  );
});

describe('an app whose files are Web.config and Server.js, as Windows takes them', () => {
  it('is judged, traced, served and deployed as with the usual names', async () => {
    const directory = await app('cases', named);
    await rename(path.join(directory, 'web.config'), path.join(directory, 'Web.config'));
    await rename(path.join(directory, 'server.js'), path.join(directory, 'Server.js'));
    const judged = await run('doctor', 'cases');
    expect(judged).toMatchObject({ code: 0, stdout: expect.stringContaining('Nothing wrong') });
    expect((await run('trace', '/named/x', '--dir', 'cases')).stdout).toContain('Server.js');
    const dry = await run('deploy', 'cases', '--to', 'embedded', '--dry-run');
    expect(dry.code, dry.stderr).toBe(0);
    const running = await serveHere(['cases', '--port', '0'], { cwd: folder });
    const answer = await fetch(running.match[1] ?? '');
    expect([answer.status, await answer.text()]).toEqual([200, 'answered']);
    await running.stop();
    expect(running.output()).not.toContain('WEB_CONFIG_NOT_FOUND');
  });
});
