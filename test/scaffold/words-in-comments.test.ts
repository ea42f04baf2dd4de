import { expect, it } from 'vitest';
import { init } from '../support/init.js';
import { folderWith, talk } from './workspace.js';

const rules = ['SETTING_NOT_READ', 'MAIN_MODULE_CHECK'];

/** What is said of transports, old clients and require.main in an app with this server. */
async function saidOf(comment: string, code = ''): Promise<string[]> {
  const server = `const io = require('socket.io')(require('http').createServer()${code});\n${comment}\n`;
  const directory = folderWith({ 'package.json': '{}', 'server.js': server });
  const options = { directory, path: '/', transports: ['websocket'], allowEio3: true, loader: 'never' };
  const { findings } = await init(options, talk());
  return findings.filter(({ rule }) => rules.includes(rule)).map(({ rule }) => rule);
}

it('code in comments is not what the app does', async () => {
  const [unread, main] = rules;
  expect(await saidOf('')).toEqual([unread, unread]);
  expect(await saidOf('// transports, allowEIO3\n/* if (require.main === module) start(); */')).toEqual([
    unread,
    unread,
  ]);
  const options = ", { transports: ['websocket'], allowEIO3: true }";
  expect(await saidOf('if (require.main === module) start();', options)).toEqual([main]);
});
