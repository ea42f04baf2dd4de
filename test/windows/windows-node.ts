import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync, readFileSync, watch } from 'node:fs';
import path from 'node:path';

/** Windows itself runs its own node; elsewhere wine runs NODE_WIN, the node.exe that test/provision.mjs provides. */
const program = process.platform === 'win32' ? process.execPath : 'wine';
const before = process.platform === 'win32' ? [] : [process.env.NODE_WIN ?? 'NODE_WIN is not set: npm test sets it'];

/** A path of this machine as Windows programs see it: wine shows / as Z:. */
export function windowsPath(file: string): string {
  return process.platform === 'win32' ? file : `Z:${path.resolve(file).replaceAll('/', '\\')}`;
}

export interface WindowsRun {
  readonly child: ChildProcess;
  stdout(): string;
  stderr(): string;
  /** Resolves with the first match on stdout; rejects when the program ends before. */
  until(pattern: RegExp): Promise<RegExpExecArray>;
  /** Its exit code; rejects after 200 s with what it wrote and which programs run, and kills it. */
  ended(): Promise<number | null>;
}

/** No command takes as long, on a busy machine too. */
const limit = 200_000;

/** Runs Windows's node. Its output goes through files: node.exe under wine cannot write to Unix pipes. */
export function windowsNode(
  args: readonly string[],
  options: { folder: string; name: string; cwd?: string; environment?: Readonly<Record<string, string>> },
): WindowsRun {
  const files = ['out', 'err'].map((kind) => path.join(options.folder, `${options.name}.${kind}.txt`));
  const [outFile = '', errFile = ''] = files;
  const descriptors = files.map((file) => openSync(file, 'w'));
  const child = spawn(program, [...before, ...args], {
    stdio: ['ignore', ...descriptors],
    ...(options.cwd !== undefined && { cwd: options.cwd }),
    env: { ...process.env, NO_COLOR: '1', CI: '', ...options.environment },
  });
  for (const descriptor of descriptors) closeSync(descriptor);
  const exited = once(child, 'exit').then(([code]) => code as number | null);
  return {
    child,
    stdout: () => readFileSync(outFile, 'utf8'),
    stderr: () => readFileSync(errFile, 'utf8'),
    until: (pattern) => matchInFile(outFile, pattern, exited, () => readFileSync(errFile, 'utf8')),
    ended: () => endedWithin(child, exited, () => readFileSync(outFile, 'utf8') + readFileSync(errFile, 'utf8')),
  };
}

async function endedWithin(
  child: ChildProcess,
  exited: Promise<number | null>,
  written: () => string,
): Promise<number | null> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => {
      const list =
        process.platform === 'win32' ? '' : spawnSync('ps', ['-eo', 'pid,ppid,stat,etimes,wchan:16,args']).stdout;
      const wine = String(list)
        .split('\n')
        .filter((line) => /wine|Z:|node\.exe/.test(line));
      child.kill('SIGKILL');
      reject(new Error(`has not ended after ${limit} ms; it wrote:\n${written()}\nThese run:\n${wine.join('\n')}`));
    }, limit);
  });
  return Promise.race([exited, late]).finally(() => clearTimeout(timer));
}

function matchInFile(
  file: string,
  pattern: RegExp,
  exited: Promise<number | null>,
  talk: () => string,
): Promise<RegExpExecArray> {
  return new Promise((resolve, reject) => {
    const look = () => {
      const match = pattern.exec(readFileSync(file, 'utf8'));
      if (match) {
        watcher.close();
        resolve(match);
      }
      return match !== null;
    };
    const watcher = watch(file, look);
    void exited.then((code) => {
      if (look()) return;
      watcher.close();
      reject(new Error(`ended with ${code} before ${pattern} came:\n${readFileSync(file, 'utf8')}${talk()}`));
    });
    look();
  });
}
