import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import gt from 'semver/functions/gt.js';
import { makeFolder, readIfThereSync, writeFileAtomic } from '../../files/index.js';
import { openHome } from '../../host/index.js';
import { npmScript } from '../../npm/index.js';
import type { Terminal } from '../../terminal/index.js';
import { version } from '../../version.js';

type Environment = Readonly<Record<string, string | undefined>>;

/** What is known of newer versions: a file in the state directory. Times in ms since 1970. */
interface Known {
  readonly asked?: number;
  readonly shown?: number;
  readonly latest?: string;
}

const day = 24 * 60 * 60 * 1000;
const largest = 4096;

/** Is the user on a terminal, and does not refuse such hints? */
export function wantsHints({ form, live }: Pick<Terminal, 'form' | 'live'>, environment: Environment): boolean {
  const isSet = (name: string): boolean => !['', '0', 'false', undefined].includes(environment[name]);
  // npm's own setting, which npx hands down; `live` is false in CI.
  const isOffInNpm = environment.npm_config_update_notifier === 'false';
  return form === 'text' && live && !isSet('CI') && !isSet('NO_UPDATE_NOTIFIER') && !isOffInNpm;
}

/**
 * The line about a newer version, at most once a day; undefined: there is none that is known. Once a day it lets a program in the background
 * ask npm for the newest version, whose answer the next command has. Neither waits for anything, and no failure is reported.
 * @param ask starts that program; for tests.
 */
export async function updateHint(
  environment: Environment,
  { now = Date.now(), own = version, ask = askInBackground }: Partial<Seams> = {},
): Promise<string | undefined> {
  try {
    const { directory } = openHome(environment);
    const file = path.join(directory, 'update.json');
    const known = read(file);
    const isDue = (time = 0): boolean => now - time >= day || time > now;
    const hint = known.latest !== undefined && isNewer(known.latest, own) && isDue(known.shown);
    const asks = isDue(known.asked);
    if (!hint && !asks) return undefined;
    makeFolder(directory, 0o700);
    await writeFileAtomic(file, JSON.stringify({ ...known, ...(hint && { shown: now }), ...(asks && { asked: now }) }));
    if (asks) startAsking(() => ask(file, environment));
    return hint
      ? `iisnode-sock, version ${known.latest}, is out; this is ${own}: npx iisnode-sock@latest (--no-update-notifier: no such line)`
      : undefined;
  } catch {
    return undefined;
  }
}

/** Where there is no npm, a hint that is known is still shown. */
function startAsking(ask: () => unknown): void {
  try {
    ask();
  } catch {}
}

interface Seams {
  readonly now: number;
  readonly own: string;
  readonly ask: typeof askInBackground;
}

function read(file: string): Known {
  try {
    const known: unknown = JSON.parse(readIfThereSync(file, largest)?.toString('utf8') ?? '{}');
    const { asked, shown, latest } = (known ?? {}) as Record<string, unknown>;
    return {
      ...(typeof asked === 'number' && { asked }),
      ...(typeof shown === 'number' && { shown }),
      ...(typeof latest === 'string' && /^\d{1,6}\.\d{1,6}\.\d{1,6}$/.test(latest) && { latest }),
    };
  } catch {
    return {};
  }
}

/** Of two versions x.y.z; one with anything behind them is not compared. */
const isNewer = (latest: string, own: string): boolean =>
  /^\d+\.\d+\.\d+$/.test(own) && gt(latest, own, { loose: true });

/** Starts the program, which outlives this one; it is not waited for. @throws UserError NPM_NOT_FOUND. */
export function askInBackground(file: string, environment: Environment): ReturnType<typeof spawn> {
  const child = spawn(process.execPath, [programFile(), npmScript(environment), file], {
    detached: true,
    env: environment as NodeJS.ProcessEnv,
    stdio: 'ignore',
    windowsHide: true,
  });
  child.on('error', () => undefined);
  child.unref();
  return child;
}

/** Beside the built program, or beside this source. */
function programFile(): string {
  const beside = ['./ask-registry.cjs', '../ask-registry.cjs'].map((name) =>
    fileURLToPath(new URL(name, import.meta.url)),
  );
  return beside.find((file) => existsSync(file)) ?? '';
}
