import { closeSync, readSync } from 'node:fs';
import { openRegularFileSync } from '../files/index.js';
import type { AppFile, PackFault, PackTarget } from './types.js';

/** Machines in the header of a PE file (Microsoft PE/COFF specification). */
const peMachines: Readonly<Record<number, string>> = { 332: 'ia32', 34404: 'x64', 43620: 'arm64' };
/** In the header of an ELF file, e_machine (elf.h). */
const elfMachines: Readonly<Record<number, string>> = { 3: 'ia32', 40: 'arm', 62: 'x64', 183: 'arm64' };
const machObjects = [0xfeedfacf, 0xcffaedfe, 0xcafebabe, 0xbebafeca];

/** `win32-x64`, from the first bytes of a native add-on; undefined: not known. */
export function platformOfAddon(bytes: Buffer): string | undefined {
  if (bytes.length < 64) return undefined;
  if (bytes.toString('latin1', 0, 2) === 'MZ') {
    const at = bytes.readUInt32LE(0x3c);
    const machine = at + 6 <= bytes.length ? peMachines[bytes.readUInt16LE(at + 4)] : undefined;
    return machine === undefined ? undefined : `win32-${machine}`;
  }
  if (bytes.toString('latin1', 0, 4) === '\x7fELF') {
    const machine = bytes[5] === 2 ? bytes.readUInt16BE(18) : bytes.readUInt16LE(18);
    return `linux-${elfMachines[machine] ?? 'other'}`;
  }
  return machObjects.includes(bytes.readUInt32BE(0)) ? 'darwin' : undefined;
}

/**
 * The packages that have native add-ons, but none for the server. A package may have one for each platform (prebuilds), so one that
 * fits is enough.
 */
export function addonFaults(files: readonly AppFile[], { platform, arch }: PackTarget): readonly PackFault[] {
  const wanted = `${platform}-${arch}`;
  const byPackage = new Map<string, { readonly found: Set<string>; fits: boolean }>();
  for (const file of files) {
    if (!file.path.endsWith('.node')) continue;
    const owner = packageOf(file.path);
    const seen = byPackage.get(owner) ?? { found: new Set<string>(), fits: false };
    byPackage.set(owner, seen);
    const made = platformOfAddon(firstBytes(file.source));
    if (made === undefined || made === wanted || made === platform) seen.fits = true;
    else seen.found.add(made);
  }
  return [...byPackage].flatMap(([owner, { found, fits }]) =>
    fits
      ? []
      : [
          {
            kind: 'native' as const,
            path: owner,
            why: `its native add-on is for ${[...found].join(', ')}, not for ${wanted}`,
          },
        ],
  );
}

/** The name of a package from the path of one of its files; of the app's own files the path. */
function packageOf(file: string): string {
  const [, name] = /.*(?:^|\/)node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(file) ?? [];
  return name ?? file;
}

function firstBytes(file: string): Buffer {
  const { fd } = openRegularFileSync(file);
  try {
    const buffer = Buffer.alloc(4096);
    return buffer.subarray(0, readSync(fd, buffer, 0, buffer.length, 0));
  } finally {
    closeSync(fd);
  }
}
