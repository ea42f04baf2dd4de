import { cpSync } from 'node:fs';
import http from 'node:http';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { folderWith, serve } from '../host/harness.js';
import { type ContractCase, cases } from './cases.js';

/** A real IIS with test/contract/site at this URL; the embedded IIS when it is not set. */
const baseUrl = process.env.CONTRACT_URL;

interface Seen {
  readonly status: number;
  readonly headers: http.IncomingHttpHeaders;
  readonly text: string;
}

function ask(base: string, { method = 'GET', path: below, headers = {}, body }: ContractCase): Promise<Seen> {
  const { hostname, port, pathname } = new URL(base);
  return new Promise((resolve, reject) => {
    const sent = http.request({
      host: hostname,
      port: port === '' ? 80 : port,
      path: `${pathname.replace(/\/$/, '')}/${below}`,
      method,
      headers,
      agent: false,
      timeout: 30_000,
    });
    sent.on('timeout', () => sent.destroy(new Error('no answer within 30 s')));
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

/** What differs from the case; one line each. */
function differences(one: ContractCase, seen: Seen): readonly string[] {
  const found: string[] = [];
  if (seen.status !== one.status) found.push(`status ${seen.status}, expected ${one.status}`);
  for (const [name, wanted] of Object.entries(one.answer ?? {})) {
    const value = seen.headers[name];
    const isRight = wanted === null ? value === undefined : value !== undefined && wanted.test(String(value));
    if (!isRight) found.push(`${name}: ${String(value)}, expected ${String(wanted)}`);
  }
  if (one.text !== undefined && !one.text.test(seen.text))
    found.push(`body ${JSON.stringify(seen.text.slice(0, 200))}`);
  return found;
}

describe(`the contract of IIS and iisnode, at ${baseUrl ?? 'the embedded IIS'}`, () => {
  it('holds in every case', async () => {
    let base = baseUrl;
    if (base === undefined) {
      const directory = folderWith();
      cpSync(path.join(import.meta.dirname, 'site'), directory, { recursive: true });
      base = `${(await serve({ directory, vdirPath: '/contract' })).origin}/contract`;
    }
    const report: string[] = [];
    for (const one of cases) {
      const found = await ask(base, one).then(
        (seen) => differences(one, seen),
        (error: unknown) => [String(error)],
      );
      for (const line of found) report.push(`${one.name} (${one.source}): ${line}`);
    }
    expect(report).toEqual([]);
  });
});
