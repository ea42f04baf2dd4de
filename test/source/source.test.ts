import { describe, expect, it } from 'vitest';
import { contextOf, type ScriptContext } from '../../src/source/context.js';
import { readEsModuleUse } from '../../src/source/es-module.js';
import { readPageScripts } from '../../src/source/html.js';
import { readListens } from '../../src/source/listens.js';
import { parseScript } from '../../src/source/script.js';
import { readSocketClients } from '../../src/source/socket-client.js';
import { readSocketServers } from '../../src/source/socket-server.js';

function context(code: string): ScriptContext {
  const found = contextOf(parseScript({ file: 'x.js', text: code }));
  if (!found) throw new Error('does not parse');
  return found;
}

const ports = (code: string) =>
  readListens(context(code)).map(({ port, guarded }) => [port.kind === 'literal' ? port.value : port.kind, guarded]);

describe('where servers listen', () => {
  it.each([
    ['app.listen(3000)', [[3000, false]]],
    ["app.listen('3000')", [['3000', false]]],
    ['app.listen({ port: 80, host: "x" })', [[80, false]]],
    ['const p = 80; app.listen(p, done)', [[80, false]]],
    ['app.listen(process.env.PORT || 3000)', [['environment', false]]],
    ['const { PORT = 3000 } = process.env; app.listen(PORT)', [['environment', false]]],
    ['const { PORT } = process["env"]; app.listen(PORT)', [['environment', false]]],
    ['let p = 80; p = config.port; app.listen(p)', [['unknown', false]]],
    ['function f(p) { app.listen(p) } const p = 80;', [['unknown', false]]],
    ['app.listen(config.port)', [['unknown', false]]],
    ['if (require.main === module) app.listen(3000)', [[3000, true]]],
    ["if (process.env.NODE_ENV !== 'test') app.listen(3000)", [[3000, false]]],
    ["if (process.env.NODE_ENV !== 'production') app.listen(3000)", [[3000, true]]],
    [
      'process.env.PORT ? app.listen(process.env.PORT) : app.listen(3000)',
      [
        ['environment', true],
        [3000, true],
      ],
    ],
    ["const io = require('socket.io')(3000)", [[3000, false]]],
    ["const io = require('socket.io').listen(3000)", [[3000, false]]],
    ["const { serve } = require('@hono/node-server'); serve({ fetch: app.fetch, port: 3000 })", [[3000, false]]],
    [
      "const { serve } = require('@hono/node-server'); serve({ ...app, port: process.env.PORT })",
      [['environment', false]],
    ],
    ["const { serve } = require('other'); serve({ port: 3000 })", []],
    ["import { Server } from 'socket.io'; new Server(3000)", [[3000, false]]],
    ["const io = require('socket.io')(server)", []],
    ["import { WebSocketServer } from 'ws'; new WebSocketServer({ port: 8080 })", [[8080, false]]],
    ["const WebSocket = require('ws'); new WebSocket.Server({ port: 8080 })", [[8080, false]]],
    ["const { WebSocketServer } = require('ws'); new WebSocketServer({ server })", []],
    ["app.listen('/tmp/x.sock')", []],
    ["element.listen('click', f)", []],
    ['app.listen()', []],
  ])('%s', (code, expected) => expect(ports(code)).toEqual(expected));

  it('points at the number itself, wherever it stands', () => {
    const [listen] = readListens(context('const a = 1,\n  port = 8080;\nserver.listen(port);'));
    expect(listen?.at).toEqual({ file: 'x.js', line: 2, column: 10, evidence: '  port = 8080;' });
    expect(listen?.literal?.text).toBe('8080');
  });
});

describe('a server that only redirects to https', () => {
  const redirecting = (code: string): readonly boolean[] =>
    readListens(context(code)).map(({ redirectsToHttps }) => redirectsToHttps);
  const http = "const http = require('http');";
  const express = "const web = require('express')();";
  const koa = "const Koa = require('koa'); const web = new Koa();";
  const to = "'https://' + q.hostname";

  it.each([
    `${http} http.createServer((q, s) => s.writeHead(301, { Location: ${to} }).end()).listen(80)`,
    `${http} function send(q, s) { s.writeHead(301, { Location: ${to} }).end(); } http.createServer(send).listen(80)`,
    `${express} web.get('*', (q, s) => s.redirect(${to})); web.set('x', 1); web.listen(80)`,
    `${http} ${express} web.use((q, s) => s.redirect(${to})); http.createServer(web).listen(80)`,
    `${koa} web.use((c) => c.redirect('https://' + c.host)); web.listen(80)`,
    `${http} ${koa} web.use((c) => c.redirect('https://x')); http.createServer(web.callback()).listen(80)`,
  ])('%s', (code) => expect(redirecting(code)).toEqual([true]));

  it.each([
    `${http} http.createServer((q, s) => q.socket.encrypted ? s.end('page') : s.writeHead(301, { Location: ${to} }).end()).listen(80)`,
    `${express} web.get('/old', (q, s) => s.redirect(${to})); web.get('/', (q, s) => s.send('page')); web.listen(80)`,
    `${express} web.use((q, s) => s.redirect(${to})); require('./routes')(web); web.listen(80)`,
    `${koa} web.use((c, next) => c.secure ? next() : c.redirect('https://' + c.host)); web.listen(80)`,
    `${express} web.listen(80)`,
  ])('not %s', (code) => expect(redirecting(code)).toEqual([false]));
});

const paths = (code: string) =>
  readSocketServers(context(code)).servers.map(({ options: { known, path } }) => [
    known,
    path?.value.kind === 'literal' ? path.value.value : path?.value.kind,
  ]);

describe('socket.io servers', () => {
  it.each([
    ["require('socket.io')(server)", [[true, undefined]]],
    ["require('socket.io')(server, { path: '/a/socket.io' })", [[true, '/a/socket.io']]],
    ["const { Server } = require('socket.io'); new Server({ path: '/a' })", [[true, '/a']]],
    ["import { Server as S } from 'socket.io'; const o = { path: `/a/b` }; new S(h, o)", [[true, '/a/b']]],
    ["import * as sio from 'socket.io'; new sio.Server(h, options)", [[false, undefined]]],
    ["const Server = require('socket.io').Server; new Server(h, { ...o })", [[false, undefined]]],
    ["const B = process.env.BASE; require('socket.io')(h, { path: B + '/socket.io' })", [[true, 'environment']]],
    ["require('socket.io')(h, { path: base() })", [[true, 'unknown']]],
    ["new Server(h, { path: '/a' })", []],
    [
      "const { Server } = require('socket.io'); const io = new Server({ cors: c }); io.attach(h, { path: '/ws' })",
      [[true, '/ws']],
    ],
    ["const io = require('socket.io')(); io.listen(3000, { path: '/ws' })", [[true, '/ws']]],
    ["const io = require('socket.io')({ path: '/a' }); io.attach(h, { path: '/ws' })", [[true, '/a']]],
    ["const io = require('socket.io')(); io.attach(h, options)", [[false, undefined]]],
    ["const io = require('socket.io')(); other.attach(h, { path: '/ws' })", [[true, undefined]]],
  ])('%s', (code, expected) => expect(paths(code)).toEqual(expected));

  it.each([
    [
      "const io = require('socket.io').listen(s); io.configure(f); io.set('log level', 1); io.enable('browser client gzip')",
      ['configure', 'log level', 'browser client gzip'],
    ],
    ["const io = require('socket.io')(s); io.set('anything', 1)", []],
    ["require('socket.io'); module.exports = (io) => io.set('transports', ['websocket'])", ['transports']],
    ["const app = require('express')(); app.set('host', 1); app.configure(f)", []],
  ])('the 0.9 API in %s', (code, expected) => {
    expect(readSocketServers(context(code)).oldApi.map(({ method, setting }) => setting ?? method)).toEqual(expected);
  });
});

describe('socket.io clients', () => {
  const clients = (code: string) =>
    readSocketClients(context(code)).map(({ url, options }) => [
      url?.value.kind,
      options.known,
      options.path?.value.kind,
    ]);
  it.each([
    ['io()', [[undefined, true, undefined]]],
    ["io('/chat', { path: '/a' })", [['literal', true, 'literal']]],
    ['io.connect(address, options)', [['unknown', false, undefined]]],
    ["const o = { path: '/a' }; io(o)", [[undefined, true, 'literal']]],
    ['io(socketOptions)', [[undefined, false, undefined]]],
    ['io(window.settings.socket.options)', [[undefined, false, undefined]]],
    ['io(socketOptions())', [[undefined, false, undefined]]],
    ['io(window.config.address)', [['unknown', true, undefined]]],
    ["io(settings.get('url'))", [['unknown', true, undefined]]],
    ['function io() {} io()', []],
    ['function f(io) { io() }', []],
    ['window.io({ path: location.pathname })', [[undefined, true, 'unknown']]],
    ["import { io as connect } from 'socket.io-client'; connect()", [[undefined, true, undefined]]],
    ["import { io } from 'https://cdn.socket.io/4.8.1/socket.io.esm.min.js'; io()", [[undefined, true, undefined]]],
    ["const io = require('x'); io()", []],
    ['other()', []],
  ])('%s', (code, expected) => expect(clients(code)).toEqual(expected));
});

describe('pages', () => {
  it('gives inline scripts and addresses with their place', () => {
    const text =
      '<!-- <script>no()</script> -->\n<SCRIPT type="module">a()</SCRIPT>\n<script src=\'b.js?x\' async></script>\n<script type="text/template">c</script><script>d("<!--")';
    const scripts = readPageScripts({ file: 'p.html', text });
    expect(scripts.map(({ src, code, isModule }) => [src, code, isModule])).toEqual([
      [undefined, 'a()', true],
      ['b.js?x', '', false],
      [undefined, 'd("<!--")', false],
    ]);
    for (const { offset, code, src } of scripts) expect(text.startsWith(src ?? code, offset)).toBe(true);
  });
});

describe('ES modules', () => {
  it('are distinguished from CommonJS, whatever comes first', () => {
    expect(readEsModuleUse(context('#!/usr/bin/env node\nreturn 1')).syntax).toBeUndefined();
    expect(readEsModuleUse(context('a();\nexport default 1')).syntax?.line).toBe(2);
    expect(readEsModuleUse(context('import "x"; async () => { await 1 }')).topLevelAwait).toBeUndefined();
    expect(readEsModuleUse(context('import "x";\nfor await (const a of b);')).topLevelAwait?.line).toBe(2);
  });
});
