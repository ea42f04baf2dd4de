import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { io, type Socket } from 'socket.io-client';
import { expect, onTestFinished } from 'vitest';
import { type LoaderSettings, loaderFiles, loaderName } from '../../src/scaffold/loader.js';

/** An app that knows nothing of IIS, and what has to be true of it at `url`, which ends with a slash. */
export interface Style {
  readonly name: string;
  readonly files: Readonly<Record<string, string>>;
  readonly settings?: Partial<LoaderSettings>;
  readonly check: (url: string) => Promise<void>;
}

const repository = path.join(import.meta.dirname, '..', '..');
const greets = "io.on('connection', (socket) => socket.emit('hello', 'sockets'));";

export const styles: readonly Style[] = [
  {
    name: 'express: a page, a redirect, a cookie, sockets',
    files: {
      'server.js': `const express = require('express'); const app = express();
        const server = require('http').createServer(app); const io = new (require('socket.io').Server)(server); ${greets}
        app.use(express.static('public'));
        app.get('/old', (q, s) => s.cookie('sid', '1').redirect('/new'));
        app.get('/new', (q, s) => s.send('new ' + q.ip));
        server.listen(3000, '0.0.0.0');`,
      'public/index.html': `<script src="/socket.io/socket.io.js"></script>`,
    },
    settings: { rewritePages: true },
    check: async (url) => {
      const { pathname } = new URL(url);
      expect(await text(url)).toBe(`<script src="${pathname}socket.io/socket.io.js"></script>`);
      expect(await text(`${url}socket.io/socket.io.js`)).toContain(`'${pathname.replace(/\/$/, '')}' + path`);
      const moved = await fetch(`${url}old`, { redirect: 'manual' });
      expect([moved.headers.get('location'), moved.headers.getSetCookie()]).toEqual([
        `${pathname}new`,
        [`sid=1; Path=${pathname.replace(/\/$/, '')}`],
      ]);
      expect(await text(`${url}new`)).toBe('new 127.0.0.1');
      expect(await sockets(url)).toEqual(['sockets', 'sockets']);
    },
  },
  {
    name: 'an ES module with top-level await, fastify',
    files: {
      'package.json': '{ "type": "module" }',
      'server.js': `import Fastify from 'fastify'; import { Server } from 'socket.io';
        const app = Fastify(); await new Promise((resolve) => setTimeout(resolve, 50));
        app.get('/', async (q, s) => s.type('text/html').send('<p>fastify</p>'));
        const io = new Server(app.server); ${greets}
        await app.listen({ port: Number(process.env.PORT), host: '0.0.0.0' });`,
    },
    check: async (url) => {
      expect(await text(url)).toBe('<p>fastify</p>');
      expect(await sockets(url)).toEqual(['sockets', 'sockets']);
    },
  },
  {
    name: 'sockets on a port of their own, beside the app and its cluster',
    files: {
      'server.js': `const cluster = require('node:cluster');
        if (cluster.isPrimary) { cluster.fork(); cluster.fork(); }
        else {
          const io = new (require('socket.io').Server)(8085); ${greets}
          require('http').createServer((q, s) => s.end('page ' + q.url)).listen(process.env.PORT);
        }`,
    },
    check: async (url) => {
      expect(await text(`${url}a?b=c`)).toBe('page /a?b=c');
      expect(await sockets(url)).toEqual(['sockets', 'sockets']);
    },
  },
  {
    name: 'new Server(8080) and nothing else',
    files: { 'src/index.js': `const io = new (require('socket.io').Server)(8080); ${greets}` },
    settings: { entry: 'src/index.js', port: 8080 },
    check: async (url) => expect(await sockets(url)).toEqual(['sockets', 'sockets']),
  },
  {
    name: 'https',
    files: {
      'server.js': `const server = require('https').createServer({}, (q, s) => s.end('secure page'));
        const io = require('socket.io-3')(server); ${greets} server.listen(443);`,
    },
    check: async (url) => {
      expect(await text(url)).toBe('secure page');
      expect(await sockets(url)).toEqual(['sockets', 'sockets']);
    },
  },
];

/** Writes the app with its loader and a web.config into a folder; packages come from this repository. */
export function writeStyle({ files, settings = {} }: Style, folder: string, vdirPath: string): void {
  const rule = `<rule name="app"><match url=".*" /><action type="Rewrite" url="${loaderName}" /></rule>`;
  const config = `<configuration>
  <system.webServer>
    <handlers><clear /><add name="iisnode" path="${loaderName}" verb="*" modules="iisnode" /></handlers>
    <rewrite><rules><clear />${rule}</rules></rewrite>
    <webSocket enabled="false" />
    <iisnode enableXFF="true" devErrorsEnabled="false" />
  </system.webServer>
</configuration>`;
  const all = { ...files, 'web.config': config, ...Object.fromEntries(loaderFiles({ ...settings, vdirPath })) };
  for (const [name, content] of Object.entries(all)) {
    mkdirSync(path.dirname(path.join(folder, name)), { recursive: true });
    writeFileSync(path.join(folder, name), content);
  }
  symlinkSync(path.join(repository, 'node_modules'), path.join(folder, 'node_modules'), 'junction');
}

async function text(url: string): Promise<string> {
  const response = await fetch(url);
  return `${response.ok ? '' : `${response.status} `}${await response.text()}`;
}

/** What the app's socket.io says by WebSocket, and by polling. */
export function sockets(url: string): Promise<unknown[]> {
  const { origin, pathname } = new URL(url);
  const hello = (transport: string): Promise<unknown> => {
    const socket: Socket = io(origin, { path: `${pathname}socket.io`, transports: [transport], forceNew: true });
    onTestFinished(() => void socket.close());
    return new Promise((resolve, reject) => {
      socket.on('hello', resolve);
      socket.on('connect_error', reject);
    });
  };
  return Promise.all(['websocket', 'polling'].map(hello));
}
