import net from 'node:net';
import path from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { startServe } from '../support/cli.js';
import { freePort } from '../support/free-port.js';
import { folderWith, request } from './harness.js';

/** Loaded into the host: says by how many bytes its old space has grown from one collection to the next, in all. */
const preload = `
if (/iisnode-sock\\.js$/.test(process.argv[1])) {
  const { getHeapSpaceStatistics } = require('node:v8');
  const used = () => getHeapSpaceStatistics().find(({ space_name: name }) => name === 'old_space').space_used_size;
  let before = used();
  let promoted = 0;
  new (require('node:perf_hooks').PerformanceObserver)(() => {
    const now = used();
    promoted += Math.max(0, now - before);
    before = now;
  }).observe({ entryTypes: ['gc'] });
  require('node:http').createServer((_, response) => response.end(String(promoted)))
    .listen(Number(process.env.FIGURES_PORT), '127.0.0.1').unref();
}
`;

const sites: readonly (readonly [module: string, config: string])[] = [
  [
    'iisnode',
    `<webSocket enabled="false" />
     <handlers><add name="iisnode" path="server.js" verb="*" modules="iisnode" /></handlers>
     <iisnode loggingEnabled="false" />`,
  ],
  [
    'HttpPlatformHandler',
    `<handlers><add name="platform" path="server.js" verb="*" modules="httpPlatformHandler" /></handlers>
     <httpPlatform processPath="${process.execPath}" arguments="server.js">
       <environmentVariables><environmentVariable name="PORT" value="%HTTP_PLATFORM_PORT%" /></environmentVariables>
     </httpPlatform>`,
  ],
];

/** As many requests, one after the other on each of 16 connections. */
async function ask(port: number, requests: number): Promise<void> {
  let left = requests;
  const asking = (): Promise<void> =>
    new Promise((resolve, reject) => {
      const next = (): void => {
        if (left-- > 0) socket.write('GET /server.js HTTP/1.1\r\nHost: localhost\r\n\r\n');
        else socket.end(resolve);
      };
      const socket = net.connect(port, '127.0.0.1', next).on('error', reject);
      socket.on('data', (bytes) => {
        if (bytes.includes('divin')) next();
      });
    });
  await Promise.all(Array.from({ length: 16 }, asking));
}

it.each(sites)('with %s requests that have ended are not kept until the next full collection', async (_module, xml) => {
  const server = `require('http').createServer((request, response) => response.end('divin')).listen(process.env.PORT);`;
  const webConfig = `<configuration><system.webServer>${xml}</system.webServer></configuration>`;
  const folder = folderWith({ 'server.js': server, 'web.config': webConfig, 'preload.cjs': preload });
  const figuresPort = await freePort();
  const environment = {
    NODE_OPTIONS: `--require ${JSON.stringify(path.join(folder, 'preload.cjs'))}`,
    FIGURES_PORT: String(figuresPort),
  };
  const running = await startServe([folder, '--port', '0', '--path', '/'], { environment });
  onTestFinished(() => void running.stop('SIGKILL'));
  const port = Number(new URL(running.match[1] ?? '').port);
  const promoted = async (): Promise<number> => Number((await request(figuresPort, '/')).body);

  await ask(port, 4_000); // what is compiled stays
  const before = await promoted();
  await ask(port, 8_000);
  // A request takes 19 kB; when its end leaves one reference from an old object, 2 kB and more of each are promoted.
  expect(((await promoted()) - before) / 8_000).toBeLessThan(1_000);
});
