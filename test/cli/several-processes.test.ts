import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { generateWebConfig } from '../../src/webconfig/index.js';
import { root, startServe, temporaryFolder } from '../support/cli.js';
import { cliHere } from '../support/cli-here.js';

const server = `const server = require('node:http').createServer((request, response) => {
  response.setHeader('Content-Type', 'text/html').end('<!doctype html><title>app</title>');
});
new (require('socket.io').Server)(server).on('connection', (socket) => socket.emit('hello'));
server.listen(process.env.PORT);`;

it('doctor finds the same fault of an app with two processes in its files and in the running app; --fix fixes both', async () => {
  const { folder, remove } = await temporaryFolder();
  onTestFinished(remove);
  const config = generateWebConfig({
    entry: 'server.js',
    vdirPath: '/',
    processes: 2,
    transports: ['websocket', 'polling'],
  });
  await writeFile(path.join(folder, 'package.json'), '{ "main": "server.js", "dependencies": { "socket.io": "4" } }');
  await writeFile(path.join(folder, 'server.js'), server);
  await writeFile(path.join(folder, 'web.config'), config.replace(/\s+nodeProcessStickySessions="true"/, ''));
  const environment = { NODE_PATH: path.join(root, 'node_modules') };
  const only = ['--only', 'POLLING_WITHOUT_STICKY_SESSIONS,LIVE_SESSION_LOST', '--json'];
  const rulesFor = async (what: string, ...more: string[]): Promise<string[]> => {
    // With a state folder of its own: it would take the files of the serve that it finds by the port.
    const environment = { IISNODE_SOCK_HOME: path.join(folder, 'home') };
    const { stdout } = await cliHere(['doctor', what, ...only, ...more], { cwd: folder, environment });
    const report = JSON.parse(stdout) as { findings: { rule: string }[] };
    return report.findings.map(({ rule }) => rule);
  };
  const live = async (): Promise<string[]> => {
    const serving = await startServe([folder, '--path', '/', '--port', '0'], { environment });
    try {
      return await rulesFor(serving.match[1] ?? '');
    } finally {
      await serving.stop();
    }
  };
  expect(await rulesFor('.')).toEqual(['POLLING_WITHOUT_STICKY_SESSIONS']);
  expect(await live()).toEqual(['LIVE_SESSION_LOST']);
  expect(await rulesFor('.', '--fix')).toEqual([]);
  expect(await live()).toEqual([]);
});
