import { describe, expect, it } from 'vitest';
import { outcomeOf } from '../../../src/doctor/trial/outcome.js';
import type { TrialRun } from '../../../src/doctor/trial/run-trial.js';
import type { ProbeStep } from '../../../src/probe/index.js';

const url = 'http://127.0.0.1:1/app/';
const stepWith = (more: Partial<ProbeStep>): ProbeStep => ({
  id: 'page',
  title: 'the page',
  method: 'GET',
  url,
  ok: false,
  status: undefined,
  startedAt: 0,
  ms: 9_750,
  seen: 'no answer',
  ...more,
});
const runWith = (more: Partial<TrialRun>): TrialRun => ({
  url,
  ms: 13_500,
  patience: 8_550,
  listensOn: 'pipe',
  events: [],
  steps: [stepWith({ symptom: 'no-answer' })],
  seen: { listens: [], failed: [], refused: [], exits: [], busy: 0 },
  sources: undefined,
  apphost: undefined,
  ...more,
});
const listening = (...listens: TrialRun['seen']['listens']): TrialRun['seen'] => ({
  listens,
  failed: [],
  refused: [],
  exits: [],
  busy: 0,
});

describe('an app of which nothing is heard before the host has given up', () => {
  it('has listened elsewhere where it listens on a port alone', () => {
    expect(outcomeOf(runWith({ seen: listening({ port: 3000 }) }))).toEqual({
      kind: 'listened-elsewhere',
      listen: { port: 3000 },
    });
  });

  it('never listens where it does nothing', () => {
    expect(outcomeOf(runWith({}))).toEqual({ kind: 'never-listened' });
  });

  it('is not judged where it is still at work', () => {
    const seen = { ...listening(), busy: 0.9 };
    expect(outcomeOf(runWith({ seen }))).toMatchObject({ kind: 'undecided' });
  });

  it('is not judged where it has its pipe after that, whatever port the loader has for it', () => {
    const seen = listening(
      { path: '\\\\.\\pipe\\a', isGiven: true },
      { port: 5000, hasLoader: true, isGiven: false, isAside: false },
    );
    const events = [{ code: 'NEVER_LISTENED', level: 'error', message: 'm', at: 0 }] as unknown as TrialRun['events'];
    expect(outcomeOf(runWith({ seen, events }))).toEqual({
      kind: 'undecided',
      because: 'it was still starting after 9 s',
    });
  });

  it.each<[string, Partial<TrialRun>]>([
    ['has its pipe', { seen: listening({ port: 3001 }, { path: '\\\\.\\pipe\\a' }) }],
    ['is run by HttpPlatformHandler, which gives it a port', { listensOn: 'port', seen: listening({ port: 3001 }) }],
    ['has answered one request', { steps: [stepWith({}), stepWith({ status: 404 })], seen: listening({ port: 1 }) }],
    ['was never asked', { steps: [], seen: listening({ port: 3001 }) }],
  ])('is judged by its answers when it %s', (_what, more) => {
    expect(outcomeOf(runWith(more))).toEqual({ kind: 'answers' });
  });
});
