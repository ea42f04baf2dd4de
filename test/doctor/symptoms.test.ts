import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { rules } from '../../src/doctor/index.js';

const page = readFileSync(path.join(import.meta.dirname, '..', '..', 'docs', 'symptoms.md'), 'utf8');

/** The rows of the table: symptom, what is wrong, rules, what files cannot show. */
const rows = page
  .split('\n')
  .filter((line) => /^\| S\d/.test(line))
  .map((line) =>
    line
      .split('|')
      .slice(1, -1)
      .map((cell) => cell.trim()),
  );

const all = Array.from({ length: 70 }, (_, index) => `S${String(index + 1).padStart(2, '0')}`);
const codes = new Set(rules.map(({ code }) => code));

describe('the table of symptoms', () => {
  it('has every symptom once, in order', () => {
    expect(rows.map(([symptom]) => symptom)).toEqual(all);
  });

  it.each(rows)('says of %s (%s) which rules find it, or why none does', (_symptom, wrong, found, hidden) => {
    const named = (found ?? '').split(', ').filter(Boolean);
    expect(wrong).not.toBe('');
    expect(named.filter((code) => !codes.has(code))).toEqual([]);
    if (named.length === 0) expect(hidden).not.toBe('');
  });

  it('says what else to look at where only a live site or a text shows it', () => {
    const ofElsewhere = new Set(rules.filter(({ scope }) => scope !== undefined).map(({ code }) => code));
    for (const [symptom, , found, hidden] of rows) {
      const named = (found ?? '').split(', ');
      if (named.every((code) => ofElsewhere.has(code) || code === '')) expect([symptom, hidden]).not.toContain('');
    }
  });
});
