import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { unusedInIndexFiles } from './support/imports.js';

const root = path.join(import.meta.dirname, '..');
const read = (file: string): string => readFileSync(path.join(root, file), 'utf8');

/** The code of the project by its path; apps that are test data are not part of it. */
const codes = new Map(
  ['src', 'test', 'bin']
    .flatMap((folder) =>
      readdirSync(path.join(root, folder), { recursive: true, encoding: 'utf8' }).map((name) => `${folder}/${name}`),
    )
    .map((file) => file.replaceAll(path.sep, '/'))
    .filter((file) => /\.(ts|js|mjs|cjs)$/.test(file) && !/^test\/(fixtures|adopt\/apps)\//.test(file))
    .map((file) => [file, read(file)] as const),
);

/** The entry points of the package, by their source: `./dist/types/config.d.ts` is src/config/index.ts. */
const { exports } = JSON.parse(read('package.json')) as { exports: Record<string, { types?: string }> };
const entryPoints = Object.values(exports).flatMap(({ types }) =>
  types === undefined ? [] : [`src/${path.basename(types, '.d.ts')}/index.ts`.replace('index/index', 'index')],
);

describe('index files', () => {
  it('export only names that a file outside their folder imports, except the entry points of the package', () => {
    expect(entryPoints).toContain('src/config/index.ts');
    expect(unusedInIndexFiles(codes, (file) => entryPoints.includes(file))).toEqual([]);
  });

  it('are checked for each form of import and export', () => {
    const sample = new Map([
      [
        'src/a/index.ts',
        "export { one, type Two, old as three } from './x.js';\nexport const four = 4;\nexport type * from './y.js';",
      ],
      ['src/a/inside.ts', "import { one } from './index.js';"],
      [
        'src/b/index.ts',
        'export function five() {}\nexport interface Six {}\nexport class Seven {}\nexport { eight, nine };',
      ],
      ['src/c.ts', "import { five as other, type Six } from './b/index.js';\nexport { three } from './a/index.js';"],
      [
        'test/d.ts',
        "const { Seven } = await import('../src/b/index.js');\n(await import('../src/b/index.js')).eight();",
      ],
      ['src/e.ts', "type Two = import('./a/index.js').Two;"],
    ]);
    expect(unusedInIndexFiles(sample, () => false)).toEqual([
      'src/a/index.ts: four',
      'src/a/index.ts: one',
      'src/a/index.ts: *',
      'src/b/index.ts: nine',
    ]);
    expect(unusedInIndexFiles(sample, (file) => file === 'src/a/index.ts')).toEqual(['src/b/index.ts: nine']);
  });
});
