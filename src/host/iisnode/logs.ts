import { readdirSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { readFileSync } from '../../files/index.js';
import { type CrashReason, crashReason } from './crash-reason.js';
import type { NodeProcess } from './node-process.js';

type Environment = Readonly<Record<string, string | undefined>>;

/** Above this iisnode seeks past the file's end and shows nothing (iisnode 0.2.27, cnodeprocess.cpp TryGetLog). */
const largestShown = 65536;

/** Where iisnode looks for logs: appended to the script's folder even when absolute. */
function logFolder(process: NodeProcess): string {
  const directory = process.settings.logDirectory.replaceAll('\\', path.sep);
  return `${path.dirname(process.script)}${path.sep}${directory}`;
}

/** The stderr log of the process as the developer error page shows it; undefined when there is none to show. */
export function stderrLog(process: NodeProcess, environment: Environment): string | undefined {
  const folder = logFolder(process);
  const prefix = `${environment.COMPUTERNAME || os.hostname()}-${process.pid}-stderr-`;
  try {
    const name = readdirSync(folder)
      .sort()
      .find((file) => file.startsWith(prefix) && file.endsWith('.txt'));
    if (name === undefined) return undefined;
    return readFileSync(path.join(folder, name), largestShown).toString();
  } catch {
    return undefined;
  }
}

/** Why the process ended, from its log and from what it wrote past the interceptor. */
export function lastWords(process: NodeProcess, environment: Environment): CrashReason {
  const logged = process.settings.loggingEnabled ? (stderrLog(process, environment) ?? '') : '';
  return crashReason(`${logged}\n${process.stderr.text()}`);
}
