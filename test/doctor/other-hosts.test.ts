import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { rules } from '../../src/doctor/index.js';

const page = readFileSync(path.join(import.meta.dirname, '..', '..', 'docs', 'other-hosts.md'), 'utf8');
const rows = [...page.matchAll(/^\| ([A-Z]{2})(\d\d) \| (.+?) \| (.+) \|$/gm)].map(
  ([, table = '', number, , found = '']) => ({
    id: `${table}${number}`,
    table,
    found,
  }),
);

describe('the tables of other hosts and of frameworks', () => {
  it('have rows in order', () => {
    for (const [table, count] of [
      ['HP', 22],
      ['AR', 17],
      ['FW', 19],
    ] as const) {
      const numbered = Array.from({ length: count }, (_, index) => `${table}${String(index + 1).padStart(2, '0')}`);
      expect(rows.filter((row) => row.table === table).map(({ id }) => id)).toEqual(numbered);
    }
  });

  it('name rules that exist, by a link to their text', () => {
    const codes = new Set(rules.map(({ code }) => code));
    const named = [...page.matchAll(/\[([A-Z_]+)\]\(rules\.md#([a-z_]+)\)/g)];
    expect(named.length).toBeGreaterThan(40);
    expect(named.filter(([, code = '', anchor]) => !codes.has(code) || anchor !== code.toLowerCase())).toEqual([]);
  });

  it('have a rule for each row, or a reason in words', () => {
    expect(rows.filter(({ found }) => !found.startsWith('[') && found.split(' ').length < 6)).toEqual([]);
  });

  it('name each rule about HttpPlatformHandler and about proxies', () => {
    const own = rules.map(({ code }) => code).filter((code) => /PLATFORM|PROXY/.test(code));
    expect(own.length).toBeGreaterThan(12);
    expect(own.filter((code) => !page.includes(`[${code}]`))).toEqual([]);
  });
});
