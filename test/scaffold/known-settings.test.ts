import { expect, it } from 'vitest';
import { init } from '../support/init.js';
import { folderWith, talk, textsIn } from './workspace.js';

const server = `const server = require('http').createServer();
new (require('socket.io').Server)(server);
server.listen(process.env.PORT);
`;
const app = { 'package.json': '{ "name": "chat", "main": "server.js" }', 'server.js': server };
const handlers = '<handlers><add name="a" path="server.js" verb="*" modules="iisnode" /></handlers>';
const config = (settings: string, iisnode: string): string =>
  `<configuration>${settings}<system.webServer>${handlers}${iisnode}</system.webServer></configuration>`;

async function adopted(files: Readonly<Record<string, string>>): Promise<string> {
  const directory = folderWith({ ...app, ...files });
  const { kind } = await init({ directory, loader: 'never' }, talk());
  expect(kind).toBe('adopted');
  const text = textsIn(directory)['web.config'] ?? '';
  expect((await init({ directory, loader: 'never' }, talk())).nothingToDo).toBe(true);
  return text;
}

const settings = '<appSettings><add key="virtualDirPath" value="/chat" /></appSettings>';
const one = '<iisnode nodeProcessCountPerApplication="1" />';

it('init prepares an app for the processes of its iisnode.yml, and keeps the number in web.config', async () => {
  const text = await adopted({
    'web.config': config(settings, one),
    'iisnode.yml': 'nodeProcessCountPerApplication: 4\n',
  });
  expect(text).toContain('nodeProcessCountPerApplication="1"');
  expect(text).toContain('nodeProcessStickySessions="true"');
});

it('a section of iisnode that init adds has the number of iisnode.yml', async () => {
  const text = await adopted({
    'web.config': config(settings, ''),
    'iisnode.yml': 'nodeProcessCountPerApplication: 4\n',
  });
  expect(text).toContain('nodeProcessCountPerApplication="4"');
  expect(text).toContain('nodeProcessStickySessions="true"');
});

it('one process needs no sticky sessions', async () => {
  const text = await adopted({ 'web.config': config(settings, one), 'iisnode.yml': 'loggingEnabled: true\n' });
  expect(text).not.toContain('nodeProcessStickySessions');
});

it('a vdir path that is removed again is not that of the app', async () => {
  const removed = settings.replace('</appSettings>', '<remove key="virtualDirPath" /></appSettings>');
  const directory = folderWith({ ...app, 'web.config': config(removed, one) });
  const { vdirPath } = await init({ directory, loader: 'never', dryRun: true }, talk());
  expect(vdirPath).toBe('/');
});

it('settings in another file are named, and nothing is changed', async () => {
  const files = {
    'web.config': config('<appSettings configSource="app.config" />', one),
    'app.config': settings,
  };
  const directory = folderWith({ ...app, ...files });
  await expect(init({ directory, loader: 'never' }, talk())).rejects.toMatchObject({ code: 'WEB_CONFIG_ELSEWHERE' });
  expect(textsIn(directory)).toEqual({ ...app, ...files });
});
