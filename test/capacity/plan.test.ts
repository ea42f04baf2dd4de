import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type CapacityPlan, type CapacityQuestion, capacityLimits, planCapacity } from '../../src/capacity/index.js';

const settingOf = (plan: CapacityPlan, name: string): string | undefined =>
  plan.settings.find((setting) => setting.name === name)?.value;
const needed = (plan: CapacityPlan): string[] => plan.needs.filter((need) => need.needed).map(({ name }) => name);
const beyond = (plan: CapacityPlan): string[] => plan.limits.filter(({ ok }) => !ok).map(({ name }) => name);

describe('a few viewers', () => {
  const plan = planCapacity({ viewers: 100 });

  it('take one process on one machine, no adapter and no sticky sessions', () => {
    expect(plan).toMatchObject({ machines: 1, processes: 1, viewersPerProcess: 100, fits: true, faults: [] });
    expect(needed(plan)).toEqual([]);
    expect(settingOf(plan, 'nodeProcessStickySessions')).toBeUndefined();
  });

  it('need only a pool that never idles on the server', () => {
    expect(plan.settings.filter(({ where }) => where === 'server').map(({ name }) => name)).toEqual([
      'application pool',
    ]);
    expect(plan.settings.at(-1)?.text).toContain('/processModel.idleTimeout:00:00:00');
  });

  it('are too many for Windows 10, where each open socket is one of ten requests', () => {
    expect(beyond(plan)).toEqual(['Windows 10 and 11']);
    expect(beyond(planCapacity({ viewers: 10 }))).toEqual([]);
    expect(beyond(planCapacity({ viewers: 10, transports: ['polling'] }))).toEqual(['Windows 10 and 11']);
  });
});

describe('many viewers', () => {
  it('on several processes need an adapter, and over polling sticky sessions', () => {
    const question = { viewers: 2000, processes: 4 };
    expect(needed(planCapacity(question))).toEqual(['adapter']);
    const polling = planCapacity({ ...question, transports: ['websocket', 'polling'] });
    expect(needed(polling)).toEqual(['sticky sessions', 'adapter']);
    expect(settingOf(polling, 'nodeProcessStickySessions')).toBe('true');
    expect(polling.init).toBe('npx iisnode-sock init --processes 4 --transports websocket,polling --adapter redis');
  });

  it('on several machines need an adapter, and over polling affinity, though each has one process', () => {
    const question = { viewers: 2000, machines: 2 };
    expect(needed(planCapacity(question))).toEqual(['adapter']);
    expect(needed(planCapacity({ ...question, transports: ['polling'] }))).toEqual(['adapter', 'affinity']);
  });

  it('count twice over polling: a poll waits while a message or the upgrade is sent', () => {
    const limit = (transports: string[]) =>
      settingOf(planCapacity({ viewers: 17_000, processes: 1, transports }), 'maxConcurrentRequestsPerProcess');
    expect(limit(['websocket'])).toBe('22000');
    expect(limit(['polling'])).toBe('43000');
  });

  it("raise IIS's limits of requests per application and of its queue, if the defaults are too low", () => {
    const plan = planCapacity({ viewers: 9000 }, 'chat');
    expect(plan.settings.filter(({ where }) => where === 'server').map(({ text }) => text)).toEqual([
      'appcmd set config /section:system.webServer/serverRuntime /appConcurrentRequestLimit:23000',
      'appcmd set apppool /apppool.name:chat /queueLength:9000',
      expect.stringContaining('/apppool.name:chat /managedRuntimeVersion: '),
    ]);
    expect(settingOf(planCapacity({ viewers: 500_000, machines: 1, processors: 64 }), 'queueLength')).toBe('65535');
  });

  it('do not fit on too few machines, and it reports how many are enough', () => {
    const plan = planCapacity({ viewers: 1_000_000, machines: 1 });
    expect(plan.fits).toBe(false);
    expect(plan.faults).toEqual([
      expect.stringContaining(`This needs ${planCapacity({ viewers: 1_000_000 }).machines} machines`),
    ]);
    expect(needed(plan)).toContain('several machines');
  });

  it.each([
    [{ viewers: 50_000, processes: 1, machines: 1 }, 'This needs one machine with 3 node processes.'],
    [{ viewers: 30_000, machines: 1, processors: 1 }, 'This needs 2 machines, each with 1 node process.'],
  ])('%j are too many, and it reports what is enough', (question, said) => {
    expect(planCapacity(question).faults).toEqual([expect.stringContaining(said)]);
  });

  it.each<[CapacityQuestion, string[], { machines: number; processes: number } | undefined]>([
    [{ viewers: 50_000, machines: 1, processors: 2 }, ['adapter', 'several machines'], { machines: 3, processes: 1 }],
    [{ viewers: 50_000, machines: 1, processes: 1 }, ['adapter'], { machines: 1, processes: 3 }],
    [
      { viewers: 50_000, machines: 1, processors: 2, transports: ['polling'] },
      ['adapter', 'affinity', 'several machines'],
      { machines: 3, processes: 1 },
    ],
    [{ viewers: 100, processes: 8 }, [], { machines: 1, processes: 1 }],
    [{ viewers: 10, processes: 1, messagesPerSecond: 100_000 }, [], undefined],
  ])('%j are too many, and the needs are those of the sufficient number', (question, wanted, enough) => {
    const plan = planCapacity(question);
    expect([plan.fits, needed(plan)]).toEqual([false, wanted]);
    if (enough) expect(plan.enough).toMatchObject(enough);
    else expect(plan.enough).toBeUndefined();
  });

  it.each<CapacityQuestion>([
    { viewers: 50_000, machines: 1, processors: 2 },
    { viewers: 50_000, machines: 1, processors: 2, transports: ['websocket', 'polling'] },
    { viewers: 50_000, machines: 1, processes: 1 },
    { viewers: 1_000_000, machines: 1 },
    { viewers: 100, processes: 8 },
  ])('%j are too many, and the settings are those of the sufficient number', (question) => {
    const { enough, faults, ...plan } = planCapacity(question);
    if (enough === undefined) throw new Error('something would do');
    const { machines, processes } = enough;
    const { load, settings, limits, init, byHand, ...that } = planCapacity({ ...question, machines, processes });
    expect(that.fits).toBe(true);
    expect(enough).toEqual(that.enough);
    expect(plan).toMatchObject({ load, settings, limits, init, byHand });
  });

  it('get no settings if no number is enough', () => {
    const plan = planCapacity({ viewers: 10, processes: 1, messagesPerSecond: 100_000 });
    expect(plan).toMatchObject({ fits: false, needs: [], settings: [], limits: [], byHand: [] });
    expect([plan.enough, plan.load, plan.init]).toEqual([undefined, undefined, undefined]);
  });

  it('need settings that init does not write, and it names them', () => {
    expect(planCapacity({ viewers: 5000 }).byHand).toEqual([]);
    expect(planCapacity({ viewers: 17_000, processes: 1, machines: 1 }).byHand).toEqual([
      'maxConcurrentRequestsPerProcess="22000"',
    ]);
    expect(planCapacity({ viewers: 3000, processes: 2, transports: ['polling'] }).byHand).toEqual([
      'maxNamedPipeConnectionPoolSize="2000"',
    ]);
  });

  it('do not get more processes than there are processors', () => {
    expect(planCapacity({ viewers: 100, processes: 8 }).faults).toEqual([
      expect.stringContaining('share 4 processors'),
    ]);
    expect(planCapacity({ viewers: 100, processes: 8, processors: 8 }).fits).toBe(true);
  });

  it('get more processes for more messages each', () => {
    const processes = (messagesPerSecond: number): number => {
      const plan = planCapacity({ viewers: 50_000, messagesPerSecond, processors: 64 });
      return plan.processes * plan.machines;
    };
    expect(processes(0)).toBeLessThan(processes(10));
    expect(processes(10)).toBeLessThan(processes(100));
  });

  it('cannot each get more messages than half a processor can send', () => {
    for (const viewers of [1, 9]) {
      const { faults } = planCapacity({ viewers, processes: 1, messagesPerSecond: 100_000 });
      expect(faults).toEqual([expect.stringContaining('send fewer')]);
    }
  });

  it('are warned about processes that iisnode no longer drains', () => {
    const plan = planCapacity({ viewers: 1000, processes: 64, processors: 64 });
    expect(beyond(plan)).toContain('processes that are drained');
  });
});

describe('what cannot be answered', () => {
  it.each<[string, CapacityQuestion]>([
    ['0 viewers', { viewers: 0 }],
    ['less than none', { viewers: -1 }],
    ['a trillion', { viewers: 1e12 }],
    ['half a viewer', { viewers: 1.5 }],
    ['no number', { viewers: Number.NaN }],
    ['0 processes', { viewers: 1, processes: 0 }],
    ['too many processes', { viewers: 1, processes: 1025 }],
    ['0 machines', { viewers: 1, machines: 0 }],
    ['0 processors', { viewers: 1, processors: 0 }],
    ['negative messages', { viewers: 1, messagesPerSecond: -1 }],
    ['endless messages', { viewers: 1, messagesPerSecond: Number.POSITIVE_INFINITY }],
  ])('%s is rejected as an invalid question', (_name, question) => {
    expect(() => planCapacity(question)).toThrowError(
      expect.objectContaining({ code: 'CAPACITY_INVALID', exitCode: 2 }),
    );
  });

  it.each([[['webtransport']], [[]], [['polling', 'polling']]])('the transports %j are rejected', (transports) => {
    expect(() => planCapacity({ viewers: 1, transports })).toThrowError(
      expect.objectContaining({ code: 'TRANSPORTS_INVALID' }),
    );
  });
});

describe('any question', () => {
  const questions = fc.record(
    {
      viewers: fc.integer({ min: 1, max: 10_000_000 }),
      processes: fc.integer({ min: 1, max: 1000 }),
      machines: fc.integer({ min: 1, max: 10_000 }),
      processors: fc.integer({ min: 1, max: 1024 }),
      messagesPerSecond: fc.double({ min: 0, max: 100_000, noNaN: true }),
      transports: fc.constantFrom(['websocket'], ['polling'], ['polling', 'websocket']),
    },
    { requiredKeys: ['viewers'] },
  );

  it('gets shares for all viewers, in limits for all their requests', () => {
    fc.assert(
      fc.property(questions, (question) => {
        const plan = planCapacity(question);
        const { machines, processes, viewersPerMachine, viewersPerProcess } = plan;
        expect(machines * viewersPerMachine).toBeGreaterThanOrEqual(question.viewers);
        expect(processes * viewersPerProcess).toBeGreaterThanOrEqual(viewersPerMachine);
        if (plan.fits) expect(plan.enough).toEqual({ machines, processes, viewersPerMachine, viewersPerProcess });
        const { enough } = plan;
        if (enough === undefined) return;
        const open = plan.transports.includes('polling') ? 2 : 1;
        expect(Number(settingOf(plan, 'maxConcurrentRequestsPerProcess'))).toBeGreaterThanOrEqual(
          enough.viewersPerProcess * open,
        );
        const limit = Number(
          settingOf(plan, 'appConcurrentRequestLimit') ?? capacityLimits.requestsPerApplication.value,
        );
        expect(limit).toBeGreaterThanOrEqual(enough.viewersPerMachine * open);
        for (const { why, source, text } of plan.settings) expect([why, source, text]).not.toContain('');
        const adapter = plan.needs.find(({ name }) => name === 'adapter');
        const several = plan.needs.find(({ name }) => name === 'several machines');
        if (several?.needed) expect(adapter?.needed).toBe(true);
      }),
    );
  });

  it('without a number of machines and processes always gets enough of them', () => {
    fc.assert(
      fc.property(questions, ({ processes: _p, machines: _m, ...question }) => {
        const plan = planCapacity({ ...question, messagesPerSecond: Math.min(100, question.messagesPerSecond ?? 1) });
        expect(plan.faults).toEqual([]);
        expect(plan.viewersPerProcess).toBeLessThanOrEqual(plan.mostPerProcess.viewers);
      }),
    );
  });
});
