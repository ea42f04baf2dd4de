import net from 'node:net';
import { describe, expect, it } from 'vitest';
import { makeCertificate } from '../support/certificate.js';
import { freePort } from '../support/free-port.js';
import { runApp } from './app.js';

/** Asks the URL of its argument, and sends what it gets. */
const child = `const get = (url) => new Promise((done) => {
    require(url.split(':')[0]).get(url, { rejectUnauthorized: false }, (a) => a.setEncoding('utf8').once('data', done)).on('error', (e) => done(e.code));
  });
  const { parentPort, workerData } = require('worker_threads');
  const send = parentPort ? (text) => parentPort.postMessage(text) : (text) => process.send(text);
  get(workerData ?? process.argv[2]).then(send);`;
const start = `const answer = (q, s) => s.end(q.url + ' by ' + process.pid);
  const http = require('http');
  const heard = (one) => one.on('message', (text) => console.log(text));
  const fork = (url) => heard(require('child_process').fork('./child.js', [url]));
  const thread = (url) => heard(new (require('worker_threads').Worker)('./child.js', { workerData: url }));`;

describe('a child process or a thread of the app reaches the app', () => {
  it.each([
    ['by PORT', "server.listen(process.env.PORT, () => fork('http://127.0.0.1:' + process.env.PORT + '/own'))"],
    [
      'by the port that address() has',
      "server.listen(undefined, () => thread('http://127.0.0.1:' + server.address().port + '/own'))",
    ],
    ['by a port of its own, also if it is started before', "fork('http://127.0.0.1:FREE/own'); server.listen(FREE)"],
  ])('%s', async (_, code) => {
    const listens = code.replaceAll('FREE', String(await freePort()));
    const app = await runApp({
      files: { 'server.js': `${start} const server = http.createServer(answer); ${listens};`, 'child.js': child },
    });
    await expect.poll(() => app.stdout()).toBe(`/own by ${app.child.pid}\n`);
    expect(app.stderr()).toBe('');
  });

  it('by TLS, where its server has that', async () => {
    const port = await freePort();
    const { cert, key } = makeCertificate({ name: 'localhost' });
    const app = await runApp({
      files: {
        'server.js': `${start} require('https').createServer(${JSON.stringify({ cert, key })}, (q, s) => {
            if (q.url === '/start') fork('https://127.0.0.1:${port}/own');
            answer(q, s);
          }).listen(${port});`,
        'child.js': child,
      },
    });
    expect((await app.get('/start')).body).toBe(`/start by ${app.child.pid}`);
    await expect.poll(() => app.stdout()).toBe(`/own by ${app.child.pid}\n`);
  });

  it.each(['server.js', 'server.mjs'])('without one the app opens no port: %s', async (entry) => {
    const port = await freePort();
    const load = entry.endsWith('.mjs') ? "import http from 'node:http';" : "const http = require('node:http');";
    const app = await runApp({
      files: { [entry]: `${load} http.createServer((q, s) => s.end('app')).listen(${port});` },
      settings: { entry },
    });
    expect((await app.get('/')).body).toBe('app');
    const refused = await new Promise((resolve) =>
      net.connect(port, '127.0.0.1').on('error', resolve).on('connect', resolve),
    );
    expect(refused).toMatchObject({ code: 'ECONNREFUSED' });
  });

  it('and a line says so if another process has the port', async () => {
    const port = await freePort();
    const files = {
      'server.js': `${start} http.createServer(answer).listen(${port}); fork('http://127.0.0.1:${port}/own');`,
      'child.js': child,
    };
    const first = await runApp({ files });
    await expect.poll(() => first.stdout()).toBe(`/own by ${first.child.pid}\n`);
    const second = await runApp({ files });
    await expect.poll(() => second.stderr()).toContain(`the server on port ${port} has no port of its own: EADDRINUSE`);
    expect((await second.get('/x')).body).toBe(`/x by ${second.child.pid}`);
  });
});
