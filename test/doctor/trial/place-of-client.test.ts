import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { appWith, ofTrial, tryApp, webConfig } from './trial-app.js';

const manifest = '{ "dependencies": { "socket.io": "^4" } }';
const server = `const fs = require('fs');
const settings = JSON.parse(fs.readFileSync(__dirname + '/settings.json', 'utf8'));
const server = require('http').createServer((request, response) => {
  const name = request.url.endsWith('.js') ? 'client.js' : 'index.html';
  response.setHeader('content-type', name === 'client.js' ? 'text/javascript' : 'text/html');
  response.end(fs.readFileSync(__dirname + '/' + name));
});
new (require('socket.io').Server)(server, settings);
server.listen(process.env.PORT);
`;
const files = { 'package.json': manifest, 'server.js': server, 'settings.json': '{ "path": "/app/realtime" }' };
const tag = '<script src="realtime/socket.io.js"></script>';
const client = "const options = {\n  path: '/app/live',\n};\nio(options);\n";

describe('a handshake that fails', () => {
  it.each([
    ['the page', { 'index.html': `${tag}\n<script>\n${client}</script>\n` }, 'index.html', 6],
    ['a script', { 'index.html': `${tag}<script src="client.js"></script>`, 'client.js': client }, 'client.js', 4],
  ])('has its place in %s that asks for it', async (_what, more, name, line) => {
    const folder = appWith({ ...files, ...more });
    const report = await tryApp(folder);
    const found = ofTrial(report).find(({ rule }) => rule === 'HANDSHAKE_FAILED');
    expect(found).toMatchObject({ file: path.join(folder, name), line });
  });

  it('has its WebSocket, which has no place, below it', async () => {
    const config = webConfig().replace(/<appSettings>[\s\S]*<\/appSettings>/, '');
    const page = `${tag}\n<script>\n${client.replace('/app/', '/')}</script>\n`;
    const more = { 'settings.json': '{ "path": "/realtime" }', 'index.html': page, 'web.config': config };
    const report = await tryApp(appWith({ ...files, ...more }), { vdirPath: '/' });
    expect(report.findings.map(({ rule, line }) => [rule, line])).toEqual([['HANDSHAKE_FAILED', 6]]);
  });

  it('has none where two pages may be meant', async () => {
    const page = `${tag}\n<script>\n${client}</script>\n`;
    const report = await tryApp(appWith({ ...files, 'index.html': page, 'other.html': page }));
    const found = ofTrial(report).find(({ rule }) => rule === 'HANDSHAKE_FAILED');
    expect(found).toBeDefined();
    expect(found).not.toHaveProperty('line');
  });
});
