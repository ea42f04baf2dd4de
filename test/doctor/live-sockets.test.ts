import { describe, expect, it } from 'vitest';
import { rules, runRules } from '../../src/doctor/index.js';
import type { ProbeReport, ProbeStep, SocketFacts } from '../../src/probe/index.js';

const url = 'https://app.example/socket.io/';
const foreign = 'https://page.example';
const step = (id: ProbeStep['id'], more: Partial<ProbeStep> = {}): ProbeStep => ({
  id,
  title: `the ${id}`,
  method: 'GET',
  url,
  ok: true,
  status: id === 'websocket' ? 101 : 200,
  startedAt: 0,
  ms: 1,
  seen: 'right',
  ...more,
});
const cors = {
  url,
  status: 200,
  allowOrigin: foreign,
  allowCredentials: 'true',
  vary: 'Origin',
};
const open = { kind: 'open', event: undefined, refused: undefined, connection: ['Upgrade'] } as const;
const answered = { kind: 'answered', status: 403, body: 'Forbidden', server: '', location: undefined } as const;
const session = {
  pingInterval: 25_000,
  pingTimeout: 20_000,
  maxPayload: 1_000_000,
  inFront: ['iis'],
  affinityOff: false,
  stickyCookies: [],
} as const;

/** A live app of which nothing is to be said, seen from another origin as well. */
const right = {
  url,
  client: { protocol: 4, isOld: false, version: '4.8.4' },
  session,
  poll: { url, status: 200, because: undefined, encoding: '', bytes: 40 },
  upgrade: { kind: 'passes', url, connection: ['Upgrade'], extensions: '' },
  firefox: { ...open, url },
  origin: { origin: foreign, handshake: cors, preflight: { ...cors, status: 204 }, webSocket: { url, outcome: open } },
} satisfies SocketFacts;
const steps: readonly ProbeStep[] = [
  step('page'),
  step('client-script'),
  step('handshake'),
  step('polls'),
  step('websocket', { connection: ['Upgrade'] }),
];

/** `code: message` of all that the live rules say. */
function said(sockets: SocketFacts | undefined, changed: readonly ProbeStep[] = steps): readonly string[] {
  const probe: ProbeReport = {
    url,
    ok: true,
    steps: changed,
    ...(sockets && { sockets }),
    transport: undefined,
    ms: 1,
  };
  const live = rules.filter(({ scope }) => scope === 'live');
  return runRules(
    live,
    { kind: 'live', target: url, probe, at: 0, transports: [], exchanges: [], exposed: [] },
    {},
  ).diagnoses.map(({ finding }) => `${finding.severity} ${finding.rule}: ${finding.message}`);
}
const change = (id: ProbeStep['id'], more: Partial<ProbeStep>): readonly ProbeStep[] =>
  steps.map((one) => (one.id === id ? { ...one, ...more } : one));
const withSession = (more: Partial<NonNullable<SocketFacts['session']>>): SocketFacts => ({
  ...right,
  session: { ...session, ...more },
});
const withOrigin = (more: Partial<NonNullable<SocketFacts['origin']>>): SocketFacts => ({
  ...right,
  origin: { ...right.origin, ...more },
});
const withCors = (more: Partial<typeof cors>): SocketFacts => withOrigin({ handshake: { ...cors, ...more } });

it('of sockets that are right nothing is said', () => {
  expect(said(right)).toEqual([]);
  expect(said(undefined)).toEqual([]);
});

describe('a server of another generation than the client', () => {
  const generation = { protocol: 0, url: `${url}1/`, seen: '200, a:60:60:websocket' } as const;
  const failing = change('handshake', { ok: false, status: 400 });

  it('is one error, in place of what fails because of it', () => {
    const seen = said({ url, client: right.client, generation }, failing);
    expect(seen).toEqual([
      `error LIVE_GENERATIONS_DIFFER: The server is socket.io 0.9, by its answer at ${url}1/ (200, a:60:60:websocket); the page's client is socket.io 4.8.4.`,
    ]);
    const refused = { ok: false, symptom: 'eio-mismatch', seen: 'HTTP 400' };
    const both = [...change('handshake', refused).slice(0, 3), step('websocket', refused)];
    expect(said({ url, client: right.client }, both)).toEqual([
      expect.stringMatching(/^error LIVE_GENERATIONS_DIFFER/),
    ]);
  });

  it('is a warning where the version of the client is unknown', () => {
    const client = { protocol: 4, isOld: false, version: undefined } as const;
    expect(said({ url, client, generation }, failing)).toEqual([expect.stringMatching(/^warning LIVE_GENERATIONS/)]);
  });
});

describe('a step that fails in a way that has a rule of its own', () => {
  it.each([
    ['polls', 'post-refused', 'LIVE_POST_REFUSED'],
    ['websocket', 'upgrade-answer', 'LIVE_UPGRADE_ANSWER_WRONG'],
    ['websocket', 'namespace', 'LIVE_NAMESPACE_MISSING'],
    ['polls', 'sticky', 'LIVE_SESSION_LOST'],
    ['websocket', 'ws-200', 'LIVE_WEBSOCKET_FAILS'],
  ] as const)('%s, %s is %s alone', (id, symptom, code) => {
    const changed = change(id, { ok: false, symptom, seen: 'HTTP 405', why: 'so it is', next: 'do that' });
    expect(said({ url, client: right.client }, changed)).toEqual([
      expect.stringMatching(new RegExp(`^error ${code}: .*: (?:200, |101, )?HTTP 405\\.$`)),
    ]);
  });
});

describe('the header Connection of the answer 101', () => {
  it.each([
    [['Upgrade, Upgrade'], 1],
    [['Upgrade', 'upgrade'], 1],
    [['keep-alive, Upgrade'], 0],
    [['Upgrade'], 0],
  ])('%j has it twice: %i', (connection, count) => {
    const seen = said(right, change('websocket', { connection }));
    expect(seen).toHaveLength(count);
    for (const each of seen) expect(each).toMatch(/^warning LIVE_CONNECTION_HEADER_TWICE: .*"Connection: Upgrade/);
  });
});

describe('the upgrade of a session', () => {
  it.each([
    [{ ...answered, status: 400, body: '{"code":1,"message":"Session ID unknown"}' }, '400 "Session ID unknown"'],
    [{ ...answered, status: 502 }, 'HTTP 502 instead of 101'],
    [
      { kind: 'failed', error: new Error('no frame within 10 ms'), isOpen: true },
      '101, and then no frame came through (no frame',
    ],
    [{ kind: 'failed', error: new Error('socket hang up'), isOpen: false }, 'it fails (socket hang up)'],
  ] as const)('%j is lost where a new WebSocket opens', (upgrade, words) => {
    const facts = { ...right, upgrade: { ...upgrade, url: `${url}?sid=secret` } };
    expect(said(facts)).toEqual([expect.stringMatching(/^warning LIVE_UPGRADE_LOST: /)]);
    expect(said(facts)[0]).toContain(words);
    expect(said(facts)[0]).not.toContain('secret');
    const none = change('websocket', { ok: false, status: 502, symptom: 'proxy-502' });
    expect(said(facts, none)).toEqual([expect.stringContaining('LIVE_WEBSOCKET_FAILS')]);
  });
});

describe('what a handshake says', () => {
  it.each([
    [
      { pingInterval: 60_000, inFront: ['nginx'] },
      'LIVE_PING_TOO_SLOW',
      'nginx (its header Server) closes after 60000',
    ],
    [{ pingInterval: 120_000, inFront: ['iis', 'arr'] }, 'LIVE_PING_TOO_SLOW', 'ARR'],
    [{ pingInterval: 100_000, inFront: ['cloudflare', 'azure'] }, 'LIVE_PING_TOO_SLOW', 'Cloudflare'],
    [{ pingInterval: 230_000, inFront: ['azure'] }, 'LIVE_PING_TOO_SLOW', 'Azure'],
    [{ pingInterval: 240_000, inFront: [] }, 'LIVE_PING_TOO_SLOW', 'load balancers'],
    [{ maxPayload: 30_000_001 }, 'LIVE_MESSAGE_LIMIT', 'maxAllowedContentLength'],
    [{ maxPayload: 2_000_000, inFront: ['nginx'] }, 'LIVE_MESSAGE_LIMIT', 'client_max_body_size'],
    [{ affinityOff: true }, 'LIVE_AFFINITY_OFF', 'Arr-Disable-Session-Affinity: true'],
  ] as const)('%j is %s', (more, code, words) => {
    expect(said(withSession(more))).toEqual([expect.stringMatching(new RegExp(`^warning ${code}: `))]);
    expect(said(withSession(more))[0]).toContain(words);
  });

  it.each([
    { pingInterval: 59_999, inFront: ['nginx'] },
    { pingInterval: 100_000, inFront: ['arr'] },
    { pingInterval: undefined },
    { maxPayload: 30_000_000 },
    { maxPayload: 50_000_000, inFront: [] },
    { maxPayload: undefined, inFront: ['nginx'] },
  ] as const)('%j is right', (more) => {
    expect(said(withSession(more))).toEqual([]);
  });

  it('of affinity is reported once, where polls are lost by it', () => {
    const lost = change('polls', { ok: false, symptom: 'sticky' });
    expect(said(withSession({ affinityOff: true }), lost)).toEqual([expect.stringContaining('LIVE_SESSION_LOST')]);
  });
});

describe('the first poll', () => {
  it.each([
    [{ status: undefined, because: 'no answer within 9 ms' }, 'error LIVE_POLL_HELD_BACK: '],
    [{ encoding: 'gzip' }, 'info LIVE_POLL_COMPRESSED: '],
  ])('%j is %s', (more, beginning) => {
    expect(said({ ...right, poll: { ...right.poll, ...more } })).toEqual([
      expect.stringMatching(new RegExp(`^${beginning}`)),
    ]);
  });

  it('says nothing where only a large answer is compressed, or the server may be no socket.io', () => {
    expect(said({ ...right, poll: { ...right.poll, encoding: 'gzip', bytes: 1_024 } })).toEqual([]);
    const unknown = { ...right, client: { ...right.client, version: undefined } };
    const silent = { ...unknown, poll: { ...right.poll, status: undefined, because: 'no answer' }, firefox: undefined };
    const { firefox: _, upgrade: _upgrade, ...facts } = silent;
    const plain = withoutWebSocket(facts);
    expect(plain).toEqual([]);
  });
});
const withoutWebSocket = (facts: SocketFacts): readonly string[] =>
  said(
    facts,
    steps.filter(({ id }) => id !== 'websocket'),
  );

describe('Firefox', () => {
  it('is refused where others are not', () => {
    const firefox = { ...answered, status: 400, url };
    expect(said({ ...right, firefox })).toEqual([
      expect.stringMatching(/^warning LIVE_FIREFOX_REFUSED: .*keep-alive, Upgrade.*HTTP 400 instead of 101/),
    ]);
    expect(withoutWebSocket({ ...right, firefox })).toEqual([]);
  });
});

describe('a page of another origin', () => {
  it.each([
    [{ allowOrigin: undefined }, 'error LIVE_CORS_REFUSED', 'no Access-Control-Allow-Origin'],
    [{ allowOrigin: 'https://other.example' }, 'error LIVE_CORS_REFUSED', 'https://other.example'],
    [{ allowOrigin: 'null' }, 'error LIVE_CORS_REFUSED', 'null'],
    [{ allowOrigin: '*, *' }, 'error LIVE_CORS_TWICE', '*, *'],
    [{ allowOrigin: `${foreign}, ${foreign}` }, 'error LIVE_CORS_TWICE', foreign],
    [{ allowOrigin: '*' }, 'warning LIVE_CORS_WITHOUT_CREDENTIALS', 'browsers refuse the two together'],
    [{ vary: undefined }, 'info LIVE_CORS_VARY', 'Vary: none'],
    [{ vary: 'Accept-Encoding, X-Origin' }, 'info LIVE_CORS_VARY', 'X-Origin'],
  ])('gets %j: %s', (more, code, words) => {
    const seen = said(withCors(more as Partial<typeof cors>));
    expect(seen).toEqual([expect.stringMatching(new RegExp(`^${code}: `))]);
    expect(seen[0]).toContain(words);
  });

  it.each([
    { allowOrigin: '*', allowCredentials: undefined },
    { vary: 'accept, ORIGIN' },
    { vary: '*' },
    { allowCredentials: undefined },
  ])('gets %j, which is right', (more) => {
    expect(said(withCors(more as Partial<typeof cors>))).toEqual([]);
  });

  it('needs credentials where a cookie keeps clients at one process', () => {
    const facts = withCors({ allowOrigin: '*', allowCredentials: undefined as unknown as string });
    const sticky = { ...facts, session: { ...session, stickyCookies: ['ARRAffinity'] } };
    expect(said(sticky)).toEqual([expect.stringMatching(/^warning LIVE_CORS_WITHOUT_CREDENTIALS: .*ARRAffinity\.$/)]);
    expect(said({ ...right, session: { ...session, stickyCookies: ['ARRAffinity'] } })).toEqual([]);
  });

  it.each([
    [undefined, 'no answer'],
    [{ ...cors, status: 405 }, 'HTTP 405'],
    [{ ...cors, status: 204, allowOrigin: undefined }, 'no Access-Control-Allow-Origin'],
  ])('has its question answered with %j', (preflight, words) => {
    const seen = said(withOrigin({ preflight }));
    expect(seen).toEqual([expect.stringMatching(/^warning LIVE_CORS_PREFLIGHT: /)]);
    expect(seen[0]).toContain(words);
  });

  it('is refused by the server itself, by polling or by WebSocket', () => {
    expect(said(withOrigin({ handshake: { ...cors, status: 403 } }))).toEqual([
      expect.stringMatching(/^error LIVE_ORIGIN_REFUSED: The handshake .*: HTTP 403; from the site's own/),
    ]);
    const byWebSocket = withOrigin({ webSocket: { url, outcome: answered } });
    expect(said(byWebSocket)).toEqual([
      expect.stringMatching(/^error LIVE_ORIGIN_REFUSED: A WebSocket .*: HTTP 403 instead of 101/),
    ]);
    expect(withoutWebSocket(byWebSocket)).toEqual([]);
  });
});

it('an app that refuses the visitor is quoted, and is no fault', () => {
  expect(said(right, change('websocket', { refused: 'no token' }))).toEqual([
    expect.stringMatching(/^info LIVE_VISITOR_REFUSED: .*: no token\.$/),
  ]);
});
