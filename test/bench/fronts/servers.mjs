// The fronts under measurement, each a process of its own before the same app.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { copyFile, mkdtemp, rm, writeFile } from 'node:fs/promises';
import net from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as after } from 'node:timers/promises';

const here = import.meta.dirname;
const launcher = path.join(here, '..', '..', '..', 'bin', 'iisnode-sock.js');
const collectsOnSignal = path.join(here, '..', 'streamer', 'on-signal-gc.cjs');
const webConfig = `<configuration><system.webServer>
  <webSocket enabled="false" />
  <handlers><add name="iisnode" path="server.js" verb="*" modules="iisnode" /></handlers>
  <iisnode loggingEnabled="false" maxConcurrentRequestsPerProcess="100000" />
</system.webServer></configuration>`;

/** The first of these programs on the machine. */
export const programOf = (variable, name) =>
  [process.env[variable], ...(process.env.PATH ?? '').split(path.delimiter).map((folder) => path.join(folder, name))]
    .concat(`/usr/sbin/${name}`)
    .find((file) => file && existsSync(file));

/** A folder with the app, and what starts its fronts; `end` ends all that were started. */
export async function makeFronts() {
  const folder = await mkdtemp(path.join(tmpdir(), 'iisnode-sock-bench-'));
  await copyFile(path.join(here, 'app.cjs'), path.join(folder, 'server.js'));
  await writeFile(path.join(folder, 'web.config'), webConfig);
  const children = [];
  const env = { ...process.env, BENCH_MEMORY: folder, IISNODE_SOCK_HOME: path.join(folder, 'iis') };
  const start = async (program, args, pattern, more = {}) => {
    const child = spawn(program, args, { cwd: folder, env: { ...env, ...more }, stdio: ['ignore', 'pipe', 'inherit'] });
    children.push(child);
    let text = '';
    while (!pattern.test(text)) text += (await once(child.stdout, 'data'))[0];
    child.stdout.resume();
    const [, port, page] = pattern.exec(text);
    return { pid: child.pid, port: Number(port), page };
  };
  const node = (...args) => start(process.execPath, args, /port (\d+)/);
  const before = (app, ...args) =>
    start(process.execPath, args, /port (\d+)/, { BENCH_APP: `http://127.0.0.1:${app.port}` });
  const serve = (more, pattern) => {
    const flags = process.env.BENCH_NODE_FLAGS?.split(' ') ?? [];
    const args = [...flags, '--require', collectsOnSignal, launcher, 'serve', folder, '--path', '/', '--port', '0'];
    return start(process.execPath, [...args, ...more], pattern);
  };
  return {
    folder,
    alone: () => node('server.js'),
    httpProxy: (app) => before(app, path.join(here, 'http-proxy.cjs')),
    barePipe: (app) => before(app, '--require', collectsOnSignal, path.join(here, 'bare-pipe.cjs')),
    serve: () => serve([], /Listening on http:\/\/[^:]+:(\d+)/),
    /** With its live page; `page` is the address. */
    serveWithPage: () => serve(['--inspect'], /Listening on http:\/\/[^:]+:(\d+)[\s\S]*Inspect at +(\S+)\n/),
    async nginx(app, program) {
      const port = await freePort();
      await writeFile(path.join(folder, 'nginx.conf'), nginxConfiguration(folder, port, app.port));
      const args = ['-p', folder, '-e', 'stderr', '-c', path.join(folder, 'nginx.conf')];
      const child = spawn(program, args, { stdio: ['ignore', 'ignore', 'inherit'] });
      children.push(child);
      while (!(await connects(port))) await after(20);
      return { pid: child.pid, port };
    },
    async end() {
      for (const child of children) {
        if (child.exitCode !== null || child.signalCode !== null) continue;
        const gone = once(child, 'exit');
        child.kill();
        await gone;
      }
      await rm(folder, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}

/** One process without logs, with connections to the app that stay open. */
const nginxConfiguration = (
  folder,
  port,
  app,
) => `daemon off; master_process off; pid ${folder}/pid; error_log stderr error;
events { worker_connections 4096; }
http {
  access_log off; keepalive_requests 1000000;
  ${['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map((kind) => `${kind}_temp_path ${folder}/${kind};`).join(' ')}
  upstream app { server 127.0.0.1:${app}; keepalive 64; keepalive_requests 1000000; }
  server { listen 127.0.0.1:${port}; location / { proxy_pass http://app; proxy_http_version 1.1; proxy_set_header Connection ""; } }
}
`;

async function freePort() {
  const server = net.createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address();
  server.close();
  await once(server, 'close');
  return port;
}

const connects = (port) =>
  new Promise((resolve) => {
    const socket = net.connect(port, '127.0.0.1');
    socket.once('error', () => resolve(false));
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
  });
