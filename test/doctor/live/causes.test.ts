import { describe, expect, it } from 'vitest';
import { rules } from '../../../src/doctor/rules/index.js';
import { causesOf } from '../../../src/doctor/rules/live/causes/index.js';
import type { FilesBeside, LiveFacts } from '../../../src/doctor/types.js';
import type { Exchange, ProbeStep } from '../../../src/probe/index.js';
import { signsOf } from '../../../src/probe/signs.js';

const site = 'https://host.example/app/';
interface Answer {
  readonly status: number;
  readonly body?: string;
  readonly server?: string;
}

/** A failing step, as the probe makes it of an answer. */
function failing(
  id: ProbeStep['id'],
  { status, body = '', server = '' }: Answer,
  url = `${site}socket.io/`,
): ProbeStep {
  const signs = signsOf({ status, body, server });
  return { id, title: id, method: 'GET', url, ok: false, status, startedAt: 0, ms: 1, seen: `HTTP ${status}`, signs };
}

const works: ProbeStep = { ...failing('handshake', { status: 200 }), ok: true };

function look(
  steps: readonly ProbeStep[],
  headers: Exchange['headers'] = {},
  more: Partial<LiveFacts> = {},
): LiveFacts {
  const exchange = {
    method: 'GET',
    url: site,
    startedAt: 0,
    headMs: 1,
    ms: 1,
    status: 599,
    bytes: 0,
    headers,
  } as const;
  const probe = { url: site, ok: false, steps, transport: undefined, ms: 1 };
  return { kind: 'live', target: site, at: 0, probe, transports: [], exchanges: [exchange], exposed: [], ...more };
}

const said = (step: ProbeStep, facts: LiveFacts): readonly string[] =>
  (causesOf(step, facts).causes ?? []).map(({ says, evidence, against }) =>
    [
      says,
      ...(evidence === undefined ? [] : [`+ ${evidence}`]),
      ...(against === undefined ? [] : [`- ${against}`]),
    ].join(' '),
  );

const iis404 =
  '<title>IIS 10.0 Detailed Error - 404.0 - Not Found</title><h3>HTTP Error 404.0</h3><th>Module</th><td>IIS Web Core</td>';
const iisnode1001 =
  'iisnode encountered an error when processing the request.<br>HRESULT: 0x2<br>HTTP status: 500<br>HTTP subStatus: 1001<br>';

describe('the causes of a failure at a live site, the likeliest first', () => {
  it.each<[string, ProbeStep, Exchange['headers'], RegExp]>([
    [
      '404 of IIS',
      failing('handshake', { status: 404, body: iis404 }),
      {},
      /^no rule sends.*\+ the answer is a page of IIS/,
    ],
    [
      '404 of the app',
      failing('handshake', { status: 404, body: 'Cannot GET /app/socket.io/' }),
      {},
      /^the path of the client.*\+ the app itself answers 404/,
    ],
    [
      'a path beside the app',
      failing('client-script', { status: 404, body: 'x' }, 'https://host.example/socket.io/socket.io.js'),
      {},
      /^the path .*\+ \/socket\.io\/socket\.io\.js is not below the app/,
    ],
    [
      'a page in its place',
      failing('client-script', { status: 200, body: '<!doctype html>' }),
      {},
      /^no rule sends.*\+ the answer is an HTML page/,
    ],
    [
      'code 0',
      failing('handshake', { status: 400, body: '{"code":0,"message":"Transport unknown"}' }),
      {},
      /^the server does not allow the transport.*\+ socket\.io answers code 0/,
    ],
    [
      'code 5',
      failing('handshake', { status: 400, body: '{"code":5,"message":"Unsupported protocol version"}' }),
      {},
      /^client and server are of different major.*\+/,
    ],
    [
      '400 of HTTP.SYS',
      failing('handshake', { status: 400, body: 'Bad Request - Invalid Hostname', server: 'Microsoft-HTTPAPI/2.0' }),
      {},
      /^HTTP\.SYS refuses.*\+ Server: Microsoft-HTTPAPI/,
    ],
    [
      '502 behind nginx',
      failing('handshake', { status: 502, body: '<h1>502 Bad Gateway</h1>', server: 'nginx' }),
      { server: 'nginx/1.24.0' },
      /^a proxy in front of IIS.*\+ the answers name nginx/,
    ],
    ['502 without a sign', failing('page', { status: 502 }), {}, /^the app does not listen on the port/],
    [
      '503 of HTTP.SYS',
      failing('page', { status: 503, body: '<h2>Service Unavailable</h2>', server: 'Microsoft-HTTPAPI/2.0' }),
      {},
      /^the application pool is stopped.*\+ Server/,
    ],
    [
      '503 of the app',
      failing('page', { status: 503, body: 'database is down' }),
      {},
      /^the app itself answers 503.*\+/,
    ],
    [
      'a wordless upgrade',
      failing('websocket', { status: 400, server: 'Microsoft-IIS/10.0' }),
      {},
      /^IIS's own WebSocket module.*\+ Server: Microsoft-IIS/,
    ],
    [
      'an upgrade as a plain GET',
      failing('websocket', { status: 400, body: '{"code":3,"message":"Bad request"}', server: 'x' }),
      {},
      /^a proxy in front does not pass.*\+ socket\.io answers code 3/,
    ],
    [
      '500.1001 of iisnode',
      failing('page', { status: 200, body: iisnode1001 }),
      {},
      /^the app listens on a fixed TCP port/,
    ],
    [
      'polls of a part',
      { ...failing('polls', { status: 400 }), symptom: 'sticky', seen: '5 of 10 answered 400 "Session ID unknown"' },
      {},
      /^several node processes.*\+ 5 of 10 requests were lost/,
    ],
  ])('%s', (_name, step, headers, first) => {
    const all = said(step, look([step], headers));
    expect(all[0]).toMatch(first);
    expect(all.length).toBeGreaterThan(1);
  });

  it('what the handshake of the same look refutes comes last', () => {
    const script = failing('client-script', { status: 404, body: 'no' });
    const all = said(script, look([script, works]));
    expect(all[0]).toMatch(/^the server does not serve the client script.*\+ the handshake at the same path works/);
    expect(all.at(-1)).toContain('- the handshake at this path works');
  });

  it('one that the files have comes first, with its place; one that they rule out, last', () => {
    const step = failing('handshake', { status: 404, body: iis404 });
    const found = new Map([['WRONG_SERVER_LISTENS', 'WRONG_SERVER_LISTENS at server.js:7']]);
    const checkedRules = new Set(rules.map(({ code }) => code));
    const files: FilesBeside = { facts: undefined, ofFiles: checkedRules, checkedRules, found };
    expect(said(step, look([step], {}, { files }))[0]).toMatch(
      /^socket\.io is attached.*\+ WRONG_SERVER_LISTENS at server\.js:7$/,
    );
  });

  it('a status that names its cause, and an answer that never came, have no list', () => {
    const filtered = failing('handshake', { status: 404, body: iis404.replaceAll('404.0', '404.20') });
    const { signs: _signs, ...silent } = failing('page', { status: 500 });
    for (const step of [filtered, silent]) expect(said(step, look([step]))).toEqual([]);
  });

  it('each names rules that exist', async () => {
    const lists = await Promise.all(
      ['handshake-refused', 'poll-held', 'session-lost', 'socket-not-found', 'unavailable', 'upgrade-refused'].map(
        async (name) => Object.values(await import(`../../../src/doctor/rules/live/causes/${name}.ts`)),
      ),
    );
    const named = JSON.stringify(lists).match(/"rules":\[[^\]]*\]/g) ?? [];
    const codes = named.flatMap((text) => text.match(/[A-Z][A-Z_]{3,}/g) ?? []);
    expect(codes.length).toBeGreaterThan(10);
    expect(codes.filter((code) => !rules.some((rule) => rule.code === code))).toEqual([]);
  });
});
