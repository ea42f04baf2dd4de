import type { ClientRequest } from 'node:http';
import type { UpgradeAnswer } from './explain-upgrade.js';
import { requireCertificate } from './own-certificate.js';
import { bytesOf, connectionLines, loadWebSocket, mostBytes, readAnswer, type UpgradeOptions } from './web-socket.js';

/** What came of the upgrade of a session that began over polling. */
export type SessionUpgrade =
  /** A frame came through in both directions; `connection`: the lines of the header Connection in the answer 101. */
  | { readonly kind: 'passes'; readonly connection: readonly string[]; readonly extensions: string }
  /** `isOpen`: 101 came, and then no frame. */
  | { readonly kind: 'failed'; readonly error: Error; readonly isOpen: boolean }
  | ({ readonly kind: 'answered' } & UpgradeAnswer);

/**
 * Upgrades a session to a WebSocket as socket.io's client does: it offers compression as browsers do, sends the ping `2probe`, and waits
 * for the pong `3probe`. It ends there: the session stays on polling.
 * @param url With the session's `sid`; ws(s).
 */
export async function upgradeSession(
  url: URL,
  {
    timeout,
    signal,
    origin,
    cookie,
    lookup,
    certificate,
  }: Omit<UpgradeOptions, 'protocol' | 'eventTimeout' | 'namespace'>,
): Promise<SessionUpgrade> {
  const { WebSocket } = await loadWebSocket();
  return new Promise((resolve) => {
    const socket = new WebSocket(url, {
      headers: { origin, 'user-agent': 'iisnode-sock', ...(cookie !== undefined && { cookie }) },
      handshakeTimeout: timeout,
      rejectUnauthorized: false,
      perMessageDeflate: true,
      maxPayload: mostBytes,
      ...(lookup && { lookup }),
      finishRequest: (request: ClientRequest) => {
        requireCertificate(request, certificate);
        request.end();
      },
    });
    let isOpen = false;
    let connection: readonly string[] = [];
    const finish = (outcome: SessionUpgrade): void => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', aborted);
      socket.terminate(); // without a close frame: a session that upgrades does not end with it
      resolve(outcome);
    };
    const failed = (error: Error): void => finish({ kind: 'failed', error, isOpen });
    const aborted = (): void => failed(new Error('interrupted'));
    const late = (): void => failed(new Error(`no ${isOpen ? 'frame' : 'answer'} within ${timeout} ms`));
    const timer = setTimeout(late, timeout);
    socket.on('error', failed);
    socket.on('close', (code) => failed(new Error(`closed with code ${code}`)));
    socket.on('unexpected-response', (_request, response) => void readAnswer(response).then(finish));
    socket.on('upgrade', (response) => {
      connection = connectionLines(response);
    });
    socket.on('open', () => {
      isOpen = true;
      socket.send('2probe');
    });
    socket.on('message', (data) => {
      if (bytesOf(data).toString('utf8') !== '3probe') return;
      finish({ kind: 'passes', connection, extensions: socket.extensions });
    });
    signal?.addEventListener('abort', aborted, { once: true });
    if (signal?.aborted) aborted();
  });
}
