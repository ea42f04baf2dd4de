import { closeSync, readSync } from 'node:fs';
import path from 'node:path';
import { FileError, openRegularFileSync } from '../files/index.js';
import { markOfZip } from './zip-mark.js';

/** In the first lines of each script that deploy writes: by it the file is known later, also under another name. */
export const scriptMark = 'Written by iisnode-sock.';
/** The lines in front of it, and a name of a folder, are shorter. */
const headLength = 4096;
/** What a script keeps beside itself, behind its own name. */
const kept = /^\.(?:before\.txt|files(?:-now)?\.list|(?:before|run|after|undo)\.[^.]+\.acl)$/;

/** Which of the names in a folder of an app are of deploy: its scripts with what they keep, and its packages. None of it runs on the server. */
export function deploysOwn(folder: string, names: readonly string[]): ReadonlySet<string> {
  const scripts = names.filter((name) => /\.(?:bat|cmd|ps1)$/i.test(name) && isScript(path.join(folder, name)));
  const packages = names.filter((name) => /\.zip$/i.test(name) && isPackage(path.join(folder, name)));
  const beside = scripts.flatMap((script) => {
    const base = script.slice(0, -path.extname(script).length);
    return names.filter((name) => name.startsWith(base) && kept.test(name.slice(base.length)));
  });
  return new Set([...scripts, ...packages, ...beside]);
}

const isScript = (file: string): boolean => readable(() => headOf(file).includes(scriptMark));
const isPackage = (file: string): boolean => readable(() => markOfZip(file) !== undefined);

/** What cannot be read is said where it is packed. */
function readable(look: () => boolean): boolean {
  try {
    return look();
  } catch (error) {
    if (error instanceof FileError) return false;
    throw error;
  }
}

function headOf(file: string): string {
  const { fd } = openRegularFileSync(file);
  try {
    const buffer = Buffer.alloc(headLength);
    return buffer.toString('latin1', 0, readSync(fd, buffer, 0, headLength, 0));
  } finally {
    closeSync(fd);
  }
}
