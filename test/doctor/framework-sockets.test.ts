import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect, it } from 'vitest';
import { gatherFacts, rules, runRules } from '../../src/doctor/index.js';
import { copyOf } from './expect-codes.js';

/** Does the doctor miss a socket.io server in an app with this entry, whose package.json asks for socket.io? */
const misses = (code: string): boolean => missed(code).length > 0;

function missed(code: string): readonly string[] {
  const folder = copyOf('socket-server-not-there');
  writeFileSync(path.join(folder, 'server.js'), `${code}\n`);
  const only = ['SOCKET_SERVER_NOT_FOUND'];
  return runRules(rules, gatherFacts('.', { cwd: folder }), { only }).diagnoses.map(({ finding }) => finding.message);
}

const listens = 'app.listen(process.env.PORT);';

it.each([
  ['Feathers 4', `const app = require('@feathersjs/express')(); app.configure(require('@feathersjs/socketio')());`],
  ['Feathers 5', `const { koa } = require('@feathersjs/koa'); const socketio = require('@feathersjs/socketio');`],
  ['Feathers with Primus', `app.configure(require('@feathersjs/primus')({ transformer: 'websockets' }));`],
  ['Fastify', `app.register(require('fastify-socket.io'));`],
  ['Koa', `const IO = require('koa-socket-2'); new IO().attach(app);`],
  ['Nest', `const { IoAdapter } = require('@nestjs/platform-socket.io'); app.useWebSocketAdapter(new IoAdapter(app));`],
  ['Express and ws', `require('express-ws')(app);`],
])('the socket.io server that %s makes is one', (_, code) => {
  expect(misses(`${code}\n${listens}`)).toBe(false);
});

it.each([
  ['a page server', `const app = require('express')();`],
  ['a client of sockets', `const app = require('express')(); require('socket.io-client')('https://example.org');`],
  ['Feathers without its sockets', `const app = require('@feathersjs/express')();`],
  ['a module by a computed name', "const app = require('./' + process.env.KIND);"],
])('but not %s', (_, code) => {
  expect(misses(`${code}\n${listens}`)).toBe(true);
});

it('it says what was seen: a module may have a computed name', () => {
  const code =
    "const [http, io] = ['http', 'socket.io'].map((name) => require(name)); new io.Server(http.createServer());";
  expect(missed(code)).toEqual([
    'No socket.io server is seen in server.js and the modules that it loads by literal names, although package.json asks for socket.io.',
  ]);
});
