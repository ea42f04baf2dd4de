import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { readFolder } from '../../src/source/folder.js';
import { importedEnvironment } from '../../src/source/imported-environment.js';
import { parseScript } from '../../src/source/script.js';

function namesOf(code: string, files: Readonly<Record<string, string>>): string[] {
  const root = mkdtempSync(path.join(tmpdir(), 'imported-'));
  onTestFinished(() => rmSync(root, { recursive: true, force: true }));
  mkdirSync(path.join(root, 'lib'));
  for (const [file, text] of Object.entries(files)) writeFileSync(path.join(root, file), text);
  return [...importedEnvironment(readFolder(root, false), 'server.js', parseScript({ file: 'server.js', text: code }))];
}

const config = "const vdir = process.env.virtualDirPath || '/'; const fixed = 3; module.exports = { vdir, fixed };";

it.each([
  ["const { vdir, fixed } = require('./lib/config');", ['vdir']],
  ["const { vdir: at } = require('./lib/config.js');", ['at']],
  ["import { vdir } from './lib/config.js';", ['vdir']],
  ["const { vdir } = require('config');", []],
  ["const { vdir } = require('./lib/missing');", []],
  ["const config = require('./lib/config');", []],
])('names that depend on process.env in the module they come from: %s', (code, names) => {
  expect(namesOf(code, { 'lib/config.js': config })).toEqual(names);
});
