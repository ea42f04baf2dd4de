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
  'helmet-compression': { options: ['--loader', 'always'] },
  'io-listen': { options: ['--loader', 'always'] },
  'next-custom-server': { settings: { rewritePages: true } },
  'next-start': {
    options: ['--loader', 'always', '--entry', 'node_modules/next/dist/bin/next'],
    settings: { args: ['start'], root: '.', rewritePages: true },
  },
  'rate-limit': { options: ['--loader', 'always'] },
  'ws-express': { options: ['--loader', 'always'] },
};

/** `iisnode-sock init`, twice: the second time there is nothing to do. */
export async function adopt(
  folder: string,
  { path: vdirPath, processes }: { path: string; processes: number },
): Promise<Adopted> {
  const { options = [], settings = {} } = byHand[path.basename(folder)] ?? {};
  const args = ['init', folder, '--path', vdirPath, '--processes', `${processes}`, ...options, '--json'];
  const init = async (): Promise<InitDocument> => {
    const { code, stdout, stderr } = await cli(args);
    expect(code, stderr).toBe(0);
    return JSON.parse(stdout) as InitDocument;
  };
  const { findings } = await init();
  expect(await init()).toMatchObject({ nothingToDo: true });
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
  return { hasLoader, told: [...new Set(findings.map(({ rule }) => rule))] };
}
