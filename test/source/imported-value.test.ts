import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { readFolder } from '../../src/source/folder.js';
import { readServerSources } from '../../src/source/index.js';
import { appWith } from '../doctor/trial/trial-app.js';

const http = "const server = require('http').createServer();\nconst { Server } = require('socket.io');\n";

/** The path of the socket.io server as the sources say it, with its place. */
function pathOf(files: Readonly<Record<string, string>>): string {
  const root = appWith(files);
  const { scripts } = readServerSources(readFolder(root, false), [{ name: 'server.js' }]);
  const [found] = scripts.flatMap(({ sockets }) => sockets.servers);
  const { path: option, known } = found?.options ?? {};
  if (option === undefined) return known ? 'none' : 'open';
  const { file, line } = option.at;
  const value = option.value.kind === 'literal' ? option.value.value : option.value.kind;
  return `${value} ${path.relative(root, file).replaceAll(path.sep, '/')}:${line}`;
}

describe('the path of a socket.io server in another file', () => {
  it.each([
    [
      'a key of JSON',
      { 'config.json': '{\n  "path": "/live"\n}' },
      "{ path: require('./config.json').path }",
      'config.json:2',
    ],
    [
      'of JSON with a byte order mark',
      { 'config.json': '\uFEFF{ "a": { "b": "/live" } }' },
      "{ path: require('./config').a.b }",
      'config.json:1',
    ],
    [
      'options in JSON',
      { 'config.json': '{\n\n"socket": { "path": "/live" } }' },
      "require('./config.json').socket",
      'config.json:3',
    ],
    [
      'a key of a module',
      { 'config.js': "module.exports = {\n  path: '/live',\n};" },
      "{ path: require('./config').path }",
      'config.js:2',
    ],
    [
      'options of a module',
      { 'config.js': "exports.options = { path: '/live' };" },
      "require('./config').options",
      'config.js:1',
    ],
    [
      'a module that is the options',
      { 'config.js': "module.exports = { path: '/live' };" },
      "require('./config')",
      'config.js:1',
    ],
    [
      'a constant',
      { 'config.js': "const path = '/live';\nmodule.exports = { path };" },
      "{ path: require('./config').path }",
      'config.js:1',
    ],
  ])('%s', (_what, files: Readonly<Record<string, string>>, options, place) => {
    expect(pathOf({ ...files, 'server.js': `${http}new Server(server, ${options});` })).toBe(`/live ${place}`);
  });

  it('names the line of the value', () => {
    const files = { 'config.json': '{\n  "socket": {\n    "path": "/live"\n  }\n}' };
    const server = `${http}const { socket } = require('./config.json');\nnew Server(server, { path: socket.path });`;
    expect(pathOf({ ...files, 'server.js': server })).toBe('/live config.json:3');
  });

  it.each([
    [
      'it comes from the environment',
      "module.exports = { path: process.env.SOCKET_PATH || '/live' };",
      '',
      'environment',
    ],
    [
      'it is set later',
      "module.exports = { path: '/live' };",
      "const c = require('./config');\nc.path = base + c.path;\n",
      'unknown',
    ],
    ['its module sets it later', "const c = { path: '/live' };\nc.path = '/x';\nmodule.exports = c;", '', 'unknown'],
    ['it is computed', "module.exports = { path: read('/live') };", '', 'unknown'],
  ])('is not certain where %s', (_what, config, more, kind) => {
    const server = `${http}${more}new Server(server, { path: require('./config').path });`;
    expect(pathOf({ 'config.js': config, 'server.js': server })).toMatch(new RegExp(`^${kind} server.js:`));
  });

  it('is not certain where a third script sets it', () => {
    const third = "const c = require('./config');\nc.path = '/other';\n";
    const server = `${http}require('./third');\nnew Server(server, { path: require('./config').path });`;
    const files = { 'config.js': "module.exports = { path: '/live' };", 'third.js': third, 'server.js': server };
    expect(pathOf(files)).toMatch(/^unknown server.js:/);
  });
});
