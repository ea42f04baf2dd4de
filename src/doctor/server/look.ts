import { execFile } from 'node:child_process';
import path from 'node:path';
import { findAppcmdExe } from '../../appcmd/index.js';
import { type Probe, probes, type ServerSeen } from './probes.js';

type Environment = Readonly<Record<string, string | undefined>>;

/** IIS on this machine. */
export interface ServerPlace {
  /** The folder of Windows's own programs, in which inetsrv is. */
  readonly system32: string;
}

/** What was seen of the server, and what was not, with the reason. */
export interface ServerLook {
  readonly seen: ServerSeen;
  readonly notSeen: readonly string[];
}

/** How long a program of Windows may take, ms. */
const limit = 10_000;
const largestOutput = 1024 * 1024;

/** IIS of this machine; undefined on another system and where appcmd.exe is not found. */
export function serverHere(environment: Environment): ServerPlace | undefined {
  const appcmd = process.platform === 'win32' ? findAppcmdExe(environment) : undefined;
  return appcmd === undefined ? undefined : { system32: path.dirname(path.dirname(appcmd)) };
}

/** Asks the programs of Windows, one after the other. Never throws: what cannot be seen is said. */
export async function lookAtServer(place: ServerPlace, environment: Environment): Promise<ServerLook> {
  let seen: ServerSeen = {};
  const notSeen: string[] = [];
  for (const probe of probes) {
    const answer = await ask(probe, place, environment);
    if (typeof answer === 'string') notSeen.push(`${probe.about}: ${answer}`);
    else seen = { ...seen, ...answer };
  }
  return { seen, notSeen };
}

/** The answer, or the reason why there is none. */
function ask({ program, args, answers, read }: Probe, { system32 }: ServerPlace, environment: Environment) {
  const file = path.join(system32, ...program);
  return new Promise<ServerSeen | string>((resolve) => {
    const options = { timeout: limit, windowsHide: true, maxBuffer: largestOutput, encoding: 'utf8' as const };
    execFile(file, args(environment), options, (error, stdout, stderr) => {
      if (error === null || answers?.test(stdout)) resolve(read(stdout));
      else if (error?.killed) resolve(`no answer within ${limit / 1000} s`);
      else resolve(reasonOf(error?.code, stderr || stdout));
    });
  });
}

/** One clause: a right that is missing, or what the program said. */
function reasonOf(code: unknown, said: string): string {
  if (code === 'ENOENT') return 'its program is not on this machine';
  if (code === 'EACCES' || code === 'EPERM' || code === 5 || /access is denied/i.test(said))
    return 'this user has no right to see it';
  const [line = ''] = said.trim().split(/\r\n|\r|\n/);
  return line === '' ? `its program ended with ${String(code)}` : line.slice(0, 200);
}
