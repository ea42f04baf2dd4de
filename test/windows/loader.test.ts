import { mkdirSync, utimesSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { WebSocket } from 'ws';
import { styles, writeStyle } from '../loader/styles.js';
import { launcher, temporaryFolder } from '../support/cli.js';
import { type WindowsRun, windowsNode, windowsPath } from './windows-node.js';

describe('the loader on a named pipe', () => {
  let folder: string;
  let remove: () => Promise<void>;
  let serve: WindowsRun;
  let origin: string;
  const folderOf = (index: number) => path.join(folder, `app${index}`);

  beforeAll(async () => {
    ({ folder, remove } = await temporaryFolder());
    for (const [index, style] of styles.entries()) {
      mkdirSync(folderOf(index));
      writeStyle(style, folderOf(index), `/app${index}`);
    }
    const others = styles
      .slice(1)
      .flatMap((_, index) => ['--app', `/app${index + 1}=${windowsPath(folderOf(index + 1))}`]);
    const first = [windowsPath(folderOf(0)), '--path', '/app0', '--port', '0'];
    serve = windowsNode([windowsPath(launcher), 'serve', ...first, ...others], {
      folder,
      name: 'serve',
      environment: { IISNODE_SOCK_HOME: windowsPath(path.join(folder, 'iis')) },
    });
    const [, url = ''] = await serve.until(/Listening on (http:\S+)/);
    origin = new URL(url).origin;
  });

  afterAll(async () => {
    serve?.child.kill('SIGTERM');
    await serve?.ended();
    await remove();
  });

  it.each(styles.map(({ name, check }, index) => [name, index, check] as const))('%s', async (_, index, check) => {
    await check(`${origin}/app${index}/`);
  });

  it('a changed file closes WebSockets with 1012', async () => {
    const socket = new WebSocket(`${origin.replace('http', 'ws')}/app3/socket.io/?EIO=4&transport=websocket`);
    onTestFinished(() => socket.terminate());
    const code = new Promise((resolve) => socket.on('close', resolve));
    await new Promise((resolve, reject) => socket.on('message', resolve).on('error', reject));
    const time = new Date(2020, 1, 1);
    utimesSync(path.join(folderOf(3), 'web.config'), time, time);
    expect(await code).toBe(1012);
  });
});
