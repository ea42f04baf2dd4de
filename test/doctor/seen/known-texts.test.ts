import { describe, expect, it } from 'vitest';
import { rules } from '../../../src/doctor/index.js';
import { fold } from '../../../src/doctor/seen/fold.js';
import { families } from '../../../src/doctor/seen/known/index.js';
import type { KnownText } from '../../../src/doctor/seen/known-text.js';
import { recognise } from '../../../src/doctor/seen/recognise.js';
import { samples } from './samples.js';

const all = families.flatMap(({ texts }) => texts);
const withText = all.filter(({ text, status, error }) => text ?? status ?? error);
/** What is found in a text, root causes first. */
const ids = (text: string): string[] => fold(recognise({ text })).map(({ known }) => known.id);
const anywhere = (text: string): string[] => recognise({ text }).map(({ known }) => known.id);
const patternsOf = ({ text = [], but, with: also, causes }: KnownText): RegExp[] =>
  [...text, but, also, ...causes.map(({ when }) => when)].filter((pattern) => pattern !== undefined);

describe('the list of known texts', () => {
  it('has each id once, and samples for it and for nothing else', () => {
    expect(new Set(all.map(({ id }) => id)).size).toBe(all.length);
    expect(Object.keys(samples).sort()).toEqual(withText.map(({ id }) => id).sort());
    expect(withText.filter(({ example }) => example === undefined).map(({ id }) => id)).toEqual([]);
  });

  it('names only rules that exist, and only texts and families that exist', () => {
    const codes = new Set(rules.map(({ code }) => code));
    const named = all.flatMap(({ causes }) => causes.flatMap((cause) => cause.rules ?? []));
    expect(named.filter((code) => !codes.has(code))).toEqual([]);
    expect(families.map(({ rule }) => rule).filter((code) => !codes.has(code))).toEqual([]);
    const names = new Set([...all.map(({ id }) => id), ...families.map(({ name }) => name)]);
    expect(all.flatMap(({ follows = [] }) => follows).filter((name) => !names.has(name))).toEqual([]);
  });

  it.each(all)('$id has what a reader needs: meaning, causes with a fix, what distinguishes them, sources', (known) => {
    expect(known.causes.length).toBeGreaterThan(0);
    for (const { says, fix } of known.causes) {
      expect(says).not.toMatch(/[.\s]$/);
      expect(fix).not.toMatch(/[.\s]$/);
    }
    expect(known.says).not.toMatch(/\.$/);
    expect(known.means).toMatch(/\.$/);
    expect(known.apart).not.toBe('');
    expect(known.sources.every((source) => /^https?:\/\/|^iisnode \d/.test(source))).toBe(true);
    expect(known.sources).not.toEqual([]);
  });

  it.each(all)('$id is matched in linear time: no quantifier is without a bound, none is inside another', (known) => {
    for (const { source } of patternsOf(known)) {
      const bare = source.replace(/\\./g, 'x').replace(/\[(?:[^\]])*\]/g, 'c');
      expect(bare).not.toMatch(/[*+]/);
      expect(bare).not.toMatch(/\{\d+,\}/);
      expect(bare).not.toMatch(/\([^()]*\{\d[^()]*\)\{/);
    }
  });
});

describe.each(withText)('$id', ({ id, example = '' }) => {
  it.each([example, ...(samples[id]?.yes ?? [])])('is first in %j', (text) => {
    expect(ids(text)[0]).toBe(id);
  });

  it.each(samples[id]?.no ?? [])('is not in %j', (text) => {
    expect(anywhere(text)).not.toContain(id);
  });
});

it('ordinary words are not known texts', () => {
  const words = [
    'Hello, it does not work',
    'npm install finished: added 57 packages in 2s',
    'Connected to the chat, transport websocket, 12 users',
    'GET /socket.io/?EIO=4&transport=polling 200 118 - 3.412 ms',
    'commit 500abc: release 4.0.4, fixes #404',
    '2026-03-01 10:00:00 10.0.0.4 GET /chat/ - 443 - 10.0.0.9 Mozilla/5.0 - 200 0 0 15',
    '<html><body><h1>Chat</h1><p>Room 503, seat 404</p></body></html>',
  ];
  expect(words.flatMap(anywhere)).toEqual([]);
});
