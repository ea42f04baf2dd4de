import type { LiveFacts, RuleFinding } from '../../types.js';
import { defineLiveRule, findingOf } from './define-live-rule.js';

const names = {
  0: 'socket.io 0.9',
  3: 'socket.io 1 or 2 (Engine.IO 3)',
  4: 'socket.io 3 or newer (Engine.IO 4)',
} as const;

const fix =
  'Install the same major version of socket.io and socket.io-client, and load the client script that the server has (socket.io/socket.io.js); allowEIO3: true lets socket.io 3 and 4 take clients of version 2.';

/** The protocol of the page's client is not the one of the server (symptoms.md S61). */
export const generationsDiffer = defineLiveRule({
  code: 'LIVE_GENERATIONS_DIFFER',
  severity: 'error',
  title: 'Client and server are of different generations of socket.io',
  why: 'The handshake is refused or cannot be read: the client reconnects forever.',
  help: `The version of the page's client is read in the banner of its script, or in its address at a CDN, and the server's by what it answers:
socket.io 0.9 answers /socket.io/1/ with a line of words, 1 and 2 speak Engine.IO 3, 3 and 4 speak Engine.IO 4. Where the server does not
answer in the client's protocol, the doctor asks once in each other one. Load the client from the server itself:
<script src="socket.io/socket.io.js"> is always the right version.`,
  check(facts) {
    const { sockets, steps } = facts.probe;
    const found = sockets?.generation;
    if (found !== undefined) return [ofAnswer(facts, found)];
    const step = steps.find(({ ok, symptom }) => !ok && symptom === 'eio-mismatch');
    if (step === undefined) return [];
    return [{ ...findingOf(step), fix }];
  },
});

/** Where the client's version is unknown, it may be the right one. */
function ofAnswer(
  { probe: { sockets } }: LiveFacts,
  { protocol, url, seen }: NonNullable<NonNullable<LiveFacts['probe']['sockets']>['generation']>,
): RuleFinding {
  const client = sockets?.client;
  const isKnown = client?.version !== undefined;
  const said = isKnown
    ? `the page's client is socket.io ${client.version}`
    : `no newer client connects, and the version of the page's client is not known`;
  return {
    message: `The server is ${names[protocol]}, by its answer at ${url} (${seen}); ${said}.`,
    fix,
    ...(isKnown ? {} : { severity: 'warning' as const }),
  };
}
