import { cpSync, readdirSync, readFileSync } from 'node:fs';
import http from 'node:http';
import path from 'node:path';
import { expect, it } from 'vitest';
import { folderWith, serve } from '../host/harness.js';

/** A real IIS with test/behaviour as application /behaviour (`BASE_URL=http://localhost npm run test:contract`); else the embedded IIS. */
const elsewhere = process.env.CONTRACT_URL;
const vdirPath = '/behaviour';

/** One request of a `requests.json`, and its answer. `{base}` is the path of the case's folder; patterns are regular expressions. */
interface Asked {
  /** Below the folder. */
  readonly path: string;
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  readonly status: number;
  /** A status that older versions of IIS have instead. */
  readonly either?: number;
  /** `404.8`, as the detailed page for a client on the server itself names it. */
  readonly code?: string;
  /** Of a redirect; without a host where it leads to the same one. */
  readonly location?: string;
  /** Names of headers with patterns; null: the header must not be there. */
  readonly answer?: Readonly<Record<string, string | null>>;
  /** Patterns that the body has, and has not. */
  readonly text?: string;
  readonly without?: string;
  /** The connection is closed without an answer. */
  readonly closed?: true;
}

interface Case {
  readonly name: string;
  readonly what: string;
  /** Where the behaviour is documented. */
  readonly source: string;
  readonly requests: readonly Asked[];
}

interface Seen {
  readonly status: number;
  readonly headers: http.IncomingHttpHeaders;
  readonly text: string;
}

const folder = path.join(import.meta.dirname, '..', 'behaviour');
const cases: readonly Case[] = readdirSync(folder, { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map(({ name }) => ({
    name,
    ...JSON.parse(readFileSync(path.join(folder, name, 'requests.json'), 'utf8')),
  }));

/** A request to a server; rejects when the connection is closed without an answer. */
function ask(origin: string, target: string, { method = 'GET', headers = {}, body }: Asked): Promise<Seen> {
  const { hostname, port } = new URL(origin);
  return new Promise((resolve, reject) => {
    const place = {
      host: hostname,
      port: port === '' ? 80 : port,
      path: target,
      method,
      headers,
      agent: false as const,
    };
    const sent = http.request({ ...place, timeout: 60_000 });
    sent.on('timeout', () => sent.destroy(new Error('no answer within 60 s')));
    sent.on('upgrade', ({ statusCode = 0, headers: answered }, socket) => {
      socket.destroy();
      resolve({ status: statusCode, headers: answered, text: '' });
    });
    sent.on('response', (incoming) => {
      let text = '';
      incoming.setEncoding('utf8').on('data', (piece: string) => {
        text += piece;
      });
      incoming.on('end', () => resolve({ status: incoming.statusCode ?? 0, headers: incoming.headers, text }));
    });
    sent.on('error', reject);
    sent.end(body);
  });
}

/** What differs from what the case says; one line each. */
function differences(asked: Asked, seen: Seen, base: string): readonly string[] {
  const found: string[] = [];
  const here = (text: string): string => text.replaceAll('{base}', base);
  const { status, either, code, location, answer = {}, text, without } = asked;
  if (seen.status !== status && seen.status !== either) found.push(`status ${seen.status}, expected ${status}`);
  const named = /HTTP Error (\d+\.\d+)/.exec(seen.text)?.[1];
  if (code !== undefined && named !== undefined && named !== code) found.push(`${named}, expected ${code}`);
  if (location !== undefined) {
    const wanted = here(location);
    const got = seen.headers.location?.replace(wanted.startsWith('/') ? /^https?:\/\/[^/]+/ : '', '');
    if (got !== wanted) found.push(`location ${got}, expected ${wanted}`);
  }
  for (const [name, pattern] of Object.entries(answer)) {
    const value = seen.headers[name];
    const isRight =
      pattern === null ? value === undefined : value !== undefined && new RegExp(pattern).test(String(value));
    if (!isRight) found.push(`${name}: ${value}, expected ${pattern}`);
  }
  const body = seen.text.slice(0, 300);
  if (text !== undefined && !new RegExp(here(text), 's').test(seen.text))
    found.push(`body ${body}, expected ${here(text)}`);
  if (without !== undefined && new RegExp(without).test(seen.text))
    found.push(`body ${body}, expected without ${without}`);
  return found;
}

async function lookAt({ name, requests }: Case, origin: string): Promise<readonly string[]> {
  const base = `${vdirPath}/${name}`;
  const found: string[] = [];
  for (const asked of requests) {
    const about = `${name}: ${asked.method ?? 'GET'} ${asked.path}`;
    try {
      const seen = await ask(origin, `${base}/${asked.path}`, asked);
      if (asked.closed) found.push(`${about}: ${seen.status}, expected no answer`);
      else found.push(...differences(asked, seen, base).map((line) => `${about}: ${line}`));
    } catch (error) {
      if (!asked.closed) found.push(`${about}: ${String(error)}`);
    }
  }
  return found;
}

it(`answers as IIS and iisnode do, in each folder of test/behaviour (${elsewhere ?? 'the embedded IIS'})`, async () => {
  expect(cases.length).toBeGreaterThan(200);
  expect(cases.filter(({ what, source }) => what === '' || source === '')).toEqual([]);
  let origin = elsewhere && new URL(elsewhere).origin;
  if (origin === undefined) {
    const directory = folderWith();
    // A copy: iisnode writes its logs beside the scripts.
    cpSync(folder, directory, { recursive: true });
    origin = (await serve({ directory, vdirPath })).origin;
  }
  const report: string[] = [];
  for (const one of cases) report.push(...(await lookAt(one, origin)));
  expect(report).toEqual([]);
}, 300_000);
