import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { readApp } from '../../src/app/index.js';
import type { Appcmd } from '../../src/appcmd/index.js';
import type { DeployOptions, DeployResult } from '../../src/deploy/index.js';
import { run as runOnServer } from '../../src/deploy/on-server/main.js';
import type { OpenServer } from '../../src/deploy/over-ssh/at-server.js';
import { deployOverSsh } from '../../src/deploy/over-ssh/deploy-over-ssh.js';
import { placedBySsh } from '../../src/deploy/over-ssh/place.js';
import type { RemoteMessage } from '../../src/deploy/over-ssh/wire.js';
import type { ServerPlace } from '../../src/server/index.js';
import { ConnectionLost } from '../../src/ssh/index.js';
import { frameOf } from '../../src/ssh/messages.js';
import { freshWorld, type World } from '../appcmd/support.js';
import { temporaryDirectory } from './support.js';

type Frame = { readonly kind: 'J' | 'D' | 'E'; readonly bytes: Buffer };

/** A server in this process: the program that runs on one, with IIS in memory, and connections to it. */
export interface FakeServer {
  readonly world: World;
  /** Its home, with the folders of releases below it. */
  readonly home: string;
  readonly open: OpenServer;
  /** All that was said there in the last connection. */
  readonly messages: RemoteMessage[];
  /** Contents that were sent in the last connection, as they came. */
  frames: number;
  connections: number;
  /** Called before each message of the server, and before each frame for it; true cuts the connection. */
  cutAt: (count: number) => boolean;
  /** Resolves when the work there has ended, also after a cut. */
  idle(): Promise<void>;
}

/** @param windows its programs and its applicationHost.config, for those who look at it. */
export function fakeServer(wrap: (appcmd: Appcmd) => Appcmd = (appcmd) => appcmd, windows?: ServerPlace): FakeServer {
  const world = freshWorld(undefined, true);
  const home = path.join(temporaryDirectory(), 'server');
  const appcmd = wrap(world.appcmd);
  let working: Promise<void> = Promise.resolve();
  const server: FakeServer = {
    world,
    home,
    messages: [],
    frames: 0,
    connections: 0,
    cutAt: () => false,
    idle: () => working,
    open: async (address) => {
      server.connections++;
      server.messages.length = 0;
      server.frames = 0;
      const line = new Line(server, () => new ConnectionLost(address, 'It was cut.'));
      const work = runOnServer(line.channel, {
        environment: { IISNODE_SOCK_HOME: home, PATH: process.env.PATH, HOME: home },
        appcmd,
        ...(windows && { server: windows }),
      }).then(() => line.end());
      working = Promise.all([working, work]).then(() => undefined);
      return line.session;
    },
  };
  return server;
}

/** Both ends of a connection. */
class Line {
  readonly #frames: Frame[] = [];
  readonly #messages: Readonly<Record<string, unknown>>[] = [];
  readonly #closing: (() => void)[] = [];
  readonly #server: FakeServer;
  readonly #lost: () => Error;
  #count = 0;
  #isClosed = false;
  #isOver = false;
  #wake: () => void = () => undefined;

  constructor(server: FakeServer, lost: () => Error) {
    this.#server = server;
    this.#lost = lost;
  }

  end(): void {
    this.#isOver = true;
    this.#wake();
  }

  #passes(): boolean {
    if (this.#isClosed && this.#isOver) return false;
    if (!this.#server.cutAt(++this.#count)) return !this.#isOver;
    this.#close();
    this.end();
    return false;
  }

  #close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    for (const act of this.#closing) act();
    this.#wake();
  }

  async #wait(): Promise<void> {
    await new Promise<void>((resolve) => {
      const before = this.#wake;
      this.#wake = () => {
        before();
        resolve();
      };
    });
  }

  readonly channel = {
    next: async (): Promise<Frame | undefined> => {
      while (this.#frames.length === 0 && !this.#isClosed) await this.#wait();
      return this.#frames.shift();
    },
    send: (message: object): boolean => {
      // As over a wire.
      const copy = JSON.parse(JSON.stringify(message)) as Record<string, unknown>;
      if (copy.alive === true || !this.#passes()) return true;
      this.#server.messages.push(copy as RemoteMessage);
      this.#messages.push(copy);
      this.#wake();
      return true;
    },
    onClose: (act: () => void): void => void (this.#isClosed ? act() : this.#closing.push(act)),
  };

  readonly #give = (kind: Frame['kind'], bytes: Buffer): void => {
    if (!this.#passes() || this.#isClosed) return;
    this.#server.frames += frameOf(kind, bytes).length;
    this.#frames.push({ kind, bytes });
    this.#wake();
  };

  readonly session = {
    ready: {
      node: process.version,
      platform: 'win32',
      arch: 'x64',
      elevated: true,
      hasProgram: true,
      computer: 'web1',
    },
    sent: 0,
    said: '',
    receive: async (): Promise<Readonly<Record<string, unknown>>> => {
      while (this.#messages.length === 0 && !this.#isOver) await this.#wait();
      const message = this.#messages.shift();
      if (message === undefined) throw this.#lost();
      return message;
    },
    send: async (message: object): Promise<void> => this.#give('J', Buffer.from(JSON.stringify(message))),
    sendData: async (parts: AsyncIterable<Uint8Array> | Iterable<Uint8Array>): Promise<void> => {
      for await (const part of parts) this.#give('D', Buffer.from(part));
      this.#give('E', Buffer.alloc(0));
    },
    finish: (): void => this.#close(),
    close: async (): Promise<void> => this.#close(),
  };
}

/** Where the tests deploy to. */
export const to = 'ssh://ann@web1/Default%20Web%20Site/dante';
/** The folder of its releases. */
export const baseOf = ({ home }: FakeServer): string => path.join(home, 'apps', 'Default Web Site+dante');

/** Deploys a folder to it; an error has what was reported in `told`. */
export async function deployApp(
  server: FakeServer,
  directory: string,
  others: Partial<DeployOptions> = {},
): Promise<{ readonly result: DeployResult; readonly said: string[] }> {
  const said: string[] = [];
  const options = placedBySsh({ directory, to, verify: false, environment: {}, ...others });
  const app = readApp(directory, { environment: {}, vdirPath: options.path });
  const result = await deployOverSsh(
    app,
    options,
    to,
    ({ title, phase, note }) => void said.push(`${phase} ${title} ${note ?? ''}`),
    server.open,
  ).catch((error: unknown) => {
    throw Object.assign(error as Error, { told: said });
  });
  return { result, said };
}

/** Names and contents of all that is in the folder of the releases, but the journal. */
export function everything(server: FakeServer): unknown {
  const base = baseOf(server);
  const files = existsSync(base)
    ? readdirSync(base, { recursive: true, withFileTypes: true }).filter(
        (entry) => entry.isFile() && !/journal|deploy\.lock/.test(entry.name),
      )
    : [];
  const contents = files.map((entry) => path.join(entry.parentPath, entry.name)).sort();
  const home = path.join(server.home, 'deployments.json');
  return {
    store: server.world.store.text,
    records: existsSync(home) ? JSON.parse(readFileSync(home, 'utf8')) : [],
    files: contents.map((file) => [path.relative(base, file), readFileSync(file, 'utf8')]),
  };
}

const never = new Promise<never>(() => undefined);

/** A server whose commands `hangs` chooses never end, once it is armed: node there was killed at that command, before or after its effect. */
export function killable(
  hangs: RegExp,
  when: 'before' | 'after' = 'before',
): { readonly server: FakeServer; arm(): void; readonly reached: Promise<void> } {
  let [isArmed, reach] = [false, (): void => undefined];
  const reached = new Promise<void>((resolve) => {
    reach = resolve;
  });
  const wrap = (appcmd: Appcmd): Appcmd => ({
    ...appcmd,
    run: async (args) => {
      if (!isArmed || !hangs.test(args.join(' '))) return appcmd.run(args);
      isArmed = false;
      if (when === 'after') await appcmd.run(args);
      reach();
      return never;
    },
  });
  return {
    server: fakeServer(wrap),
    arm: () => {
      isArmed = true;
    },
    reached,
  };
}

/** The locks there are those of a process that has ended. */
export function killHolders(server: FakeServer): void {
  for (const file of [path.join(server.home, 'deploy.lock'), path.join(baseOf(server), 'deploy.lock')]) {
    if (!existsSync(file)) continue;
    const lock = JSON.parse(readFileSync(file, 'utf8')) as object;
    writeFileSync(file, JSON.stringify({ ...lock, pid: 2 ** 22 + 1, identity: 'of another boot' }));
  }
}

/** The name by which the request that runs there is known. */
export const deploymentOf = (server: FakeServer): string => {
  const all = JSON.parse(readFileSync(path.join(server.home, 'requests.json'), 'utf8'));
  return (all as { deployment: string }[]).at(-1)?.deployment ?? '';
};
