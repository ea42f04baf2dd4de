import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { diagnose } from '../../src/doctor/index.js';
import { copyOf } from './expect-codes.js';

const only = ['ROUTES_WITHOUT_VDIR_PATH'];
const cjs = "const express = require('express');\nconst { createServer } = require('http');\nconst app = express();\n";
const esm = "import express from 'express';\nimport { createServer } from 'node:http';\nconst app = express();\n";
const served = '\ncreateServer(app).listen(process.env.PORT);\n';
const mount = "app.use(base, express.static('public'));";

/** The app at /dante with this server, and what its own config.js says. */
function appWith(server: string, config: string): string {
  const cwd = copyOf('routes-without-vdir-path');
  writeFileSync(path.join(cwd, 'server.js'), server);
  writeFileSync(path.join(cwd, 'config.js'), config);
  return cwd;
}

describe('an app that may have its routes below the vdir path has no finding', () => {
  const none = '';
  it.each([
    [
      `${cjs}const { PORT = 3000, virtualDirPath = '' } = process.env;\napp.use(virtualDirPath, express.static('public'));`,
      none,
    ],
    [`${cjs}const { virtualDirPath: base = '' } = process.env;\n${mount}`, none],
    [`${esm}const { virtualDirPath: base = '' } = process.env;\n${mount}`, none],
    [`${esm}import { base } from './config.js';\n${mount}`, "export const base = process.env.virtualDirPath || '';"],
    [`${cjs}const { base } = require('./config');\n${mount}`, "exports.base = process.env.virtualDirPath || '';"],
    [
      `${cjs}const { base } = require('./config');\n${mount}`,
      "module.exports = { base: process.env.virtualDirPath || '' };",
    ],
    [
      `${cjs}const config = require('./config');\napp.use(config.base, express.static('public'));`,
      "exports.base = process.env.virtualDirPath || '';",
    ],
    [`${esm}import { base } from 'my-settings';\n${mount}\napp.get('/rooms', list);`, none],
    [`${cjs}let base = '';\nbase = read();\n${mount}`, none],
    [`${cjs}app.use(baseOf(app), express.static('public'));`, none],
    [`${cjs}app.use(require('config').get('base'), express.static('public'));`, none],
    [`${cjs}const { base } = require('./config');\napp.get(base + '/rooms', list);`, none],
    [`${cjs}const { base } = require('./config');\napp.get(base, list);\napp.use(express.static('public'));`, none],
  ])('%s', async (code, config) => {
    const cwd = appWith(code + served, config);
    expect((await diagnose('.', { cwd, only, fix: true })).findings).toEqual([]);
    expect(readFileSync(path.join(cwd, 'server.js'), 'utf8')).toBe(code + served);
  });
});

describe('an app whose routes all start at / has a finding', () => {
  it.each([
    "app.use(express.static('public'));",
    "app.use(express.json(), express.static('public'));",
    "app.use(require('cors')(), express.static('public'));",
    "function guard(request, response, next) { next(); }\napp.use(guard, express.static('public'));",
    "app.use(require('./config').guard);\napp.get('/rooms', list);",
    'app.get(/^\\/rooms/, list);',
    "app.get(['/', '/rooms'], list);",
  ])('%s', async (code) => {
    const cwd = appWith(cjs + code + served, '');
    expect((await diagnose('.', { cwd, only })).findings).toMatchObject([{ rule: 'ROUTES_WITHOUT_VDIR_PATH' }]);
  });
});
