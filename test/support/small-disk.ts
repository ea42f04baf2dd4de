import { spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync, rmSync, statfsSync, writeFileSync } from 'node:fs';
import path from 'node:path';

/** A real file system of a few megabytes (tmpfs, which only root can mount). */
export interface SmallDisk {
  readonly folder: string;
  /** Fills it until so many bytes are left. */
  leave(bytes: number): void;
  remove(): void;
}

/** @param folder made for it. */
export function smallDisk(folder: string, megabytes: number): SmallDisk {
  mkdirSync(folder, { recursive: true });
  run('mount', '-t', 'tmpfs', '-o', `size=${megabytes}m`, 'none', folder);
  const filler = path.join(folder, 'filler');
  const free = (): number => {
    const { bavail, bsize } = statfsSync(folder);
    return bavail * bsize;
  };
  return {
    folder,
    leave(bytes) {
      rmSync(filler, { force: true });
      writeFileSync(filler, Buffer.alloc(Math.max(0, free() - bytes)));
    },
    remove() {
      // Gone here at once, also where a process that is just ending still has a file open.
      run('umount', '--lazy', folder);
      if (readdirSync(folder).length === 0) rmSync(folder, { recursive: true });
    },
  };
}

function run(program: string, ...args: string[]): void {
  const { status, stderr } = spawnSync(program, args, { encoding: 'utf8' });
  if (status !== 0) throw new Error(`${program} ${args.join(' ')} failed: ${stderr}`);
}
