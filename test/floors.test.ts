import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';

const src = path.join(import.meta.dirname, '..', 'src');

/** The house, ground floor first. A file imports from its own floor's public faces or from below. */
const floors = [
  ['errors.ts', 'exit-codes.ts', 'nearest-name.ts', 'debug-log.ts', 'printable.ts', 'quoting.ts'],
  ['xml', 'files'],
  ['config'],
  ['rewrite'],
  ['pipeline', 'source'],
  ['webconfig'],
  ['app', 'npm', 'appcmd'],
  ['host', 'probe'],
  ['scaffold', 'deploy', 'doctor', 'trace', 'capacity'],
  ['index.ts', 'library.ts', 'version.ts', 'commands', 'terminal', 'cli.ts'],
];
const pure = ['xml', 'config', 'rewrite', 'pipeline'];

const files = readdirSync(src, { recursive: true, encoding: 'utf8' })
  .map((file) => file.replaceAll(path.sep, '/'))
  .filter((file) => /\.(ts|cjs)$/.test(file));
const roomOf = (file: string): string => file.split('/')[0] ?? file;
const floorOf = (room: string): number => floors.findIndex((rooms) => rooms.includes(room));
const codeOf = (file: string): string => readFileSync(path.join(src, file), 'utf8');
const importsOf = (code: string): string[] =>
  [...code.matchAll(/(?:from|import)\s*\(?\s*'([^']+)'/g)].map((match) => match[1] ?? '');

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
  it.each(files)('%s stands on a floor and imports nothing from above', (file) => {
    const room = roomOf(file);
    expect(floorOf(room), `${room} is on no floor`).toBeGreaterThanOrEqual(0);
    for (const target of importsOf(codeOf(file)).filter((name) => name.startsWith('.'))) {
      const resolved = path.posix.normalize(path.posix.join(path.posix.dirname(file), target)).replace(/\.js$/, '.ts');
      const other = roomOf(resolved);
      if (other === room) continue;
      expect(floorOf(other), `${file} imports ${target} from above`).toBeLessThanOrEqual(floorOf(room));
      if (!other.endsWith('.ts') && floorOf(room) < floors.length - 1) {
        expect(resolved, `${file} reaches behind the public face of ${other}`).toMatch(
          /^[^/]+\/(?:[^/]+\/)?index\.ts$/,
        );
      }
    }
  });

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
      const impure = importsOf(codeOf(file)).filter((name) =>
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

  it.each(files)('%s is one idea: under 400 lines', (file) => {
    expect(codeOf(file).split('\n').length).toBeLessThanOrEqual(400);
  });
});
