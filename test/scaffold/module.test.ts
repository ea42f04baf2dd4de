import { existsSync, readFileSync } from 'node:fs';
import http from 'node:http';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import type { InitOptions, InitResult } from '../../src/scaffold/types.js';
import { type Answer, serve } from '../host/harness.js';
import { init } from '../support/init.js';
import { folderWith, talk, textsIn } from './workspace.js';

const manifest = '{ "main": "server.js" }';
/** Answers what the app sees of itself and of a request; listens where `listen` says. */
const serverWith = (listen: string): string => `const http = require('http');
const server = http.createServer((request, response) => {
  if (request.url === '/away') { response.writeHead(302, { Location: '/there' }); return response.end(); }
  response.end(JSON.stringify({ url: request.url, peer: request.socket.remoteAddress, main: require.main === module }));
});
server.on('upgrade', (request, socket) => socket.end('HTTP/1.1 101 Switching Protocols\\r\\nUpgrade: websocket\\r\\nConnection: Upgrade\\r\\nX-Url: ' + request.url + '\\r\\n\\r\\n'));
server.listen(${listen});
`;
const byPort = serverWith('process.env.PORT');

const adopt = (directory: string, options: Partial<InitOptions> = {}): Promise<InitResult> =>
  init({ directory, module: 'httpplatform', ...options }, talk());
const webConfigOf = (directory: string): string => readFileSync(path.join(directory, 'web.config'), 'utf8');

/** The URL that an upgrade had for the app. */
function upgraded(port: number, url: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const headers = { Connection: 'keep-alive, Upgrade', Upgrade: 'websocket' };
    const sent = http.get({ host: '127.0.0.1', port, path: url, agent: false, headers });
    sent.on('upgrade', ({ headers: { 'x-url': seen } }, socket) => {
      socket.destroy();
      resolve(String(seen));
    });
    sent.on('response', ({ statusCode }) => reject(new Error(`answered ${statusCode}`))).on('error', reject);
  });
}

const seenBy = ({ body }: Answer): Record<string, unknown> => JSON.parse(body) as Record<string, unknown>;

describe('init --module httpplatform', () => {
  it('lets an app that reads PORT run as it is, without rules', async () => {
    const directory = folderWith({ 'package.json': manifest, 'server.js': byPort });
    const result = await adopt(directory, { path: '/' });
    expect(result.loader?.used).toBe(false);
    expect(webConfigOf(directory)).not.toMatch(/rewrite|webSocket|iisnode/);
    const { get, port, events } = await serve({ directory, vdirPath: '/' });
    expect(seenBy(await get('/a?b=1'))).toMatchObject({ url: '/a?b=1', main: true });
    expect(await upgraded(port, '/sock')).toBe('/sock');
    expect(events).toEqual([]);
    const again = await adopt(directory);
    expect([again.nothingToDo, again.vdirPath]).toEqual([true, '/']);
  });

  it('adds the loader for a fixed port in a virtual directory, and knows the path again', async () => {
    const directory = folderWith({ 'package.json': manifest, 'server.js': serverWith('3000') });
    const result = await adopt(directory, { path: '/chat' });
    expect(result.loader).toMatchObject({
      used: true,
      reasons: [{ says: 'compares URLs without the vdir path' }, { says: 'listens on a fixed port' }],
    });
    const { get, port } = await serve({ directory, vdirPath: '/chat' });
    const answer = await get('/chat/a?b=1', { headers: { 'X-Forwarded-For': '203.0.113.7' } });
    expect(seenBy(answer)).toMatchObject({ url: '/a?b=1', peer: '127.0.0.1', main: true });
    expect((await get('/chat/away')).headers.location).toBe('/chat/there');
    expect(await upgraded(port, '/chat/sock')).toBe('/sock');
    const again = await adopt(directory);
    expect([again.nothingToDo, again.vdirPath]).toEqual([true, '/chat']);
  });

  it('does not add it for what only iisnode asks of an app', async () => {
    const code = `import http from 'node:http';\nhttp.createServer((q, s) => s.end(q.url)).listen(Number(process.env.PORT || 3000));\n`;
    const files = { 'package.json': '{ "type": "module", "main": "server.js" }', 'server.js': code };
    expect((await adopt(folderWith(files), { path: '/' })).loader).toMatchObject({ used: false, reasons: [] });
    const other = await init({ directory: folderWith(files), path: '/', module: 'iisnode' }, talk());
    expect(other.loader?.used).toBe(true);
  });

  it('moves an app of iisnode over, with its settings, and back', async () => {
    const directory = folderWith({ 'package.json': manifest, 'server.js': byPort });
    await init({ directory, path: '/dante', processes: 2, loader: 'never', transports: ['websocket'] }, talk());
    const before = webConfigOf(directory);
    const there = await adopt(directory, { loader: 'never' });
    expect(there.diff).toContain('-    <webSocket enabled="false" />');
    expect(there.notes.join()).toContain("no counterpart of iisnode's gracefulShutdownTimeout, watchedFiles");
    expect(webConfigOf(directory)).toContain('processesPerApplication="2"');
    expect(webConfigOf(directory)).toContain('name="virtualDirPath" value="/dante"');
    await expect(init({ directory }, talk())).rejects.toMatchObject({
      code: 'HANDLER_IN_USE',
      next: expect.stringContaining('--module httpplatform'),
    });
    const back = await init({ directory, module: 'iisnode', loader: 'never' }, talk());
    expect(back.vdirPath).toBe('/dante');
    const after = webConfigOf(directory);
    expect(after).toContain('nodeProcessCountPerApplication="2"');
    expect(after).not.toMatch(/httpPlatform/i);
    for (const line of before.split('\n').filter((each) => /<(add key|iisnode|webSocket)|all to node/.test(each)))
      expect(after).toContain(line.trim());
  });

  it('refuses what it cannot do, and changes nothing', async () => {
    const directory = folderWith({
      'package.json': manifest,
      'server.js': byPort,
      'public/a.css': '',
      'web.config': `<configuration><system.webServer><rewrite><rules><rule name="p"><match url="(.*)" /><action type="Rewrite" url="http://localhost:3000/{R:1}" /></rule></rules></rewrite></system.webServer></configuration>`,
    });
    const files = textsIn(directory);
    await expect(adopt(directory, { module: 'fastcgi' })).rejects.toMatchObject({ code: 'MODULE_INVALID' });
    await expect(adopt(directory, { static: ['public'] })).rejects.toMatchObject({ code: 'STATIC_NOT_OF_MODULE' });
    await expect(adopt(directory)).rejects.toMatchObject({ code: 'HANDLER_IN_USE' });
    expect(textsIn(directory)).toEqual(files);
  });

  it('is asked on a terminal for a new app, and iisnode is the answer by default', async () => {
    const directory = path.join(folderWith(), 'new');
    const person = talk({
      '--template': 'minimal',
      '--typescript': 'no',
      '--path': '/new',
      '--module': 'httpplatform',
    });
    await init({ directory, install: false }, person);
    expect(person.questions.at(-1)).toMatchObject({ flag: '--module', initial: 'iisnode' });
    expect(webConfigOf(directory)).toContain('<httpPlatform');
    expect(existsSync(path.join(directory, 'iisnode-entry.cjs'))).toBe(false);
  });
});
