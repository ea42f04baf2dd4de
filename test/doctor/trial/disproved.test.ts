import { describe, expect, it } from 'vitest';
import { type DoctorReport, diagnose } from '../../../src/doctor/index.js';
import { freePort } from '../../support/free-port.js';
import { appWith, tryApp, webConfig } from './trial-app.js';

const found = ({ findings }: DoctorReport) => findings.map(({ rule, severity, why }) => ({ rule, severity, why }));

/** A hook of another script puts the pipe in the place of the port, which no reading of server.js tells. */
const hook = `const net = require('net');
const { listen } = net.Server.prototype;
net.Server.prototype.listen = function (...given) {
  return listen.call(this, process.env.PORT, ...given.filter((each) => typeof each === 'function'));
};\n`;
const server = (port: number): string =>
  `require('./hook');\nrequire('http').createServer((request, response) => response.end('<p>here')).listen(${port});\n`;

describe('an error of the files that the trial disproves', () => {
  it('is a note that says so', async () => {
    const folder = appWith({ 'server.js': server(8080), 'hook.js': hook });
    const report = await tryApp(folder);
    expect(found(report)).toEqual([
      {
        rule: 'FIXED_PORT',
        severity: 'info',
        why: 'The trial run shows otherwise: the app listened on the pipe in process.env.PORT (hook.js:4). On a server with other settings it may happen.',
      },
    ]);
    expect(report.findings[0]).not.toHaveProperty('fix');
    expect(report.findings[0]).not.toHaveProperty('fixable');
    expect(report.summary).toMatchObject({ errors: 0, infos: 1 });
    const fixed = await tryApp(folder, { fix: true });
    expect(fixed.summary).toMatchObject({ fixed: 0, infos: 1 });
    const read = await diagnose(folder, { cwd: folder, environment: {} });
    expect(found(read)).toMatchObject([{ rule: 'FIXED_PORT', severity: 'error' }]);
  });

  it('stays an error where the trial shows its effect', async () => {
    const report = await tryApp(appWith({ 'server.js': server(await freePort()), 'hook.js': '' }), { runLimit: 8_000 });
    expect(found(report)).toMatchObject([{ rule: 'FIXED_PORT', severity: 'error' }]);
  });

  it('stays an error where another of several entry points may be meant', async () => {
    const both = webConfig().replace(
      '<handlers>',
      '<handlers><add name="other" path="other.js" verb="*" modules="iisnode" />',
    );
    const other = `require('http').createServer((request, response) => response.end('<p>here')).listen(process.env.PORT);\n`;
    const report = await tryApp(
      appWith({ 'server.js': server(8080), 'hook.js': hook, 'other.js': other, 'web.config': both }),
    );
    expect(found(report)).toMatchObject([{ rule: 'FIXED_PORT', severity: 'error' }]);
  });

  const sockets = (path: string): string =>
    `const http = require('http');\nconst fs = require('fs');\nconst { Server } = require('socket.io');\nconst base = process.env.virtualDirPath;\nconst server = http.createServer((request, response) => {\n  if (request.url !== base + '/') return response.writeHead(404).end();\n  response.setHeader('content-type', 'text/html');\n  response.end(fs.readFileSync(__dirname + '/page.html', 'utf8').replaceAll('PATH', ${path}));\n});\nnew Server(server, { path: base + '/socket.io' });\nserver.listen(process.env.PORT);\n`;
  const manifest = { 'package.json': '{ "dependencies": { "socket.io": "^4" } }' };
  const page = `<script src="socket.io/socket.io.js"></script>\n<script>\nio({ path: 'PATH/socket.io' });\n</script>\n`;

  it('is a note where the client of the page as it is sent connects', async () => {
    const report = await tryApp(appWith({ ...manifest, 'server.js': sockets('base'), 'page.html': page }));
    expect(report.trial).toMatchObject({ outcome: 'works' });
    expect(found(report)).toEqual([
      {
        rule: 'SOCKET_PATH_MISMATCH_CLIENT',
        severity: 'info',
        why: 'The trial run shows otherwise: the client (line 3 of the page) connected. On a server with other settings it may happen.',
      },
    ]);
  });

  it('stays an error where that client does not connect', async () => {
    const report = await tryApp(appWith({ ...manifest, 'server.js': sockets("'/other'"), 'page.html': page }));
    expect(found(report)).toMatchObject([{ rule: 'SOCKET_PATH_MISMATCH_CLIENT', severity: 'error' }]);
  });

  it('stays an error where another page may be meant', async () => {
    const files = {
      ...manifest,
      'server.js': sockets('base'),
      'page.html': page,
      'other.html': page.replace('PATH', '/live'),
    };
    const report = await tryApp(appWith(files));
    expect(found(report)).toMatchObject([
      { rule: 'SOCKET_PATH_MISMATCH_CLIENT', severity: 'error' },
      { rule: 'SOCKET_PATH_MISMATCH_CLIENT', severity: 'error' },
    ]);
  });
});
