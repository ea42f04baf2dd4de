import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import net from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { vi } from 'vitest';
import { freePort } from './free-port.js';

export interface Nginx {
  /** With a slash at its end. */
  readonly url: string;
  close(): Promise<void>;
}

/**
 * A real nginx (NGINX_PROGRAM, which test/provision.mjs provides), on loopback.
 * @param app the URL of an app, or the ports of several servers that take turns, without stickiness.
 * @param settings of its location.
 */
export async function startNginx(app: string | readonly number[], settings = passesUpgrades): Promise<Nginx> {
  const folder = mkdtempSync(path.join(tmpdir(), 'nginx-'));
  const port = await freePort();
  const kinds = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'];
  const servers = typeof app === 'string' ? [] : app.map((one) => `server 127.0.0.1:${one};`);
  const configuration = `daemon off; master_process off; pid ${folder}/pid; error_log stderr notice;
events {}
http {
  access_log off;
  ${kinds.map((kind) => `${kind}_temp_path ${folder}/${kind};`).join(' ')}
  ${servers.length > 0 ? `upstream farm { ${servers.join(' ')} }` : ''}
  server { listen 127.0.0.1:${port}; location / { proxy_pass ${typeof app === 'string' ? app : 'http://farm'}; ${settings} } }
}
`;
  writeFileSync(path.join(folder, 'nginx.conf'), configuration);
  const child = spawn(process.env.NGINX_PROGRAM ?? 'nginx', ['-p', folder, '-c', 'nginx.conf'], {
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let written = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    written += text;
  });
  const ended = once(child, 'exit');
  const listens = (): Promise<boolean> => {
    if (child.exitCode !== null) throw new Error(`nginx ended: ${written}`);
    return connects(port);
  };
  await vi.waitUntil(listens, { timeout: 30_000 });
  return {
    url: `http://127.0.0.1:${port}/`,
    async close() {
      child.kill('SIGKILL');
      await ended;
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

export const passesUpgrades =
  'proxy_http_version 1.1; proxy_set_header Upgrade $http_upgrade; proxy_set_header Connection "upgrade";';

const connects = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = net.connect(port, '127.0.0.1');
    socket.once('connect', () => resolve(true)).once('error', () => resolve(false));
    socket.once('connect', () => socket.destroy());
  });
