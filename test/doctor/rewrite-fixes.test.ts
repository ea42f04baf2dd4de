import { readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, it } from 'vitest';
import { diagnose } from '../../src/doctor/index.js';
import { copyOf } from './expect-codes.js';

/** A site, and what --fix writes into its web.config. */
const fixed: readonly (readonly [string, string])[] = [
  ['pattern-leading-slash', '<match url="^api/" />'],
  ['pattern-vdir-path', '<match url="^api/" />'],
  ['pattern-slash-below-folder', '<match url="api/.*" />'],
  ['wildcard-with-regex', '<rule name="api" stopProcessing="true">'],
  ['slash-star-folder', '<match url="^api(/.*)?$" />'],
  ['slash-star-captured', '<match url=".*" />'],
  ['file-tests-any', '<conditions>'],
  ['target-leading-slash', '<match url=".*" />\n          <action type="Rewrite" url="server.js" />'],
  ['target-vdir-path', '<match url=".*" />\n          <action type="Rewrite" url="server.js" />'],
];

it.each(fixed)('--fix corrects the rule of %s, and leaves no finding', async (site, text) => {
  const cwd = copyOf(site);
  const before = readFileSync(path.join(cwd, 'web.config'), 'utf8');
  const { findings, summary } = await diagnose('.', { cwd, fix: true });
  expect([findings.filter(({ rule }) => rule !== 'VDIR_PATH_NOT_SAID'), summary.fixed]).toEqual([[], 1]);
  const after = readFileSync(path.join(cwd, 'web.config'), 'utf8');
  expect(before).not.toContain(text);
  expect(after).toContain(text);
});
