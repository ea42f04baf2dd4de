import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect } from 'vitest';
import { cli } from '../support/cli.js';

export interface Adopted {
  /** Is there a loader, which web.config starts? */
  readonly hasLoader: boolean;
  /** The rules whose findings init shows. */
  readonly told: readonly string[];
}

interface InitDocument {
  readonly nothingToDo: boolean;
  readonly findings: readonly { readonly rule: string }[];
}

/** What init does not find out by itself: options of a person, and what one writes into the loader's settings. */
const byHand: Readonly<Record<string, { readonly options?: readonly string[]; readonly settings?: object }>> = {
  'next-custom-server': { settings: { rewritePages: true } }, // Next's own pages have root-absolute URLs
  'next-start': { settings: { rewritePages: true } },
};

/** Findings of init that are not so: the loader has `io({ path: '/live' })` of a page connect below the vdir path. */
const untrue: Readonly<Record<string, readonly string[]>> = { 'websocket-only': ['SOCKET_PATH_MISMATCH_CLIENT'] };

/** `iisnode-sock init`, and again: for more processes, or with nothing to do. */
export async function adopt(
  folder: string,
  { path: vdirPath, processes }: { path: string; processes: number },
): Promise<Adopted> {
  const { options = [], settings = {} } = byHand[path.basename(folder)] ?? {};
  const init = async (...more: readonly string[]): Promise<InitDocument> => {
    const { code, stdout, stderr } = await cli(['init', folder, '--path', vdirPath, ...options, ...more, '--json']);
    expect(code, stderr).toBe(0);
    return JSON.parse(stdout) as InitDocument;
  };
  const { findings } = await init();
  const again = await init('--processes', `${processes}`);
  expect(again.nothingToDo).toBe(processes === 1);
  const loader = path.join(folder, 'iisnode-entry.cjs');
  const hasLoader = existsSync(loader);
  if (hasLoader) {
    const lines = Object.entries(settings).map(([name, value]) => `$1${name}: ${JSON.stringify(value)},`);
    const text = readFileSync(loader, 'utf8');
    const patterns = Object.keys(settings).map((name) => new RegExp(`^( *)${name}: .*?,(?= //)`, 'm'));
    writeFileSync(
      loader,
      patterns.reduce((all, pattern, index) => all.replace(pattern, lines[index] ?? ''), text),
    );
  }
  const rules = findings.map(({ rule }) => rule).filter((rule) => !untrue[path.basename(folder)]?.includes(rule));
  return { hasLoader, told: [...new Set(rules)].toSorted() };
}
