import { describe, expect, it } from 'vitest';
import { portsOf } from '../support/ports-of.js';

const http = "const server = require('node:http').createServer();\n";
const config = "const config = require('config');\n";
const asks = `${http}${config}server.listen(config.get('server.port'));\n`;
const defaults = { 'config/default.json': '{ "server": { "port": 3000 } }' };

describe('a port of the package config is that of config/default.json', () => {
  it.each([
    ['with get()', asks],
    ['as a member', `${http}${config}server.listen(config.server.port);`],
    ['of an object', `${http}${config}server.listen(config.get('server').port);`],
    ['by a name', `${http}${config}const port = config.get('server.port');\nserver.listen(port);`],
    ['with a default', `${http}${config}server.listen(config.get('server.port') || 4000);`],
    [
      'as a module',
      "import config from 'config';\nimport { createServer } from 'node:http';\ncreateServer().listen(config.get('server.port'));",
    ],
  ])('%s', (_what, code) => expect(portsOf({ ...defaults, 'server.js': code })).toEqual(['server.js 3000']));

  it('and of Feathers, which has it in its settings', () => {
    const app =
      "const app = require('express')();\napp.configure(require('@feathersjs/configuration')());\nmodule.exports = app;";
    const files = {
      'config/default.json': '{ "port": 3030 }',
      'server.js': "const app = require('./app');\nconst port = app.get('port');\napp.listen(port);",
    };
    expect(portsOf({ ...files, 'app.js': app })).toEqual(['server.js 3030']);
    expect(portsOf({ ...files, 'app.js': `${app}\napp.set('port', process.env.PORT);` })).toEqual([
      'server.js unknown',
    ]);
    expect(portsOf({ ...files, 'app.js': app.replace('@feathersjs/configuration', './own') })).toEqual([
      'server.js unknown',
    ]);
  });

  it.each([
    ['another file has it', { 'config/production.json': '{ "server": { "port": 80 } }' }],
    ['a file has another format', { 'config/local.yaml': 'server:\n  port: 80\n' }],
    ['the default is not JSON', { 'config/default.js': 'module.exports = { server: { port: process.env.PORT } };' }],
    [
      'package.json names another folder',
      { 'package.json': '{ "scripts": { "start": "NODE_CONFIG_DIR=./settings node ." } }' },
    ],
    ['web.config gives it values', { 'web.config': '<environmentVariable name="NODE_CONFIG" value="{}" />' }],
    ['the default is broken', { 'config/default.json': '{' }],
    ['the default has no such key', { 'config/default.json': '{ "server": 3000 }' }],
  ])('but not where %s', (_what, files) =>
    expect(portsOf({ ...defaults, 'server.js': asks, ...files })).toEqual(['server.js unknown']),
  );

  it('nor of another object with get()', () =>
    expect(
      portsOf({
        ...defaults,
        'server.js': `${http}const config = require('./own');\nserver.listen(config.get('server.port'));`,
      }),
    ).toEqual(['server.js unknown']));

  it.each(['{ "server": { "port": "PORT" } }', '{ "server": { "port": { "__name": "PORT", "__format": "string" } } }'])(
    'and it is that of the environment with %s',
    (variables) =>
      expect(
        portsOf({ ...defaults, 'config/custom-environment-variables.json': variables, 'server.js': asks }),
      ).toEqual(['server.js environment']),
  );

  it('which cannot be a number under iisnode', () => {
    const variables = '{ "server": { "port": { "__name": "PORT", "__format": "number" } } }';
    const files = { ...defaults, 'config/custom-environment-variables.json': variables };
    expect(portsOf({ ...files, 'server.js': asks })).toEqual(['server.js unknown coerced']);
  });
});
