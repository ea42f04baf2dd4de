import { existsSync } from 'node:fs';
import path from 'node:path';
import { expect } from 'vitest';
import { cliHere } from '../support/cli-here.js';

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

/** `iisnode-sock init`, and again: for more processes, or with nothing to do. */
export async function adopt(
  folder: string,
  { path: vdirPath, processes }: { path: string; processes: number },
): Promise<Adopted> {
  const init = async (...more: readonly string[]): Promise<InitDocument> => {
    const { code, stdout, stderr } = await cliHere(['init', folder, '--path', vdirPath, ...more, '--json']);
    expect(code, stderr).toBe(0);
    return JSON.parse(stdout) as InitDocument;
  };
  const { findings } = await init();
  const again = await init('--processes', `${processes}`);
  expect(again.nothingToDo).toBe(processes === 1);
  const hasLoader = existsSync(path.join(folder, 'iisnode-entry.cjs'));
  return { hasLoader, told: [...new Set(findings.map(({ rule }) => rule))].toSorted() };
}
