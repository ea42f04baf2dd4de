import path from 'node:path';
import { expect, it } from 'vitest';
import { gatherFacts, type LiveFacts, rules, runRules } from '../../src/doctor/index.js';
import { fixtures } from './expect-codes.js';

/** Where functions stand in data. Documents are not looked into: what parsers made of web.config (classes) and of a script (its `context`). */
function functionsIn(value: unknown, at: string, seen = new Set<unknown>()): string[] {
  if (typeof value === 'function') return [at];
  if (path.posix.basename(at) === 'context') return [];
  if (typeof value !== 'object' || value === null || seen.has(value)) return [];
  seen.add(value);
  const prototype: unknown = Object.getPrototypeOf(value);
  if (value instanceof Map)
    return [...value].flatMap(([key, each]) => functionsIn(each, `${at}[${String(key)}]`, seen));
  if (prototype !== Object.prototype && prototype !== Array.prototype) return [];
  return Object.entries(value).flatMap(([key, each]) => functionsIn(each, path.posix.join(at, key), seen));
}

it('facts of files are data: the functions are the queries, and the means to read the folder', () => {
  const { query, folder, ...data } = gatherFacts('everything-right', { cwd: fixtures });
  expect(data.server.scripts.length).toBeGreaterThan(0);
  expect(functionsIn(data, 'facts')).toEqual([]);
  expect(functionsIn({ query, folder }, 'facts').length).toBeGreaterThan(0);
});

it('a rule gets only the facts of its scope', () => {
  const step = {
    id: 'page',
    title: 'the page',
    method: 'GET',
    url: 'http://x/',
    ok: false,
    status: 500,
    seen: 'no',
  } as const;
  const probe = { url: 'http://x/', ok: false, steps: [{ ...step, startedAt: 0, ms: 1 }], transport: undefined, ms: 1 };
  const live: LiveFacts = {
    kind: 'live',
    target: 'http://x/',
    at: 0,
    probe,
    transports: [],
    exchanges: [],
    exposed: [],
  };
  const codes = runRules(rules, live).diagnoses.map(({ finding }) => finding.rule);
  expect(codes).toEqual(['LIVE_PAGE_FAILS']);
  const ofFiles = runRules(rules, gatherFacts('port-fixed', { cwd: fixtures })).diagnoses.map(({ rule }) => rule.code);
  expect(ofFiles).toEqual(['FIXED_PORT']);
});
