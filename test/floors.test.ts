import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { type Floors, floorFaults, importCircles, importsAmong, namesImportedIn } from './support/imports.js';

const src = path.join(import.meta.dirname, '..', 'src');

/** The house, ground floor first: a file imports from its own room or from floors below. The rooms of a floor are peers. */
const floors: Floors = [
  ['exit-codes.ts', 'nearest-name.ts', 'printable.ts', 'quoting.ts'],
  ['errors.ts', 'debug-log.ts'],
  ['xml', 'files'],
  ['config'],
  ['rewrite'],
  ['pipeline', 'source'],
  ['webconfig'],
  ['app', 'npm', 'appcmd'],
  ['host', 'probe'],
  ['scaffold', 'deploy', 'doctor', 'trace', 'capacity'],
  ['library.ts', 'terminal', 'version.ts'],
  ['commands', 'index.ts'],
  ['cli.ts'],
];
/** The embedded IIS inside, in the same way: what it answers errors with, node processes, a request, who answers it, who listens. */
const floorsOfHost: Floors = [
  ['types.ts', 'private-folder.ts'],
  ['errors'],
  ['iisnode'],
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
const roomOf = (file: string): string => file.split('/')[0] ?? file;
const roomOfHost = (file: string): string => file.split('/')[1] ?? file;
const imports = importsAmong(new Map(files.map((file) => [file, codeOf(file)])));
const importsOfHost = importsAmong(
  new Map(files.filter((file) => roomOf(file) === 'host').map((file) => [file, codeOf(file)])),
);

/** These open what the project itself wrote (its state, its logs) or write; all others read by src/files. */
const mayOpenFiles = [
  'host/background/log-file.ts',
  'host/iisnode/interceptor.cjs', // in the app's own process
];

/** What code takes from node to read files with, or to load them as modules. */
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

describe('the floors', () => {
  it('hold: nothing is imported from above or of a peer', () => {
    expect(floorFaults(imports, floors, roomOf)).toEqual([]);
  });

  it('hold inside the embedded IIS', () => {
    expect(floorFaults(importsOfHost, floorsOfHost, roomOfHost)).toEqual([]);
  });

  it('name no room that is gone', () => {
    const gone = (all: Floors, room: (file: string) => string, among: readonly string[]): string[] =>
      all.flat().filter((name) => !among.some((file) => room(file) === name));
    expect(gone(floors, roomOf, files)).toEqual([]);
    expect(gone(floorsOfHost, roomOfHost, [...importsOfHost.keys()])).toEqual([]);
  });

  it('have no files that import each other in a circle', () => {
    expect(importCircles(imports)).toEqual([]);
  });

  it.each(files.filter((file) => roomOf(file).endsWith('.ts') === false))(
    '%s takes of other rooms what their public faces give',
    (file) => {
      const behind = (imports.get(file) ?? []).filter(
        (target) => roomOf(target) !== roomOf(file) && !/^(?:[^/]+|[^/]+\/(?:[^/]+\/)?index)\.ts$/.test(target),
      );
      expect(behind).toEqual([]);
    },
  );

  it.each(files.filter((file) => !['commands', 'terminal', 'cli.ts'].includes(roomOf(file))))(
    '%s does not print and does not end the process',
    (file) => {
      if (file.endsWith('.cjs')) return;
      expect(codeOf(file)).not.toMatch(/\bconsole\.(log|error|warn|info)\(|\bprocess\.exit\(/);
    },
  );

  it.each(files.filter((file) => pure.includes(roomOf(file))))(
    '%s is pure: no disk, no network, no process',
    (file) => {
      const impure = namesImportedIn(codeOf(file)).filter((name) =>
        /^(node:)?(fs|net|http|https|child_process|os)(\/|$)/.test(name),
      );
      expect(impure).toEqual([]);
      expect(codeOf(file)).not.toMatch(/\bprocess\.\w|\bnew Date\b|\bDate\.now\b|\bMath\.random\b/);
    },
  );

  it.each(files.filter((file) => roomOf(file) !== 'files' && !mayOpenFiles.includes(file)))(
    '%s leaves the reading of files to src/files, which never waits for a named pipe',
    (file) => {
      expect(readersIn(codeOf(file))).toEqual([]);
    },
  );

  it.each(files)('%s makes no folder by mkdir’s `recursive`, which never ends below /proc', (file) => {
    expect(codeOf(file)).not.toMatch(/\bmkdir(Sync)?\([^;]*\brecursive\b/);
  });

  it('knows every way to read a file', () => {
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

  it('know an import from above, of a peer, and a circle, of values or of types', () => {
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
    expect(floorFaults(samples, [['errors.ts'], ['config', 'rewrite']], roomOf)).toEqual([
      'errors.ts imports config/index.ts from above',
      'config/index.ts imports rewrite/index.ts of a peer',
      'rewrite/index.ts imports config/index.ts of a peer',
      'attic/index.ts: attic is on no floor',
    ]);
    expect(importCircles(samples)).toEqual([
      ['errors.ts', 'config/index.ts', 'rewrite/index.ts'],
      ['config/merge.ts', 'config/collection.ts'],
    ]);
    expect(floorFaults(samples, [['errors.ts'], ['rewrite'], ['config'], ['attic']], roomOf)).toEqual([
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
  });
});
