import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { onTestFinished } from 'vitest';
import { readFolder } from '../../src/source/folder.js';
import { readServerSources } from '../../src/source/server-sources.js';

/** The ports that the scripts of an app listen on: `lib/chat.js 3000`. */
export function portsOf(files: Readonly<Record<string, string>>, entry = 'server.js'): string[] {
  const root = mkdtempSync(path.join(tmpdir(), 'handed-'));
  onTestFinished(() => rmSync(root, { recursive: true, force: true }));
  for (const [file, text] of Object.entries(files)) {
    mkdirSync(path.dirname(path.join(root, file)), { recursive: true });
    writeFileSync(path.join(root, file), text);
  }
  const { scripts } = readServerSources(readFolder(root, false), [{ name: entry }]);
  return scripts.flatMap(({ name, listens }) =>
    listens.map(({ port, isCoerced }) => {
      const told = port.kind === 'literal' ? String(port.value) : port.kind;
      return `${name} ${told}${isCoerced ? ' coerced' : ''}`;
    }),
  );
}
