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

/** The pages for users; what they name in code may be a file of an app. */
const userPages = [
  'README.md',
  ...readdirSync(path.join(root, 'docs'))
    .filter((name) => name.endsWith('.md'))
    .map((name) => `docs/${name}`),
];
/** `## As a library` is #as-a-library, as GitHub makes it. */
const anchorsOf = (page: string): string[] =>
  [...read(page).matchAll(/^#+ (.+)$/gm)].map(([, title = '']) =>
    title
      .toLowerCase()
      .replace(/[^\p{L}\p{N}_ -]/gu, '')
      .replaceAll(' ', '-'),
  );

describe('the documents', () => {
  it.each(userPages)('%s links only to what is there', (page) => {
    const links = [...read(page).matchAll(/\]\((?!https?:)([^)#\s]*)(?:#([^)\s]+))?\)/g)].map(
      ([, file = '', anchor]) => ({
        file: file === '' ? page : path.join(path.dirname(page), file).replaceAll(path.sep, '/'),
        anchor,
      }),
    );
    const missing = links.filter(
      ({ file, anchor }) =>
        !existsSync(path.join(root, file)) || (anchor !== undefined && !anchorsOf(file).includes(anchor)),
    );
    expect(missing).toEqual([]);
  });

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
