import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { temporaryDirectory } from '../deploy/support.js';

/** A program `ssh` in a folder of its own, and the environment in which it is the only one. */
export interface FakeSsh {
  readonly environment: Readonly<Record<string, string>>;
  /** The home on the "server". */
  readonly home: string;
}

/**
 * A stand-in for ssh: it runs the command on this machine, in sh.
 * @param script what it does instead, in sh; `$line` is the command.
 */
export function fakeSsh(script = 'exec sh -c "$line"'): FakeSsh {
  const folder = path.join(temporaryDirectory(), 'programs');
  const home = path.join(folder, 'home');
  mkdirSync(home, { recursive: true });
  const file = path.join(folder, 'ssh');
  writeFileSync(file, `#!/bin/sh\nfor line; do :; done\necho "$@" >> '${folder}/calls.txt'\n${script}\n`);
  chmodSync(file, 0o755);
  const system = path.dirname(process.execPath);
  return { environment: { PATH: `${folder}:${system}:/usr/bin:/bin`, IISNODE_SOCK_HOME: home }, home };
}
