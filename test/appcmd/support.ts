import { type Appcmd, type AppcmdStore, embeddedAppcmd } from '../../src/appcmd/index.js';
import { applicationHostText } from '../../src/config/index.js';
import { temporaryDirectory } from './temporary.js';

/** A fresh IIS 10 with one site, in memory; `signals` lists what reached the running host. */
export interface MemoryStore extends AppcmdStore {
  text: string;
  isRunning: boolean;
  readonly signals: string[];
}

type Product = NonNullable<Parameters<typeof applicationHostText>[0]['installed']>[number];

/** @param installed Products beside IIS; all by default. */
export const freshText = (installed?: readonly Product[]): string =>
  applicationHostText({
    pools: ['DefaultAppPool'],
    sites: [
      {
        name: 'Default Web Site',
        id: 1,
        bindings: [{ protocol: 'http', information: '*:80:' }],
        applications: [{ path: '/', physicalPath: 'C:\\inetpub\\wwwroot', pool: 'DefaultAppPool' }],
      },
    ],
    ...(installed && { installed }),
  });

/** The same without the long lists that these tests do not need, for tests that run very many commands. */
export const smallText = (): string => freshText().replace(/^ *<(mimeMap|error|add name="\w+Module") .*\r?\n/gm, '');

export function memoryStore(text = freshText(), running = true): MemoryStore {
  const signals: string[] = [];
  const store: MemoryStore = {
    text,
    isRunning: running,
    signals,
    // Only the lock file is on disk.
    file: `${temporaryDirectory()}/applicationHost.config`,
    read: async () => store.text,
    write: async (next) => {
      store.text = next;
    },
    running: async () => store.isRunning,
    signal: async (command, object, name) => {
      signals.push(`${command} ${object} ${name}`);
    },
  };
  return store;
}

/** Lines of the answer, whatever the platform's line end. */
export const linesOf = (stdout: string): string[] => stdout.split(/\r*\n/).filter((line) => line !== '');

export interface World {
  readonly store: MemoryStore;
  readonly appcmd: Appcmd;
  /** Exit code and lines. */
  run(...args: string[]): Promise<{ code: number; lines: string[] }>;
}

export function freshWorld(text?: string, running?: boolean): World {
  const store = memoryStore(text, running);
  const appcmd = embeddedAppcmd(store);
  return {
    store,
    appcmd,
    async run(...args) {
      const { exitCode, stdout } = await appcmd.run(args);
      return { code: exitCode, lines: linesOf(stdout) };
    },
  };
}
