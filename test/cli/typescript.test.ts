import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { generateWebConfig } from '../../src/webconfig/index.js';
import { temporaryFolder } from '../support/cli.js';
import { cliHere } from '../support/cli-here.js';

const vue = `<template><p v-if="!socket">it's off</p></template>
<script setup lang="ts">
import { io, type Socket } from 'socket.io-client';
const socket: Socket = io('/', { path: '/elsewhere/socket.io' });
</script>
`;
const page = '<script type="module" src="src/main.tsx"></script>\n';
const main = `import { io } from 'socket.io-client';
const open = <T extends object>(options: T) => io(options as any);
render(<App socket={io({ path: '/nowhere/socket.io' } satisfies object)}>don't</App>);
`;
const server = `const server = require('node:http').createServer();
new (require('socket.io').Server)(server, { path: '/dante/socket.io' });
server.listen(process.env.PORT);
`;

it('the built program reads TypeScript and JSX, and says where in it', async () => {
  const { folder, remove } = await temporaryFolder();
  onTestFinished(remove);
  const write = (name: string, text: string): Promise<void> => writeFile(path.join(folder, name), text);
  await mkdir(path.join(folder, 'src'));
  await write('Chat.vue', vue);
  await write('index.html', page);
  await write('src/main.tsx', main);
  await write('server.js', server);
  await write(
    'web.config',
    generateWebConfig({ entry: 'server.js', vdirPath: '/dante', processes: 1, transports: ['websocket'] }),
  );
  const only = ['--only', 'SOCKET_PATH_MISMATCH_CLIENT'];
  const { stdout } = await cliHere(['doctor', '.', '--json', ...only], { cwd: folder });
  const { findings } = JSON.parse(stdout) as { findings: { file: string; line: number; evidence: string }[] };
  expect(findings.map(({ file, line }) => `${path.basename(file)}:${line}`).sort()).toEqual([
    'Chat.vue:4',
    'main.tsx:3',
  ]);
});
