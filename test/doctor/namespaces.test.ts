import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { diagnose, type Finding } from '../../src/doctor/index.js';
import { copyOf } from './expect-codes.js';

const only = ['NAMESPACE_MISMATCH'];

/** The app at /dante with this code on its server and in its page. */
async function findingsOf(server: string, client: string, vdirPath?: string): Promise<readonly Finding[]> {
  const cwd = copyOf('namespace-open');
  writeFileSync(path.join(cwd, 'index.html'), `<script>\n${client}\n</script>\n`);
  writeFileSync(path.join(cwd, 'other.js'), "module.exports = (io, name) => io.of('/other');\n");
  const made = "const { Server } = require('socket.io');\nconst io = new Server(require('http').createServer());\n";
  writeFileSync(path.join(cwd, 'server.js'), `${made}${server}\n`);
  return (await diagnose('.', { cwd, only, ...(vdirPath !== undefined && { vdirPath }) })).findings;
}

const chat = "io.of('/chat').on('connection', join);";
const dante = "{ path: '/dante/socket.io' }";

describe('a namespace that is not open', () => {
  it.each([
    [chat, "io('/dante/chat');", `io('/chat', ${dante})`],
    [chat, "io.connect('/dante/chat?room=1');", `io('/chat', ${dante})`],
    [chat, "io('http://localhost:3000/dante/chat');", `io('/chat', ${dante})`],
    [chat, "io('https://example.com/dante/chat');", `io('/chat', ${dante})`],
    // biome-ignore lint/suspicious/noTemplateCurlyInString: it is code
    [chat, 'io(`${location.origin}/dante/chat`);', `io('/chat', ${dante})`],
    [chat, "io(window.location.origin + '/dante/chat');", `io('/chat', ${dante})`],
    [chat, "io('/dante');", `io(${dante})`],
    ["io.on('connection', join);", "io('/dante');", `io(${dante})`],
    [
      chat,
      "io('/dante/chat', { path: new URL('socket.io', location.href).pathname });",
      "path: new URL('socket.io', location.href).pathname",
    ],
    [chat, "io('/chat/');", "io('/chat')"],
    [chat, "io('/chats');", "io('/chat')"],
    [chat, "io('/unlike-any-other');", "io.of('/unlike-any-other') on the server"],
    [
      "const app = require('express')(); app.set('io', io); io.of('/chat');",
      "io('/dante/chat');",
      `io('/chat', ${dante})`,
    ],
    ["io.of('chat'); require('./other')(io);", "io('/dante/other');", `io('/other', ${dante})`],
    ['io.of(/^\\/room-\\d+$/);', "io('/dante/room-7');", `io('/room-7', ${dante})`],
    ["const name = '/chat'; io.of(name); Array.of(1, name);", "io('/dante/chat');", `io('/chat', ${dante})`],
  ])('%s %s', async (server, client, fix) => {
    const findings = await findingsOf(server, client);
    expect(findings).toMatchObject([{ rule: 'NAMESPACE_MISMATCH', severity: 'error', line: 2 }]);
    expect(findings[0]?.fix).toContain(fix);
  });

  it('is not confused with the path', async () => {
    const [finding] = await findingsOf(chat, "io('/dante/chat');");
    expect(finding?.message).toBe(
      'The client asks for the namespace /dante/chat, and the server opens /, /chat only: the part after the host in io() is the namespace, not the path, and /dante belongs in the path.',
    );
  });

  it("may have any vdir path before it when the app's vdir path is unknown", async () => {
    const [finding] = await findingsOf(chat, "io('/myapp/chat');", '/');
    expect(finding?.fix).toBe("io('/chat', { path: '/myapp/socket.io' })");
  });
});

describe('where something stands before a namespace that is there', () => {
  it.each([
    [chat, "io('/myapp/chat');", '/', "io('/chat', { path: '/myapp/socket.io' })"],
    [`io.of('/a'); ${chat}`, "io('http://localhost:3000/a/b/chat');", '/', "io('/chat', { path: '/a/b/socket.io' })"],
    ['io.of(/^\\/room-\\d+$/);', "io('/myapp/room-7');", '/', "io('/room-7', { path: '/myapp/socket.io' })"],
    [chat, "io('/myapp/chat');", undefined, `io('/chat', ${dante})`],
    [`${chat} io.of('/news');`, "io('/myapp/chat');", undefined, `io('/chat', ${dante})`],
    [chat, "io('/dante/nested/chat');", undefined, `io('/chat', ${dante})`],
    [`new Server(4000, ${dante}); ${chat}`, "io('/myapp/chat');", undefined, `io('/chat', ${dante})`],
  ])('%s %s gets the correct line, and no other finding', async (server, client, vdirPath, fix) => {
    expect(await findingsOf(server, client, vdirPath)).toMatchObject([{ fix }]);
  });

  it("the message names the app's vdir path", async () => {
    const [finding] = await findingsOf(chat, "io('/myapp/chat');");
    expect(finding?.message).toMatch(/is the namespace, not the path, and the app is at \/dante\.$/);
  });
});

it.each([
  ['io.of(/^\\/room-\\d+$/);', "io('/unlike-any-other');"],
  ['io.of(/^\\/rooms$/);', "io('/room');"],
  [`io.of(/^\\/room-\\d+$/); ${chat}`, "io('/unlike-any-other');"],
])('an expression that names match is nothing to write in io(): %s %s', async (server, client) => {
  const [finding] = await findingsOf(server, client);
  expect(finding?.fix).toMatch(/^io\.of\('[^']+'\) on the server/);
  expect(finding?.fix).not.toMatch(/io\('\/\^|\\d|\$\//);
  expect(finding?.message).toContain(' only');
});

describe('there is no finding for', () => {
  it.each([
    [chat, "io('/chat');"],
    [chat, "io('/');"],
    [chat, 'io();'],
    [chat, "io('http://localhost:3000/chat');"],
    [chat, "io('https://example.com/live');"],
    [chat, "io('https://example.com/live/chat');"],
    [chat, 'io(address);'],
    ["io.of('chat');", "io('/chat?x=1');"],
    ['io.of(/^\\/room-\\d+$/g);', "io('/room-7'); io('/room-8');"],
    ['io.of((name, auth, next) => next(null, true));', "io('/dante/chat');"],
    ['io.of(process.env.NAMESPACE);', "io('/dante/chat');"],
    ['for (const name of names) io.of(name);', "io('/dante/chat');"],
    ["require('./' + name)(io);", "io('/dante/chat');"],
    ["require('./not-there')(io);", "io('/dante/chat');"],
    ["const made = require('some-package')(); made.take(io);", "io('/dante/chat');"],
    ["require('some-package')().include('chat').into({}, io);", "io('/dante/chat');"],
    ["const load = require('module').createRequire(__filename); load('./other');", "io('/dante/chat');"],
    ["module.require('./other')(io);", "io('/dante/chat');"],
    ["require('some-package')(io);", "io('/dante/chat');"],
    ["const { instrument } = require('@socket.io/admin-ui'); instrument(io, {});", "io('/admin');"],
    ["new (require('some-package').Chat)({ io });", "io('/dante/chat');"],
  ])('%s %s', async (server, client) => expect(await findingsOf(server, client)).toEqual([]));
});
