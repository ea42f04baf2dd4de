import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { clientVersions } from '../../src/doctor/facts/socket-versions.js';
import { diagnose, gatherFacts } from '../../src/doctor/index.js';
import { splits } from '../../src/doctor/rules/transports-unknown.js';
import { findSyntaxError } from '../../src/source/syntax-error.js';
import { growth, linear } from '../support/growth.js';

it.each<readonly [what: string, read: (size: number) => unknown]>([
  ['calls that are not closed', (size) => splits('split('.repeat(10 * size), ';')],
  ['empty lines of a module', (size) => findSyntaxError({ file: 'a.mjs', text: '\n'.repeat(20 * size) }, 'module')],
])('%s take a time that grows with their length alone', (_what, read) => {
  expect(growth(read, 150)).toBeLessThan(linear);
});

it('the address of a script with many hyphens is read at once', () => {
  const cwd = mkdtempSync(path.join(os.tmpdir(), 'hostile-sources-'));
  onTestFinished(() => rmSync(cwd, { recursive: true }));
  writeFileSync(path.join(cwd, 'web.config'), '<configuration />');
  writeFileSync(path.join(cwd, 'index.html'), `<script src="socket.io${'-a'.repeat(60)}.mjs"></script>`);
  expect(clientVersions(gatherFacts('.', { cwd }))).toEqual([]);
});

it('an expression of namespaces that would not end is not taken for a mismatch', async () => {
  const cwd = mkdtempSync(path.join(os.tmpdir(), 'hostile-sources-'));
  onTestFinished(() => rmSync(cwd, { recursive: true }));
  const files = {
    'web.config': '<configuration />',
    'server.js':
      "const io = require('socket.io')(require('http').createServer().listen(process.env.PORT));\nio.of(/^\\/(a+)+$/);",
    'index.html': `<script src="/socket.io/socket.io.js"></script><script>io('/${'a'.repeat(40)}!');</script>`,
  };
  for (const [name, text] of Object.entries(files)) writeFileSync(path.join(cwd, name), text);
  const { findings } = await diagnose('.', { cwd, only: ['NAMESPACE_MISMATCH'] });
  expect(findings).toEqual([]);
});
