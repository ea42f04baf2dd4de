import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { type Floors, floorFaults, importCircles, importsAmong, namesImportedIn } from './support/imports.js';

const src = path.join(import.meta.dirname, '..', 'src');

/** The floors, from the lowest: a file imports from its own folder or from lower floors. The folders of a floor are peers. */
const floors: Floors = [
  [
    'amounts.ts',
    'exit-codes.ts',
    'most.ts',
    'nearest-name.ts',
    'lines-of-output.ts',
    'printable.ts',
    'quoting.ts',
    'remembered.ts',
    'stack-frame.ts',
    'system32.ts',
    'trimmed.ts',
    'version.ts',
  ],
  ['errors.ts', 'debug-log.ts', 'typed-command.ts'],
  ['xml', 'files', 'known-options.ts'],
  ['config'],
  ['rewrite'],
  ['pipeline', 'source'],
  ['webconfig'],
  ['app', 'npm', 'appcmd', 'pack'],
  ['host', 'probe', 'server', 'ssh'],
  ['scaffold', 'deploy', 'doctor', 'trace', 'capacity', 'inspect'],
  ['library', 'terminal'],
  ['library.ts'],
  ['commands', 'index.ts'],
  ['cli.ts'],
];
/** The folders of the embedded IIS, in the same order: error responses, node processes, a request, its handlers, the listeners. */
const floorsOfHost: Floors = [
  ['types.ts', 'private-folder.ts'],
  ['errors'],
  ['backend'],
  ['iisnode', 'httpplatform'],
  ['request'],
  ['modules'],
  ['listener'],
  ['start-host.ts', 'survive-faults.ts', 'serve-site.ts'],
  ['background'],
  ['facts', 'daemon.ts'],
  ['index.ts'],
];
const pure = ['xml', 'config', 'rewrite', 'pipeline'];

const files = readdirSync(src, { recursive: true, encoding: 'utf8' })
  .map((file) => file.replaceAll(path.sep, '/'))
  .filter((file) => /\.(ts|cjs)$/.test(file));
const codeOf = (file: string): string => readFileSync(path.join(src, file), 'utf8');
const folderOf = (file: string): string => file.split('/')[0] ?? file;
const hostFolderOf = (file: string): string => file.split('/')[1] ?? file;
const imports = importsAmong(new Map(files.map((file) => [file, codeOf(file)])));
const importsOfHost = importsAmong(
  new Map(files.filter((file) => folderOf(file) === 'host').map((file) => [file, codeOf(file)])),
);

/** These open files of the project itself (its state, its logs) or write; all others read with src/files. */
const mayOpenFiles = [
  'host/background/log-file.ts',
  'host/iisnode/interceptor.cjs', // runs in the app's process
  'doctor/trial/observer.cjs', // and so does this
  'ssh/bootstrap.cjs', // runs on a server
  'commands/update/ask-registry.cjs', // a program of its own
];

/** Functions of node that read files or load them as modules. */
function readersIn(code: string): string[] {
  const reader = /\b(?:readFile|createReadStream|open|openAsBlob|openSync|readFileSync|createRequire)\b/g;
  const fs = "'((?:node:)?fs(?:/promises)?)'";
  const lists = [...code.matchAll(/import\s*{([^}]*)}\s*from\s*'(?:node:)?(?:fs|fs\/promises|module)'/g)];
  const named = lists.flatMap(([, names = '']) => [...names.matchAll(reader)].map(String));
  const whole = [
    new RegExp(`import\\s+(?:\\*\\s*as\\s+)?\\w+\\s+from\\s*${fs}`, 'g'),
    new RegExp(`(?:require|import)\\(\\s*${fs}`, 'g'),
  ];
  const all = whole.flatMap((pattern) => [...code.matchAll(pattern)].map(([, module]) => `all of ${module}`));
  return [...named, ...all];
}

/** Lines of the longest function of formatted code: from where it begins to the brace of the same indentation. */
function longestFunction(code: string): number {
  const lines = code.split('\n');
  const lengths = lines.map((line, at) => {
    const [, indentation] = /^( *)(?:export )?(?:(?:async )?function\b|const \w+.*=> \{$)/.exec(line) ?? [];
    const rest = lines.slice(at + 1);
    return indentation === undefined
      ? 0
      : rest.findIndex((each) => each.startsWith(`${indentation}}`) && !each.endsWith('{')) + 2;
  });
  return Math.max(...lengths);
}

describe('the floors', () => {
  it('hold: nothing is imported from above or of a peer', () => {
    expect(floorFaults(imports, floors, folderOf)).toEqual([]);
  });

  it('hold inside the embedded IIS', () => {
    expect(floorFaults(importsOfHost, floorsOfHost, hostFolderOf)).toEqual([]);
  });

  it('name no folder that does not exist', () => {
    const gone = (all: Floors, folder: (file: string) => string, among: readonly string[]): string[] =>
      all.flat().filter((name) => !among.some((file) => folder(file) === name));
    expect(gone(floors, folderOf, files)).toEqual([]);
    expect(gone(floorsOfHost, hostFolderOf, [...importsOfHost.keys()])).toEqual([]);
  });

  it('have no files that import each other in a circle', () => {
    expect(importCircles(imports)).toEqual([]);
  });

  it.each(files.filter((file) => folderOf(file).endsWith('.ts') === false))(
    '%s imports only the index files of other folders',
    (file) => {
      const behind = (imports.get(file) ?? []).filter(
        (target) => folderOf(target) !== folderOf(file) && !/^(?:[^/]+|[^/]+\/(?:[^/]+\/)?index)\.ts$/.test(target),
      );
      expect(behind).toEqual([]);
    },
  );

  it.each(files.filter((file) => !['commands', 'terminal', 'cli.ts'].includes(folderOf(file))))(
    '%s does not print and does not end the process',
    (file) => {
      if (file.endsWith('.cjs')) return;
      expect(codeOf(file)).not.toMatch(/\bconsole\.(log|error|warn|info)\(|\bprocess\.exit\(/);
    },
  );

  it.each(files.filter((file) => pure.includes(folderOf(file))))(
    '%s is pure: no disk, no network, no process',
    (file) => {
      const impure = namesImportedIn(codeOf(file)).filter((name) =>
        /^(node:)?(fs|net|http|https|child_process|os)(\/|$)/.test(name),
      );
      expect(impure).toEqual([]);
      expect(codeOf(file)).not.toMatch(/\bprocess\.\w|\bnew Date\b|\bDate\.now\b|\bMath\.random\b/);
    },
  );

  it.each(files.filter((file) => folderOf(file) !== 'files' && !mayOpenFiles.includes(file)))(
    '%s reads files with src/files, which never waits for a named pipe',
    (file) => {
      expect(readersIn(codeOf(file))).toEqual([]);
    },
  );

  it.each(files)('%s makes no folder with mkdir’s `recursive`, which never ends below /proc', (file) => {
    expect(codeOf(file)).not.toMatch(/\bmkdir(Sync)?\([^;]*\brecursive\b/);
  });

  it('detects every way to read a file', () => {
    expect(readersIn("import { existsSync, readFileSync, type Stats } from 'node:fs';")).toEqual(['readFileSync']);
    expect(readersIn("import {\n  open as other,\n  stat,\n} from 'node:fs/promises';")).toEqual(['open']);
    expect(readersIn("import * as fs from 'fs';")).toEqual(['all of fs']);
    expect(readersIn("import fs from 'node:fs/promises';")).toEqual(['all of node:fs/promises']);
    expect(readersIn("const { readFile } = require('node:fs');")).toEqual(['all of node:fs']);
    expect(readersIn("const { readFile } = await import('node:fs');")).toEqual(['all of node:fs']);
    expect(readersIn("import { createRequire } from 'node:module';")).toEqual(['createRequire']);
    expect(readersIn("import { mkdir, watch } from 'node:fs/promises';\nimport { readFile } from './x.js';")).toEqual(
      [],
    );
  });

  it('detect an import from above, of a peer, and a circle, of values or of types', () => {
    const samples = importsAmong(
      new Map([
        ['errors.ts', "import type { Model } from './config/index.js';"],
        ['config/index.ts', "export { merge } from './merge.js';\nconst rule: import('../rewrite/index.js').Rule = x;"],
        ['config/merge.ts', "import fs from 'node:fs';\nimport { merge } from './collection.js';"],
        ['config/collection.ts', "import type {\n  Merged,\n} from './merge.js';"],
        ['rewrite/index.ts', "import '../config/index.js';\nawait import('../errors.js');"],
        ['attic/index.ts', "import './gone.js';"],
      ]),
    );
    expect(floorFaults(samples, [['errors.ts'], ['config', 'rewrite']], folderOf)).toEqual([
      'errors.ts imports config/index.ts from above',
      'config/index.ts imports rewrite/index.ts of a peer',
      'rewrite/index.ts imports config/index.ts of a peer',
      'attic/index.ts: attic is on no floor',
    ]);
    expect(importCircles(samples)).toEqual([
      ['errors.ts', 'config/index.ts', 'rewrite/index.ts'],
      ['config/merge.ts', 'config/collection.ts'],
    ]);
    expect(floorFaults(samples, [['errors.ts'], ['rewrite'], ['config'], ['attic']], folderOf)).toEqual([
      'errors.ts imports config/index.ts from above',
      'rewrite/index.ts imports config/index.ts from above',
    ]);
    expect(importCircles(importsAmong(new Map([['one.ts', "import { two } from './one.js';"]])))).toEqual([['one.ts']]);
    expect(
      importCircles(
        importsAmong(
          new Map([
            ['one.ts', "import './two.js';"],
            ['two.ts', ''],
          ]),
        ),
      ),
    ).toEqual([]);
  });

  it.each(files)('%s is one idea: under 400 lines', (file) => {
    expect(codeOf(file).split('\n').length).toBeLessThanOrEqual(400);
    expect(longestFunction(codeOf(file))).toBeLessThanOrEqual(60);
  });

  it('are checked for long functions', () => {
    const long = `${'    call();\n'.repeat(80)}  }\n`;
    for (const start of ['  async function long(', '  const long = async () => {'])
      expect(longestFunction(`${start}\n${long}`)).toBe(82);
  });
});
