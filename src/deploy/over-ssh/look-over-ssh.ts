import { truncateSync, utimesSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { gunzipSync } from 'node:zlib';
import { UserError } from '../../errors.js';
import { fileLimits, inScratchFolder, makeFolder } from '../../files/index.js';
import { windowsPathFault } from '../../pack/index.js';
import type { ServerPlace, ServerRun } from '../../server/index.js';
import type { Session } from '../../ssh/index.js';
import type { UndeployOptions } from '../types.js';
import { atServer, type OpenServer } from './at-server.js';
import { placeOver } from './place.js';
import type { CopiedFile, LookOrder, OpenedServer, RanThere, RemoteMessage } from './wire.js';

interface LookOptions extends Pick<UndeployOptions, 'directory' | 'site' | 'path' | 'environment' | 'signal'> {
  readonly to: string;
  /** The files of the live app are wanted, too. */
  readonly files: boolean;
  /** For tests: another connection. */
  readonly open?: OpenServer | undefined;
}

/** A server that can be asked over its connection. */
export interface ServerOverSsh extends ServerPlace {
  readonly app: NonNullable<ServerPlace['app']>;
  /** The folder with a copy of the live app; undefined where it was not wanted, or is not there. */
  readonly files: string | undefined;
}

/**
 * Connects once and does `work` with the server: its programs run there, by the program that deploy sends, and what else is judged of it
 * has been copied to a temporary folder. Changes nothing there.
 * @throws UserError for the connection, ConnectionLost; the errors of `work`.
 */
export async function lookOverSsh<Result>(
  options: LookOptions,
  work: (server: ServerOverSsh) => Promise<Result>,
): Promise<Result> {
  const { address, place } = placeOver(options);
  const { environment, signal, open, files, to } = options;
  return inScratchFolder('server', async (scratch) => {
    const line = new LineToServer();
    const copied = new CopiedFiles(scratch);
    const request = { command: 'look', place, files } as const;
    let working: Promise<PromiseSettledResult<Result>[]> | undefined;
    const begin = ({ apphost, directory, logs, notSeen }: OpenedServer, session: Session): void => {
      line.open(session);
      const server: ServerOverSsh = {
        to,
        name: address.host,
        run: line.run,
        app: { site: place.siteName, path: place.vdirPath, directory },
        notSeen,
        files: copied.at('app'),
        ...copied.asPlace({ apphost, app: directory, logs }),
      };
      working = Promise.allSettled([work(server)]).then(async (settled) => {
        await session.send({ done: true } satisfies LookOrder);
        return settled;
      });
    };
    const onMessage = (message: RemoteMessage, session: Session): void => {
      if (message.file !== undefined) copied.add(message.file);
      if (message.ran !== undefined) line.onAnswer(message.ran);
      if (message.opened !== undefined) begin(message.opened, session);
    };
    const talk = { onMessage, needsElevation: false, ...(environment && { environment }), ...(signal && { signal }) };
    try {
      await atServer(address, request, { ...talk, ...(open && { open }) });
      line.close(new Error('the connection was closed')); // it was interrupted
    } catch (error) {
      line.close(error as Error);
      await working;
      throw error;
    }
    const [settled] = (await working) ?? [];
    if (settled?.status === 'fulfilled') return settled.value;
    throw settled?.reason ?? new Error('the server has not answered');
  });
}

/** Programs of the server, run over its connection. */
class LineToServer {
  #session: Session | undefined;
  #count = 0;
  #over: Error | undefined;
  readonly #waiting = new Map<number, { resolve: (ran: RanThere) => void; reject: (error: Error) => void }>();

  open(session: Session): void {
    this.#session = session;
  }

  /** No answer comes any more. */
  close(error: Error): void {
    this.#over = error;
    for (const { reject } of this.#waiting.values()) reject(error);
  }

  onAnswer(ran: RanThere): void {
    this.#waiting.get(ran.id)?.resolve(ran);
  }

  readonly run: ServerRun = async (program, args, { signal }) => {
    if (this.#over !== undefined) throw this.#over;
    const id = ++this.#count;
    const send = (order: LookOrder): void => void this.#session?.send(order);
    const stop = (): void => send({ stop: id });
    const coming = new Promise<RanThere>((resolve, reject) => void this.#waiting.set(id, { resolve, reject }));
    signal.addEventListener('abort', stop, { once: true });
    send({ run: { id, program, args } });
    try {
      const { answer, failed } = await coming;
      if (answer !== undefined) return answer;
      throw Object.assign(new Error(failed?.message), { code: failed?.code });
    } finally {
      signal.removeEventListener('abort', stop);
      this.#waiting.delete(id);
    }
  };
}

type Part = CopiedFile['of'];

/** Files of the server in a folder of this machine. */
class CopiedFiles {
  readonly #scratch: string;
  readonly #parts = new Set<Part>();

  constructor(scratch: string) {
    this.#scratch = scratch;
  }

  /** The folder of a part; undefined where nothing of it has come. */
  at(part: Part): string | undefined {
    return this.#parts.has(part) ? path.join(this.#scratch, part) : undefined;
  }

  /** What a server sends is checked as anything from outside: no name leads out of the folder. @throws UserError BAD_FILE_NAME. */
  add({ of, path: name, size, mtimeMs, content }: CopiedFile): void {
    if (!['apphost', 'app', 'logs'].includes(of) || windowsPathFault(name) !== undefined) throw badName(name);
    const file = path.join(this.#scratch, of, ...name.split('/'));
    makeFolder(path.dirname(file));
    writeFileSync(file, content === undefined ? '' : gunzipSync(Buffer.from(content, 'base64'), unpackedLimit));
    // What is too large to be read there is too large here.
    if (content === undefined && size > fileLimits.source) truncateSync(file, fileLimits.source + 1);
    utimesSync(file, mtimeMs / 1000, mtimeMs / 1000);
    this.#parts.add(of);
  }

  /** @param originals what the parts are copies of. */
  asPlace(originals: Readonly<Record<Part, string | undefined>>): Pick<ServerPlace, 'apphost' | 'logs' | 'copies'> {
    const file = path.join(this.#scratch, 'apphost', 'applicationHost.config');
    const logs = this.at('logs');
    const copies = (['apphost', 'app', 'logs'] as const).flatMap((part): (readonly [string, string])[] => {
      const [copy, original] = [this.at(part), originals[part]];
      if (copy === undefined || original === undefined) return [];
      return [[part === 'apphost' ? file : copy, original]];
    });
    return { copies, ...(this.at('apphost') !== undefined && { apphost: file }), ...(logs !== undefined && { logs }) };
  }
}

const unpackedLimit = { maxOutputLength: fileLimits.config };

const badName = (name: string): UserError =>
  new UserError('BAD_FILE_NAME', {
    what: `the server names a file "${name}", which no app has`,
    why: 'It would lead out of the folder that it is copied to.',
    next: 'report it; without the files of the server: doctor FOLDER --server ...',
    exit: 'refused',
  });
