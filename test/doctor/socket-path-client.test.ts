import { describe, expect, it } from 'vitest';
import { gatherFacts, rules, runRules } from '../../src/doctor/index.js';
import { folderWith } from '../scaffold/workspace.js';
import { catchAll } from '../support/catch-all.js';

const webConfig = catchAll('<appSettings><add key="virtualDirPath" value="/chat" /></appSettings>');
const listening = `const { Server } = require('socket.io');
const server = require('http').createServer().listen(process.env.PORT);
`;

/** What the rule says of a client that asks for `path`, in an app at /chat. */
function saidOf(code: string, path: string): (string | undefined)[] {
  const directory = folderWith({
    'package.json': '{ "dependencies": { "socket.io": "4" } }',
    'web.config': webConfig,
    'server.js': listening + code,
    'public/index.html': `<script>io({ path: '${path}' })</script>`,
  });
  const facts = gatherFacts('.', { cwd: directory });
  const { diagnoses } = runRules(rules, facts, { only: ['SOCKET_PATH_MISMATCH_CLIENT'] });
  return diagnoses.flatMap(({ finding: { message, fix } }) => [message, fix]);
}

const two = "new Server(server, { path: '/chat/a' }); new Server(server, { path: '/chat/b' });";
const unknown =
  'const attach = ({ path = "/chat/a" } = {}) => new Server(server, { path }); attach(); attach({ path: "/chat/b" });';

/** What the rule tells a client without a path, in a page beside the server. */
function fixIn(page: string, code: string): string | undefined {
  const directory = folderWith({
    'package.json': '{ "dependencies": { "socket.io": "4", "express": "5" } }',
    'web.config': webConfig,
    'server.js': `${listening}new Server(server, { path: '/chat/socket.io' });\n${code}`,
    [page]: '<script>io()</script>',
  });
  const only = ['SOCKET_PATH_MISMATCH_CLIENT'];
  return runRules(rules, gatherFacts('.', { cwd: directory }), { only }).diagnoses[0]?.finding.fix;
}

describe('the path of a client is relative to its page only where the URL of that is known', () => {
  const express = "const app = require('express')();\n";
  it.each([
    ['index.html', ''],
    ['index.html', "require('fs').createReadStream('index.html').pipe(response);"],
    ['chat.html', `${express}app.get('/', (request, response) => response.sendFile(__dirname + '/chat.html'));`],
  ])('%s, %s', (page, code) => expect(fixIn(page, code)).toBe("path: new URL('socket.io', location.href).pathname"));

  it.each([
    ['lot.html', "if (/^\\/lot\\/\\d+$/.test(url)) require('fs').createReadStream('lot.html').pipe(response);"],
    ['lot.html', "const page = require('fs').readFileSync(require('path').join(__dirname, 'lot.html'));"],
    ['lot.html', `${express}app.get('/lots/:id', (request, response) => response.sendFile(__dirname + '/lot.html'));`],
  ])('but not %s, %s', (page, code) => expect(fixIn(page, code)).toBe("path: '/chat/socket.io'"));
});

describe('a client in a virtual directory, where the path of the server is not known for certain', () => {
  it.each([
    ['one of several servers', two],
    ['a server with a path that is handed on', unknown],
    ['no server that is seen', "require('./' + process.env.KIND);"],
  ])('is not compared with %s', (_what, code) => {
    expect(saidOf(code, '/chat/b')).toEqual([]);
    expect(saidOf(code, '/b')).toEqual(['The client requests /b, outside of the vdir path /chat.', "path: '/chat/b'"]);
  });

  it('is compared with the only path', () => {
    const message = 'The client requests /chat/b, the server answers at /chat/a.';
    expect(saidOf("new Server(server, { path: '/chat/a' });", '/chat/b')[0]).toBe(message);
  });
});
