import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { generateWebConfig } from '../../src/webconfig/index.js';
import { temporaryFolder } from '../support/cli.js';
import { cliHere } from '../support/cli-here.js';

const built = `const server = require('node:http').createServer();
const io = new (require('socket.io').Server)(server, { transports: ['websocket'] });
io.on('connection', (socket) => socket.on('said', (text) => io.emit('said', text)));
server.listen(process.env.PORT);`;

it('deploy says of an app that it builds what only shows when it is built', async () => {
  const { folder, remove } = await temporaryFolder();
  onTestFinished(remove);
  const app = path.join(folder, 'app');
  await mkdir(path.join(app, 'src'), { recursive: true });
  await mkdir(path.join(app, 'node_modules', 'typescript'), { recursive: true });
  const build = `require('fs').mkdirSync('dist'); require('fs').writeFileSync('dist/server.js', ${JSON.stringify(built)})`;
  const config = generateWebConfig({
    entry: 'dist/server.js',
    vdirPath: '/',
    processes: 4,
    transports: ['websocket'],
  });
  await Promise.all([
    writeFile(
      path.join(app, 'package.json'),
      '{ "scripts": { "build": "node build.js" }, "dependencies": { "socket.io": "4" } }',
    ),
    writeFile(path.join(app, 'build.js'), build),
    writeFile(path.join(app, 'tsconfig.json'), '{}'),
    writeFile(path.join(app, 'node_modules', 'typescript', 'package.json'), '{}'),
    writeFile(path.join(app, 'src', 'server.ts'), ''),
    writeFile(path.join(app, 'web.config'), config),
  ]);
  const ran = await cliHere(
    ['deploy', app, '--to', path.join(folder, 'deploy.bat'), '--path', '/', '--site', 'web', '--json'],
    {
      cwd: folder,
      environment: { IISNODE_SOCK_HOME: path.join(folder, 'iis') },
    },
  );
  const { warnings } = JSON.parse(ran.stdout) as { warnings: { code: string }[] };
  expect([ran.code, warnings.map(({ code }) => code)]).toEqual([0, ['PROCESSES_WITHOUT_ADAPTER']]);
  expect(ran.stderr.match(/! PROCESSES_WITHOUT_ADAPTER/g)).toHaveLength(1);
});
