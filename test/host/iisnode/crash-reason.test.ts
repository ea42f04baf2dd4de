import { spawnSync } from 'node:child_process';
import { mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import fc from 'fast-check';
import { describe, expect, it, onTestFinished } from 'vitest';
import { crashReason } from '../../../src/host/iisnode/crash-reason.js';
import { ownInterceptor } from '../../../src/host/iisnode/index.js';

/** What node itself writes to stderr when it runs this script as iisnode runs it. */
function stderrOf(script: string, name = 'server.js'): { readonly stderr: string; readonly file: string } {
  const folder = realpathSync(mkdtempSync(path.join(tmpdir(), 'crash-')));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const file = path.join(folder, name);
  writeFileSync(file, script);
  const { stderr } = spawnSync(process.execPath, [ownInterceptor(), file], { cwd: folder, encoding: 'utf8' });
  return { stderr, file };
}

describe('why a node process ended', () => {
  it.each([
    ['an error, with its place', "\nthrow new Error('no database');", 'Error: no database', 2],
    ['a syntax error, with its place', 'const a = 1;\nconst b = ;\n', "SyntaxError: Unexpected token ';'", 2],
    ['the first line of many', "throw new TypeError('one\\ntwo');", 'TypeError: one', 1],
    [
      'no properties of the error',
      "throw Object.assign(new Error('x'), { code: 'E', more: { a: {} } });",
      'Error: x',
      1,
    ],
    ['the error, not its cause', "throw new Error('outer', { cause: new Error('inner') });", 'Error: outer', 1],
    ['a rejection', "Promise.reject(new RangeError('no redis'));", 'RangeError: no redis', 1],
    ['an error event', "new (require('node:events'))().emit('error', new Error('sent'));", 'Error: sent', 1],
    ['what was thrown when it is no error', "throw 'boom';", 'boom', undefined],
    ['the last line when nothing was thrown', "console.error('one\\ntwo'); process.exit(3);", 'two', undefined],
    ['nothing when it said nothing', 'process.exit(3);', '', undefined],
  ])('is %s', (_what, script, text, line) => {
    const { stderr, file } = stderrOf(script);
    expect(crashReason(stderr)).toMatchObject({ text, place: line === undefined ? undefined : { file, line } });
  });

  it('names a package that is not installed, and no file that is not there', () => {
    const missing = crashReason(stderrOf("require('no-such-package-here');").stderr);
    expect(missing).toMatchObject({
      text: "Error: Cannot find module 'no-such-package-here'",
      missingPackage: 'no-such-package-here',
    });
    const imported = crashReason(stderrOf("import 'no-such-package-here';", 'server.mjs').stderr);
    if (Reflect.get(process.features, 'require_module')) expect(imported.missingPackage).toBe('no-such-package-here');
    expect(crashReason(stderrOf("require('./config.json');").stderr).missingPackage).toBeUndefined();
  });

  it('knows where a module was thrown from', () => {
    const { stderr, file } = stderrOf("\n\nthrow new Error('x');", 'server.mjs');
    if (Reflect.get(process.features, 'require_module')) {
      expect(crashReason(stderr)).toMatchObject({ text: 'Error: x', place: { file, line: 3 } });
    }
  });

  it('is in one line, whatever stderr holds', () => {
    const line = fc.constantFrom('Error: x', 'Error', '    at f (/a.js:1:2)', '}', '', '\r', 'Node.js v20.0.0', '^');
    fc.assert(
      fc.property(fc.array(fc.oneof(line, fc.string())), (lines) => {
        expect(crashReason(lines.join('\n')).text).not.toMatch(/\n/);
      }),
    );
  });
});
