import { describe, expect, it } from 'vitest';
import { diagnose } from '../../src/doctor/index.js';
import { init } from '../support/init.js';
import { folderWith, talk } from './workspace.js';

const sockets = `import { Server } from 'socket.io';
export const open = (http) => new Server(http, { path: '/live' });
`;
const server = (name: string): string => `import { createServer } from 'node:http';
import { open } from '${name}';
const http = createServer();
open(http);
http.listen(process.env.PORT);
`;
const socketsOf = "const { Server } = require('socket.io'); exports.open = (http) => new Server(http);";
const serverOf = (name: string): string => `const http = require('node:http').createServer();
require('${name}').open(http);
http.listen(process.env.PORT);
`;
const manifest = (more: object = {}): string =>
  JSON.stringify({ type: 'module', main: 'server.js', dependencies: { 'socket.io': '^4', tsx: '^4' }, ...more });

/** The rules that have found something in the adopted app. */
async function found(files: Record<string, string>): Promise<readonly string[]> {
  const directory = folderWith({ 'node_modules/socket.io/package.json': '{"version":"4.8.1"}', ...files });
  await init({ directory }, talk());
  return (await diagnose('.', { cwd: directory })).findings.map(({ rule }) => rule);
}

const tsx = manifest({ scripts: { start: 'tsx src/main.ts' } });

describe('names that an app gives to its own files', () => {
  it.each([
    ['#lib/sockets', { 'package.json': manifest({ imports: { '#lib/*': './lib/*.js' } }), 'lib/sockets.js': sockets }],
    ['#live', { 'package.json': manifest({ imports: { '#live': { node: './lib/a.js' } } }), 'lib/a.js': sockets }],
  ])('imports of package.json: %s', async (name, files) => {
    expect(await found({ 'server.js': server(name), ...files })).not.toContain('SOCKET_SERVER_NOT_FOUND');
  });

  it.each([
    ['@live/sockets', '{ "compilerOptions": { "baseUrl": ".", "paths": { "@live/*": ["src/live/*"], } } }'],
    ['@/live/sockets.js', '{ /* no baseUrl */ "compilerOptions": { "paths": { "@/*": ["./src/*"] } } }'],
    ['sockets', '{ "compilerOptions": { "baseUrl": "src", "paths": { "sockets": ["live/sockets.ts"] } } }'],
  ])('paths of a tsconfig: %s', async (name, tsconfig) => {
    const files = { 'package.json': tsx, 'tsconfig.run.json': tsconfig, 'src/live/sockets.ts': sockets };
    const rules = await found({ ...files, 'src/main.ts': server(name) });
    expect(rules).not.toContain('SOCKET_SERVER_NOT_FOUND');
    expect(rules).not.toContain('DEPENDENCY_NOT_DECLARED');
  });

  it.each([
    ['.', 'NODE_PATH=. node server.js', 'live/sockets'],
    ['several folders', 'cross-env NODE_PATH=lib:shared node server.js', 'sockets'],
    ['the folder of its package', 'cd . && set NODE_PATH=.\\shared&& node server.js', 'sockets.js'],
  ])('folders of NODE_PATH: %s', async (_, start, name) => {
    const common = { 'live/sockets.js': socketsOf, 'shared/sockets.js': socketsOf };
    const files = { 'package.json': manifest({ type: 'commonjs', scripts: { start } }), 'server.js': serverOf(name) };
    const rules = await found({ ...files, ...common });
    expect(rules).not.toContain('SOCKET_SERVER_NOT_FOUND');
    expect(rules).not.toContain('DEPENDENCY_NOT_DECLARED');
    expect(rules).not.toContain('ENTRY_SYNTAX_ERROR');
  });

  it('a package comes before a file of NODE_PATH', async () => {
    const start = 'NODE_PATH=shared node server.js';
    const files = {
      'package.json': manifest({
        type: 'commonjs',
        scripts: { start },
        dependencies: { sockets: '1', 'socket.io': '4' },
      }),
    };
    const rules = await found({ ...files, 'server.js': serverOf('sockets'), 'shared/sockets.js': socketsOf });
    expect(rules).toContain('SOCKET_SERVER_NOT_FOUND');
  });

  it.each([
    ['no tsconfig has it', '{ "compilerOptions": { "paths": { "@other/*": ["src/*"] } } }'],
    ['the file is missing', '{ "compilerOptions": { "paths": { "@live/*": ["src/gone/*"] } } }'],
    ['it is a type', '{ "compilerOptions": { "paths": { "@live/sockets": ["types/sockets.d.ts"] } } }'],
  ])('a package where %s', async (_, tsconfig) => {
    const files = { 'package.json': tsx, 'tsconfig.json': tsconfig, 'types/sockets.d.ts': '' };
    const rules = await found({ ...files, 'src/main.ts': server('@live/sockets') });
    expect(rules).toEqual(expect.arrayContaining(['SOCKET_SERVER_NOT_FOUND', 'DEPENDENCY_NOT_DECLARED']));
  });
});
