import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { generateWebConfig } from '../../src/webconfig/index.js';
import { temporaryFolder } from '../support/cli.js';
import { cliHere } from '../support/cli-here.js';

const server = (adapter: string): string => `const server = require('node:http').createServer();
const io = new (require('socket.io').Server)(server, { transports: ['websocket'] });
${adapter}
io.on('connection', (socket) => socket.on('said', (text) => io.emit('said', text)));
server.listen(process.env.PORT);`;

it('doctor and deploy know a farm by --machines, and what it needs', async () => {
  const { folder, remove } = await temporaryFolder();
  onTestFinished(remove);
  await writeFile(path.join(folder, 'server.js'), server(''));
  await writeFile(
    path.join(folder, 'web.config'),
    generateWebConfig({ entry: 'server.js', vdirPath: '/', processes: 1, transports: ['websocket'] }),
  );
  const environment = { IISNODE_SOCK_HOME: path.join(folder, 'iis') };
  const said = async (...args: string[]): Promise<string[]> => {
    const { stdout } = await cliHere([...args, '--json'], { cwd: folder, environment });
    const { findings, warnings } = JSON.parse(stdout) as {
      findings?: { rule: string }[];
      warnings?: { code: string }[];
    };
    return [...(findings ?? []).map(({ rule }) => rule), ...(warnings ?? []).map(({ code }) => code)];
  };
  const doctor = ['doctor', '.', '--only', 'PROCESSES_WITHOUT_ADAPTER'];
  const deploy = ['deploy', '.', '--to', 'embedded', '--dry-run', '--path', '/'];
  for (const command of [doctor, deploy]) {
    expect(await said(...command)).toEqual([]);
    expect(await said(...command, '--machines', '2')).toEqual(['PROCESSES_WITHOUT_ADAPTER']);
  }
  await writeFile(path.join(folder, 'server.js'), server('io.adapter(createAdapter(redis));'));
  for (const command of [doctor, deploy]) expect(await said(...command, '--machines', '2')).toEqual([]);
  expect((await cliHere(['doctor', '--machines', '0'], { cwd: folder })).code).toBe(2);
});
