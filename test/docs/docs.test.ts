import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
// @ts-expect-error: a script without types
import { rulesPage } from '../../docs/rules.mjs';
// @ts-expect-error: a script without types
import { seenPage } from '../../docs/seen.mjs';
import { rules } from '../../src/doctor/index.js';
import { families } from '../../src/doctor/seen/known/index.js';

const root = path.join(import.meta.dirname, '..', '..');
const read = (file: string): string => readFileSync(path.join(root, file), 'utf8');
const pages = [
  'CONTRIBUTING.md',
  'SECURITY.md',
  'docs/architecture.md',
  ...readdirSync(path.join(root, 'docs', 'decisions')).map((name) => `docs/decisions/${name}`),
];

describe('the documents', () => {
  it.each(pages)('%s names only existing files', (page) => {
    const named = [...read(page).matchAll(/`((?:src|test|templates|bin|docs)\/[\w./-]+)`/g)].map(
      (match) => match[1] ?? '',
    );
    const links = [...read(page).matchAll(/\]\((?!https?:|#)([^)#]+)/g)].map((match) =>
      path.join(path.dirname(page), match[1] ?? ''),
    );
    expect([...named, ...links].filter((file) => !existsSync(path.join(root, file)))).toEqual([]);
  });

  it('CONTRIBUTING.md names only scripts of package.json', () => {
    const { scripts } = JSON.parse(read('package.json')) as { scripts: Record<string, string> };
    const named = [...read('CONTRIBUTING.md').matchAll(/npm (?:run )?([\w:]+)/g)].map((match) => match[1] ?? '');
    expect(named.filter((name) => !Object.hasOwn(scripts, name) && name !== 'ci')).toEqual([]);
  });

  it('docs/rules.md has the texts of the rules (npm run docs)', () => {
    expect(read('docs/rules.md')).toBe(rulesPage(rules));
  });

  it('docs/doctor-seen.md has a row for each known text (npm run docs)', () => {
    const page = read('docs/doctor-seen.md');
    expect(page).toBe(seenPage(rules));
    const ids = families.flatMap(({ texts }) => texts.map(({ id }) => id));
    expect(ids.filter((id) => !page.includes(`\n| ${id} |`))).toEqual([]);
  });
});
