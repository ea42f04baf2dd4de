import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { diagnose, type Finding, gatherFacts, rules, runRules } from '../../src/doctor/index.js';
import { copyOf, fixtures } from './expect-codes.js';

const only = ['POLLING_WITHOUT_STICKY_SESSIONS', 'PROCESSES_WITHOUT_ADAPTER'];

async function findingsOf(
  site: string,
  environment: Readonly<Record<string, string>> = {},
): Promise<readonly Finding[]> {
  return (await diagnose(site, { cwd: fixtures, environment, only })).findings;
}

describe('the number of processes', () => {
  it('points at the attribute that says it, also on a line of its own', async () => {
    expect(await findingsOf('processes-polling-by-default')).toMatchObject([
      { line: 20, evidence: '      nodeProcessCountPerApplication="4"', fixable: true },
    ]);
  });

  it('points into iisnode.yml where that decides', async () => {
    const [finding] = await findingsOf('processes-by-yml');
    expect(finding).toMatchObject({
      file: path.join(fixtures, 'processes-by-yml', 'iisnode.yml'),
      line: 2,
      evidence: 'nodeProcessCountPerApplication: 2',
    });
  });

  it('may come from the environment, which wins over web.config and loses against iisnode.yml', async () => {
    const environment = { IISNODE_nodeProcessCountPerApplication: '3' };
    const [finding] = await findingsOf('everything-right', environment);
    expect(finding?.message).toContain('is 3 (environment variable IISNODE_nodeProcessCountPerApplication)');
    expect(await findingsOf('processes-one-by-yml', environment)).toEqual([]);
  });

  it('0 means one process for each processor', async () => {
    expect((await findingsOf('processes-per-processor'))[0]?.message).toContain('one process for each processor');
  });
});

it('the number of processes may stand in a <location> for the entry point, as iisnode reads it', async () => {
  const cwd = copyOf('processes-polling-by-default');
  const file = path.join(cwd, 'web.config');
  const text = readFileSync(file, 'utf8').replace(/<iisnode[^>]*>/, '');
  const location = (name: string) =>
    `<location path="${name}"><system.webServer><iisnode nodeProcessCountPerApplication="4" /></system.webServer></location>`;
  writeFileSync(file, text.replace('</configuration>', `${location('other.js')}\n</configuration>`));
  expect((await diagnose('.', { cwd, only })).findings).toEqual([]);
  writeFileSync(file, text.replace('</configuration>', `${location('server.js')}\n</configuration>`));
  const { findings } = await diagnose('.', { cwd, only });
  expect(findings.map(({ rule, evidence }) => [rule, evidence])).toEqual([
    ['POLLING_WITHOUT_STICKY_SESSIONS', location('server.js')],
  ]);
  expect(await diagnose('.', { cwd, only, fix: true })).toMatchObject({ findings: [], summary: { fixed: 1 } });
});

describe('transports that cannot be read', () => {
  it.each([
    "const io = new Server(); io.attach(server, { transports: ['websocket'] });",
    'const io = new Server(); io.listen(server, options);',
    'const io = new Server(server, { ...options });',
    'const io = new Server(server, options);',
    'const io = new Server(server, { transports: options.transports });',
  ])('%s is not said to poll', async (code) => {
    const cwd = copyOf('processes-polling-by-default');
    writeFileSync(
      path.join(cwd, 'server.js'),
      `const { Server } = require('socket.io');\nconst server = require('http').createServer();\n${code}\nserver.listen(process.env.PORT);\n`,
    );
    expect((await diagnose('.', { cwd, only })).findings).toEqual([]);
  });
});

describe('transports that are named elsewhere in the file', () => {
  it.each([
    ["const only = ['websocket'];\nnew Server(server, { transports: only });", []],
    [
      "const both = ['polling', 'websocket'];\nnew Server(server, { transports: both });",
      ['POLLING_WITHOUT_STICKY_SESSIONS'],
    ],
  ])('%j: %j', async (code, expected) => {
    const cwd = copyOf('processes-polling-by-default');
    writeFileSync(
      path.join(cwd, 'server.js'),
      `const { Server } = require('socket.io');\nconst server = require('http').createServer();\n${code}\nserver.listen(process.env.PORT);\n`,
    );
    expect((await diagnose('.', { cwd, only })).findings.map(({ rule }) => rule)).toEqual(expected);
  });
});

describe('the fix', () => {
  it('is not offered where iisnode.yml would overrule it', async () => {
    const cwd = copyOf('processes-polling-by-default');
    writeFileSync(path.join(cwd, 'iisnode.yml'), 'nodeProcessStickySessions: false\n');
    const { findings } = await diagnose('.', { cwd, only });
    expect(findings.map(({ fixable }) => fixable)).toEqual([undefined]);
    rmSync(path.join(cwd, 'iisnode.yml'));
    const after = await diagnose('.', { cwd, only, fix: true });
    expect(after).toMatchObject({ findings: [], summary: { fixed: 1 } });
  });

  it('says which iisnode knows the attribute', async () => {
    const [finding] = await findingsOf('processes-polling-by-default');
    expect(finding?.fix).toContain("Azure's iisnode 0.2.24 or later");
    // What iisnode itself answers when its section holds what its schema does not know (cnodeapplicationmanager.cpp).
    expect(finding?.help).toContain('500.1000');
  });
});

describe('what a server sends', () => {
  const broadcasts = (code: string): string[] => {
    const cwd = copyOf('processes-broadcast');
    writeFileSync(
      path.join(cwd, 'server.js'),
      `const io = require('socket.io')(require('http').createServer());\n${code}`,
    );
    const facts = gatherFacts('.', { cwd });
    return facts.server.scripts.flatMap(({ reach }) => reach.broadcasts.map(({ text }) => text));
  };

  it.each([
    "io.emit('x')",
    "io.sockets.emit('x')",
    "io.volatile.emit('x')",
    "io.of('/x').to('r').except('s').emit('x')",
    'io.in("r").fetchSockets()',
    "io.on('connection', (user) => user.broadcast.emit('x'))",
    "io.on('connection', (user) => user.to('r').timeout(5).emit('x'))",
    "const nsp = io.of('/x'); nsp.emit('x')",
    "function later(io) { io.to('r').emit('x'); }",
    "class Chat { tell() { this.io.emit('x'); } }",
    'io?.emit("x")',
    "io.on('connection', joined); function joined(user) { user.broadcast.emit('x'); }",
    "const joined = (user) => user.to('r').emit('x'); io.on('connection', joined);",
    "app.get('io').emit('x')",
    "function later(req) { const io = req.app.get('io'); io.to('r').emit('x'); }",
    "const chat = io.of('/chat').on('connection', join); chat.emit('x')",
    "io.on('connection', (user) => io.to(user.id).to('r').emit('x'))",
    "io.on('connection', (user) => io.to(other.id).emit('x'))",
  ])('%s is for clients of other processes, too', (code) => expect(broadcasts(code)).toHaveLength(1));

  it.each([
    "io.local.emit('x')",
    "io.local.to('r').emit('x')",
    "io.on('connection', (user) => io.to(user.id).emit('x'))",
    "app.get('title').send('x')",
    "const client = require('mail')(); client.to('a').send('b')",
    "const { Mail } = require('mail'); const client = new Mail(); client.to('a').send('b')",
    "cache.get('io', later).emit('x')",
    "io.on('connection', (user) => user.emit('x'))",
    "io.sockets.sockets.get('a').emit('x')",
    "io.engine.emit('x')",
    "const client = require('socket.io-client')('http://x'); client.emit('x')",
    "require('socket.io-client').io('http://x').emit('x')",
    "new (require('events'))().emit('x')",
    "process.emit('x')",
  ])('%s is not', (code) => expect(broadcasts(code)).toEqual([]));
});

it('a rule that finds several broadcasts names the first and counts the others', () => {
  const facts = gatherFacts('processes-broadcast-in-module', { cwd: fixtures });
  const { diagnoses } = runRules(rules, facts, { only });
  expect(diagnoses.map(({ finding }) => finding.message)).toEqual([expect.stringContaining('(and 1 more)')]);
});
