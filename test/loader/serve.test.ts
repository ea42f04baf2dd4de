import { mkdirSync, utimesSync } from 'node:fs';
import path from 'node:path';
import { io } from 'socket.io-client';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { type Running, startServe, temporaryFolder } from '../support/cli.js';
import { styles, writeStyle } from './styles.js';

describe('apps without code for IIS, behind the embedded IIS', () => {
  let folder: string;
  let remove: () => Promise<void>;
  let serve: Running;
  const folderOf = (index: number) => path.join(folder, `app${index}`);

  beforeAll(async () => {
    ({ folder, remove } = await temporaryFolder());
    for (const [index, style] of styles.entries()) {
      mkdirSync(folderOf(index));
      writeStyle(style, folderOf(index), `/app${index}`);
    }
    const others = styles.slice(1).flatMap((_, index) => ['--app', `/app${index + 1}=${folderOf(index + 1)}`]);
    serve = await startServe([folderOf(0), '--path', '/app0', '--port', '0', ...others], {
      environment: { IISNODE_SOCK_HOME: path.join(folder, 'iis') },
    });
  });

  afterAll(async () => {
    await serve?.stop();
    await remove();
  });

  const origin = () => new URL(serve.match[1] ?? '').origin;

  it.each(styles.map(({ name, check }, index) => [name, index, check] as const))('%s', async (_, index, check) => {
    await check(`${origin()}/app${index}/`);
  });

  it('a recycle takes clients to the new process', async () => {
    const client = io(origin(), { path: '/app0/socket.io', transports: ['websocket'], reconnectionDelay: 10 });
    onTestFinished(() => void client.close());
    const seen: string[] = [];
    client.on('hello', () => seen.push('hello'));
    client.on('disconnect', (reason) => seen.push(reason));
    await expect.poll(() => seen).toEqual(['hello']);
    const time = new Date(2020, 1, 1);
    utimesSync(path.join(folderOf(0), 'server.js'), time, time);
    await expect.poll(() => seen).toEqual(['hello', 'transport close', 'hello']);
  });
});
