import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { brotliDecompressSync } from 'node:zlib';
import type { UserError } from '../../errors.js';
import { readFile } from '../../files/index.js';
import { ConnectionLost, connect, type Ready, type Session, type SshAddress } from '../../ssh/index.js';
import type { DeployEvent } from '../types.js';
import { errorOf, type Need, type RemoteMessage, type RemoteRequest } from './wire.js';

export interface ServerTalk {
  readonly environment?: Readonly<Record<string, string | undefined>>;
  /** Closes the connection: the server undoes what it has begun, and its error is thrown. */
  readonly signal?: AbortSignal;
  readonly event?: (event: DeployEvent) => void;
  readonly onWait?: (sentence: string) => void;
  readonly line?: (line: object) => void;
  /** Gives the server what it lacks of an app. */
  readonly need?: (need: Need, session: Session) => Promise<void>;
  /** Gives the server packages that it lacks. */
  readonly packages?: (wanted: readonly number[], session: Session) => Promise<void>;
  /** Gets each message, and may answer it. */
  readonly onMessage?: (message: RemoteMessage, session: Session) => void;
  /** False: the user there need be no administrator. */
  readonly needsElevation?: boolean;
  /** The server may be at work without end, and have nothing to say. */
  readonly follows?: boolean;
  /** The error for a connection that was lost while the server was at work: it asks what became of that. */
  readonly afterCut?: (lost: ConnectionLost) => Promise<UserError>;
  /** Opens the connection; by the user's own ssh by default. */
  readonly open?: OpenServer;
}

export type OpenServer = (
  address: SshAddress,
  environment: Readonly<Record<string, string | undefined>>,
  needsElevation: boolean,
  follows: boolean,
) => Promise<Session & { readonly ready: Ready }>;

/** What the server has answered, and what it took. */
export interface Answered<Result> {
  readonly result: Result;
  /** Bytes that were sent, the program included. */
  readonly sent: number;
  /** The server's process.arch. */
  readonly arch: string;
  readonly computer: string;
}

/**
 * Does one request on a server, in one connection: the commands that run there are those of this program, and what they report is
 * reported here.
 * @throws the error of the command there, as if it had run here; UserError for a connection that fails; ConnectionLost, or what `afterCut`
 *   makes of it; the signal's reason.
 */
export async function atServer<Result>(
  address: SshAddress,
  request: Asked,
  talk: ServerTalk = {},
): Promise<Answered<Result>> {
  const { environment = process.env, signal, open = openServer, needsElevation = true, follows = false } = talk;
  signal?.throwIfAborted();
  const session = await open(address, environment, needsElevation, follows).catch((error: unknown) => {
    // Ctrl-C in a terminal ends ssh, too.
    signal?.throwIfAborted();
    throw error;
  });
  try {
    return await talkWith<Result>(session, address, request, talk);
  } catch (error) {
    if (!(error instanceof ConnectionLost)) throw error;
    if (talk.afterCut !== undefined) throw await talk.afterCut(error);
    signal?.throwIfAborted();
    throw error;
  }
}

type Asked = RemoteRequest | ((ready: { readonly arch: string }) => Promise<RemoteRequest>);

async function talkWith<Result>(
  session: Session & { readonly ready: Ready },
  address: SshAddress,
  request: Asked,
  talk: ServerTalk,
): Promise<Answered<Result>> {
  const { signal } = talk;
  const stop = (): void => session.finish();
  try {
    const { arch, computer } = session.ready;
    const asked = typeof request === 'function' ? await request({ arch }) : request;
    signal?.throwIfAborted();
    signal?.addEventListener('abort', stop);
    await session.send(asked);
    for (;;) {
      const message: RemoteMessage = await session.receive();
      talk.onMessage?.(message, session);
      if (message.event !== undefined) talk.event?.(message.event);
      if (message.waits !== undefined) talk.onWait?.(message.waits);
      if (message.line !== undefined) talk.line?.(message.line);
      if (message.need !== undefined) await talk.need?.(message.need, session);
      if (message.packages !== undefined) await talk.packages?.(message.packages, session);
      if (message.failed !== undefined) throw errorOf(message.failed, address);
      if (message.broken !== undefined) throw new Error(`on the server: ${message.broken}`);
      if ('result' in message) return { result: message.result as Result, sent: session.sent, arch, computer };
    }
  } finally {
    signal?.removeEventListener('abort', stop);
    await session.close();
  }
}

const openServer: OpenServer = async (address, environment, needsElevation, follows) =>
  connect(address, {
    environment,
    needsElevation,
    ...(follows && { longest: Number.POSITIVE_INFINITY }),
    program: brotliDecompressSync(await readFile(programFile(), largestProgram)),
  });

const largestProgram = 64 * 1024 * 1024;

/** In dist/, whether this runs from there or from the sources. */
function programFile(): string {
  const candidates = ['./on-server.cjs.br', '../on-server.cjs.br', '../../../dist/on-server.cjs.br'].map((name) =>
    fileURLToPath(new URL(name, import.meta.url)),
  );
  return candidates.find((file) => existsSync(file)) ?? candidates[0] ?? '';
}
