import { readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, it } from 'vitest';
import { diagnose } from '../../src/doctor/index.js';
import { codesOf, copyOf } from './expect-codes.js';

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
  ['file-test-of-url', '<add input="{REQUEST_FILENAME}" matchType="IsFile" negate="true" />'],
  ['document-root-of-site', 'input="{APPL_PHYSICAL_PATH}public\\{R:0}"'],
  ['variable-misspelt', 'input="{REQUEST_FILENAME}"'],
  ['variable-with-hyphen', 'input="{HTTP_HOST}"'],
  ['variable-in-two-braces', 'input="{REQUEST_FILENAME}"'],
  ['match-copies-part', '<match url="^old/.*" />'],
  ['case-sensitive-https', '<add input="{HTTPS}" pattern="^OFF$" />'],
  ['server-variable-literal', 'value="{HTTP_UPGRADE}"'],
  ['target-in-two-cases', '<match url=".*" />\n          <action type="Rewrite" url="server.js" />'],
  ['proxy-loses-query', 'url="http://localhost:3000/{R:0}" appendQueryString="true"'],
  ['redirect-double-slash', 'url="https://{HTTP_HOST}{REQUEST_URI}"'],
  ['redirect-double-query', 'redirectType="Permanent" appendQueryString="false"'],
  [
    'redirect-loses-vdir-path',
    'url="https://{HTTP_HOST}{REQUEST_URI}" redirectType="Permanent" appendQueryString="false"',
  ],
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

it('has no finding for rules that are right at the root, where the vdir path is only assumed', () => {
  const found = ['redirect-to-www', 'redirect-behind-proxy', 'azure-template'].map((site) =>
    codesOf(site, undefined, true),
  );
  expect(found.flat().filter((code) => code !== 'VDIR_PATH_NOT_SAID')).toEqual([]);
});
