import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import type { InitOptions } from '../../src/scaffold/types.js';
import { init } from '../support/init.js';
import { folderWith, talk, textsIn } from './workspace.js';

const app = {
  'package.json': '{ "main": "server.js", "dependencies": { "socket.io": "^4" } }',
  'server.js':
    "const server = require('http').createServer();\nrequire('socket.io')(server);\nserver.listen(process.env.PORT);\n",
};
const configOf = (content: string): string =>
  `<configuration>\n  <!-- ours -->\n  <system.webServer>\n${content}\n  </system.webServer>\n</configuration>\n`;

const httpPlatform = configOf(`    <handlers>
      <add name="node" path="*" verb="*" modules="httpPlatformHandler" resourceType="Unspecified" />
    </handlers>
    <httpPlatform processPath="node.exe" arguments="server.js">
      <environmentVariables>
        <environmentVariable name="PORT" value="%HTTP_PLATFORM_PORT%" />
        <environmentVariable name="NODE_ENV" value="production" />
      </environmentVariables>
    </httpPlatform>`);
const aspNetCore = `<configuration>
  <location path="." inheritInChildApplications="false">
    <system.webServer>
      <handlers><add name="aspNetCore" path="*" verb="*" modules="AspNetCoreModuleV2" resourceType="Unspecified" /></handlers>
      <aspNetCore processPath="node" arguments="server.js" />
    </system.webServer>
  </location>
</configuration>
`;
const proxy = configOf(`    <rewrite><rules>
      <rule name="to node" stopProcessing="true"><match url="(.*)" /><action type="Rewrite" url="http://localhost:3000/{R:1}" /></rule>
    </rules></rewrite>`);
const dead = configOf(`    <handlers><add name="iisnode" path="old/app.js" verb="*" modules="iisnode" /></handlers>
    <rewrite><rules>
      <rule name="app"><match url="/*" /><action type="Rewrite" url="old/app.js" /></rule>
    </rules></rewrite>`);

const hosts = [
  ['HttpPlatformHandler', httpPlatform, 'HttpPlatformHandler (line 5)'],
  ['the ASP.NET Core Module', aspNetCore, 'the ASP.NET Core Module (line 4)'],
  ['a reverse proxy', proxy, 'a reverse proxy (line 5)'],
  ['a handler whose file is not there', dead, 'old/app.js, which does not exist'],
] as const;

const webConfigOf = (directory: string): string => readFileSync(path.join(directory, 'web.config'), 'utf8');

describe.each(hosts)('a web.config with %s', (_, webConfig, what) => {
  const folderOf = (): string => folderWith({ ...app, 'web.config': webConfig });

  it('stops init where the user cannot be asked, and names the flag', async () => {
    const folder = folderOf();
    const before = textsIn(folder);
    for (const dryRun of [true, false]) {
      await expect(init({ directory: folder, dryRun }, talk())).rejects.toMatchObject({
        code: 'HANDLER_IN_USE',
        what: expect.stringContaining(what),
        next: expect.stringContaining('--replace-handler'),
        exit: 'question',
      });
    }
    expect(textsIn(folder)).toEqual(before);
  });

  it('is a question on a terminal, and stays when the answer is no', async () => {
    const folder = folderOf();
    const someone = talk({ '--replace-handler': 'no' });
    await expect(init({ directory: folder }, someone)).rejects.toMatchObject({
      code: 'NOT_CONFIRMED',
      exit: 'refused',
    });
    expect(someone.questions).toMatchObject([
      { flag: '--replace-handler', initial: 'no', message: expect.stringContaining(what) },
    ]);
    expect(webConfigOf(folder)).toBe(webConfig);
  });

  it.each([
    ['the flag', { replaceHandler: true }, undefined],
    ['a yes', {}, { '--replace-handler': 'yes', '--path': '/', '--yes': 'yes' }],
  ] as const)('is replaced by %s, and nothing of it is left', async (_by, options: Partial<InitOptions>, answers) => {
    const folder = folderOf();
    await init({ directory: folder, ...options }, talk(answers));
    const patched = webConfigOf(folder);
    expect(patched).not.toMatch(/httpPlatform|aspNetCore|localhost|old\/app\.js/i);
    expect(patched.match(/modules="/g)).toHaveLength(1);
    expect(patched).toContain('path="iisnode-entry.cjs" verb="*" modules="iisnode"');
    expect(patched.includes('<!-- ours -->')).toBe(webConfig.includes('<!-- ours -->'));
    expect(await init({ directory: folder }, talk())).toMatchObject({ nothingToDo: true });
  });
});

it('variables that the former host gave to the app go to appSettings, the port does not', async () => {
  const folder = folderWith({ ...app, 'web.config': httpPlatform });
  await init({ directory: folder, replaceHandler: true }, talk());
  expect(webConfigOf(folder)).toContain('<add key="NODE_ENV" value="production" />');
  expect(webConfigOf(folder)).not.toContain('PORT%');
});

it('where a reverse proxy goes every URL goes to the app, so that no file is handed out', async () => {
  const folder = folderWith({ ...app, 'web.config': proxy });
  await init({ directory: folder, replaceHandler: true }, talk());
  expect(webConfigOf(folder)).toContain('<rule name="all to node" stopProcessing="true">');
});

it('a rule that sends some URLs to another machine stays, and with it the WebSocket module of IIS', async () => {
  const rule =
    '<rule name="live" stopProcessing="true"><match url="^live/(.*)" /><action type="Rewrite" url="http://live.example.com/{R:1}" /></rule>';
  const folder = folderWith({ ...app, 'web.config': configOf(`    <rewrite><rules>${rule}</rules></rewrite>`) });
  await init({ directory: folder }, talk());
  expect(webConfigOf(folder)).toContain(rule);
  expect(webConfigOf(folder)).not.toContain('<webSocket');
});

it('a handler for what a build is going to make, or for a loader that was deleted, is no dead one', async () => {
  const config = (name: string) =>
    configOf(`    <handlers><add name="iisnode" path="${name}" verb="*" modules="iisnode" /></handlers>`);
  const built = folderWith({
    'package.json': '{ "scripts": { "build": "tsc" } }',
    'tsconfig.json': '{ "compilerOptions": { "outDir": "dist", "rootDir": "src" } }',
    'src/server.ts': "require('http').createServer().listen(process.env.PORT);\n",
    'web.config': config('dist/server.js'),
  });
  expect(await init({ directory: built, dryRun: true }, talk())).toMatchObject({ entry: 'dist/server.js' });
  const lost = folderWith({ ...app, 'web.config': config('iisnode-entry.cjs') });
  expect(await init({ directory: lost }, talk())).toMatchObject({ entry: 'server.js', loader: { used: true } });
});
