import { describe, expect, it } from 'vitest';
import { readModuleUses } from '../../src/source/modules.js';
import { parseForBundler } from '../../src/source/script.js';

describe('when a module is loaded', () => {
  it.each([
    ["require('x');", 'start'],
    ["import x from 'x'; x();", 'start'],
    ["import('x');", 'start'],
    ["await import('x');", 'start'],
    ["const x = await import('x');", 'start'],
    ["import('x').then((x) => x.start());", 'start'],
    ["import('x').then((x) => x.start()).finally(done);", 'start'],
    ["import('x').catch(report);", 'later'],
    ["import('x').then(start, report);", 'later'],
    ["import('x').then(start).catch(report);", 'later'],
    ["const pending = import('x');", 'later'],
    ["if (a) import('x');", 'later'],
    ["async function f() { await import('x'); }", 'later'],
    ["function f() { require('x'); }", 'later'],
    ["try { require('x'); } catch {}", 'guarded'],
    ["try { await import('x'); } catch {}", 'guarded'],
  ] as const)('%s', (text, when) => {
    const uses = readModuleUses(parseForBundler({ file: 'server.mjs', text }));
    expect(uses.map(({ specifier, when: at }) => [specifier, at])).toEqual([['x', when]]);
  });
});
