import { beforeAnyChange } from '../../errors.js';
import type { Channel } from '../../ssh/index.js';
import { failureOf, type RemoteMessage, type RemoteRequest } from '../over-ssh/wire.js';
import { answer } from './answer.js';
import type { Work } from './work.js';

/** So often the client hears that the server is at work, in ms. */
const signOfLife = 5_000;

/**
 * The program that runs on a server (dist/on-server.cjs.br): takes one request, does it, and says what happens and what came of it. When the
 * client closes its side, or is gone, the work is interrupted and undone.
 * @param given for tests: another environment, another appcmd, another Windows.
 */
export async function run(
  channel: Channel,
  given: { readonly environment?: NodeJS.ProcessEnv } & Pick<Work, 'appcmd' | 'server'> = {},
): Promise<void> {
  const send = (message: RemoteMessage | { readonly alive: true }): void => void channel.send(message);
  const first = await channel.next();
  if (first === undefined) return;
  const closed = new AbortController();
  channel.onClose(() => closed.abort());
  const alive = setInterval(() => send({ alive: true }), signOfLife);
  try {
    const request = JSON.parse(first.bytes.toString('utf8')) as RemoteRequest;
    const { environment = process.env, appcmd, server } = given;
    const result = await answer(request, {
      channel,
      signal: closed.signal,
      environment,
      report: (event) => send({ event }),
      ...(appcmd && { appcmd }),
      ...(server && { server }),
    });
    send({ result });
  } catch (error) {
    send(failureOf(beforeAnyChange(error, closed.signal)));
  } finally {
    clearInterval(alive);
  }
}
