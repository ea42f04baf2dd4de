import { readFile, writeFile } from 'node:fs/promises';
import net from 'node:net';
import path from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { generateWebConfig } from '../../src/webconfig/index.js';
import { startServe, temporaryFolder } from '../support/cli.js';

const server = `require('node:http').createServer()
  .on('upgrade', (request, socket) => socket.end('HTTP/1.1 101 Switching Protocols\\r\\nConnection: Upgrade\\r\\nUpgrade: websocket\\r\\n\\r\\n'))
  .on('request', (request, response) => response.writeHead(400).end())
  .listen(process.env.PORT);`;

/** The status line a server gives to Firefox's way of asking for an upgrade. */
function firefoxUpgrade(url: URL): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = net.connect(Number(url.port), url.hostname, () =>
      socket.write(
        `GET ${url.pathname}socket.io/?EIO=4&transport=websocket HTTP/1.1\r\nHost: ${url.host}\r\n` +
          'Connection: keep-alive, Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n' +
          'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n',
      ),
    );
    socket.once('error', reject).once('data', (bytes) => {
      socket.destroy();
      resolve(String(bytes).split('\r\n', 1)[0] ?? '');
    });
  });
}

it('Firefox, which sends "Connection: keep-alive, Upgrade", gets its WebSocket by the rule init writes, and none without it', async () => {
  const { folder, remove } = await temporaryFolder();
  onTestFinished(remove);
  await writeFile(path.join(folder, 'server.js'), server);
  const file = path.join(folder, 'web.config');
  await writeFile(
    file,
    generateWebConfig({ entry: 'server.js', vdirPath: '/dante', processes: 1, transports: ['websocket'] }),
  );
  const upgradeOnce = async () => {
    const serving = await startServe([folder, '--path', '/dante', '--port', '0']);
    const status = await firefoxUpgrade(new URL(serving.match[1] ?? ''));
    await serving.stop();
    return status;
  };
  expect(await upgradeOnce()).toBe('HTTP/1.1 101 Switching Protocols');
  await writeFile(file, (await readFile(file, 'utf8')).replace(/<rule name="Firefox upgrade">[\s\S]*?<\/rule>/, ''));
  expect(await upgradeOnce()).toMatch(/^HTTP\/1\.1 400/);
});
