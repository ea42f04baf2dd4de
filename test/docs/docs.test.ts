import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
// @ts-expect-error: a script without types
import { rulesPage } from '../../docs/rules.mjs';
import { rules } from '../../src/doctor/index.js';

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
});
