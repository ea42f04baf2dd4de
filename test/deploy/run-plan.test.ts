import { describe, expect, it } from 'vitest';
import { type Appcmd, rememberLists } from '../../src/appcmd/index.js';
import { type DeployContext, type DeployEvent, type DeployStep, runPlan, steps } from '../../src/deploy/index.js';
import { UserError } from '../../src/errors.js';
import { smallText } from '../appcmd/support.js';
import { deployWorld, planFor } from './support.js';

const silent = (): void => undefined;
const plan = planFor('/apps/dante');

/** Runs it and gives the error it ends with. */
async function failing(...args: Parameters<typeof runPlan>): Promise<UserError> {
  const error = await runPlan(...args).then(
    () => undefined,
    (cause: unknown) => cause,
  );
  if (!(error instanceof UserError)) throw new Error('it did not fail as expected', { cause: error });
  return error;
}

/** An appcmd whose nth writing command fails, before or after its effect. */
const breaking =
  (at: number, when: 'before' | 'after') =>
  (appcmd: Appcmd): Appcmd => {
    let count = 0;
    return {
      format: (args) => appcmd.format(args),
      async run(args) {
        if (args[0] === 'list') return appcmd.run(args);
        count++;
        if (count !== at) return appcmd.run(args);
        if (when === 'after') await appcmd.run(args);
        return { exitCode: 5, stdout: 'ERROR ( message:no )' };
      },
    };
  };

/** An appcmd whose nth writing command never ends, before or after its effect; those after it do. */
function killing(at: number, when: 'before' | 'after') {
  let [count, inner, cut] = [0, undefined as Appcmd | undefined, (): void => undefined];
  const killed = new Promise<void>((resolve) => {
    cut = resolve;
  });
  const appcmd = (): Appcmd => {
    if (inner === undefined) throw new Error('no appcmd yet');
    return inner;
  };
  const wrap = (given: Appcmd): Appcmd => {
    inner = given;
    return {
      format: (args) => given.format(args),
      async run(args) {
        if (args[0] === 'list') return given.run(args);
        count++;
        if (count !== at) return given.run(args);
        if (when === 'after') await given.run(args);
        cut();
        return new Promise(() => undefined);
      },
    };
  };
  return { killed, wrap, appcmd };
}

/** What pools, sites and applications can look like before. */
const worlds: readonly [string, string, Partial<typeof plan>][] = [
  ['a fresh IIS', smallText(), {}],
  ['a fresh IIS, at the root of the site', smallText(), { vdirPath: '/', poolName: 'root' }],
  [
    'a pool and an application that are there with other settings',
    smallText()
      .replace(
        '<add name="DefaultAppPool" />',
        '<add name="DefaultAppPool" />\n            <add name="dante" startMode="OnDemand" autoStart="false">\n                <processModel idleTimeout="00:05:00" maxProcesses="2" />\n            </add>',
      )
      .replace(
        '<bindings>',
        '<application path="/dante" preloadEnabled="false">\n                    <virtualDirectory path="/" physicalPath="C:\\old" />\n                </application>\n                <bindings>',
      ),
    {},
  ],
  ['a pool in use by others', smallText(), { poolName: 'DefaultAppPool' }],
  ['a site that is stopped', smallText().replace('serverAutoStart="true"', 'serverAutoStart="false"'), {}],
];

describe.each(worlds)('deploying to %s', (_name, text, changes) => {
  const wanted = { ...plan, ...changes };

  it('does it, and a second time there is nothing to do', async () => {
    const { context, ran, world } = deployWorld(text);
    const first = await runPlan(steps, context, wanted, silent);
    expect(first.changed).toBe(true);
    expect(ran.length).toBeGreaterThan(0);
    const after = world.store.text;
    ran.length = 0;
    const second = await runPlan(steps, context, wanted, silent);
    expect(second.changed).toBe(false);
    expect(second.steps.flatMap(({ commands }) => commands)).toEqual([]);
    expect(ran).toEqual([]);
    expect(world.store.text).toBe(after);
  });

  it('runs exactly what the dry run says, and the dry run runs nothing', async () => {
    const { context, ran, snapshot } = deployWorld(text);
    const before = snapshot();
    const said = await runPlan(steps, context, wanted, silent, { dryRun: true });
    expect(snapshot()).toEqual(before);
    expect(ran).toEqual([]);
    await runPlan(steps, context, wanted, silent);
    const spoken = said.steps.flatMap(({ commands }) => commands).filter((line) => line.includes(' appcmd '));
    // Starting a site or pool that is stopped shows only once the host runs: nothing else may come on top.
    expect(ran.map((args) => context.appcmd.format(args)).filter((line) => !/appcmd start /.test(line))).toEqual(
      spoken,
    );
  });

  it('leaves nothing behind, whichever command fails, before or after its effect', async () => {
    const counting = deployWorld(text);
    await runPlan(steps, counting.context, wanted, silent);
    const count = counting.ran.length;
    for (let at = 1; at <= count; at++) {
      for (const when of ['before', 'after'] as const) {
        const { context, snapshot } = deployWorld(text, breaking(at, when));
        const start = snapshot();
        const error = await failing(steps, context, wanted, silent);
        expect(error.exit, `command ${at}, ${when}: ${error.message}`).toBe('refused');
        expect(error.code).toBe('NOT_ELEVATED');
        expect(snapshot(), `command ${at}, ${when} its effect`).toEqual(start);
      }
    }
  });

  it('leaves nothing behind, whichever step fails, before or after its effect', async () => {
    for (const [index, step] of steps.entries()) {
      if (typeof step.undo !== 'function') continue; // see below
      for (const when of ['before', 'after'] as const) {
        const { context, snapshot } = deployWorld(text);
        const start = snapshot();
        const broken: DeployStep = {
          ...step,
          say: (...args) => [...step.say(...args), 'boom'],
          needed: () => true,
          async do(...args) {
            if (when === 'after') await step.do(...args);
            throw new Error('boom');
          },
        };
        const error = await failing(steps.with(index, broken), context, wanted, silent);
        expect(error.exit, `${step.id}, ${when}: ${error.message}`).toBe('refused');
        expect(snapshot(), `${step.id}, ${when} its effect`).toEqual(start);
      }
    }
  });

  it('a process that is killed at any command leaves a state in which the next one does all that is left', async () => {
    const undisturbed = deployWorld(text);
    await runPlan(steps, undisturbed.context, wanted, silent);
    for (let at = 1; at <= undisturbed.ran.length; at++) {
      // Before a command it is as after the one before.
      for (const when of at === 1 ? (['before', 'after'] as const) : (['after'] as const)) {
        const kill = killing(at, when);
        const { context, records, snapshot } = deployWorld(text, kill.wrap);
        void runPlan(steps, context, wanted, silent); // goes no further, and undoes nothing
        await kill.killed;
        const earlier = structuredClone(await records.find('embedded', wanted.siteName, wanted.vdirPath));
        // Another process remembers nothing of what it has read.
        const appcmd = rememberLists(kill.appcmd());
        await runPlan(steps, { ...context, appcmd, ...(earlier && { earlier }) }, wanted, silent);
        expect(snapshot(), `command ${at}, ${when} its effect`).toEqual(undisturbed.snapshot());
      }
    }
  });

  it('takes everything back when it is interrupted, at any step', async () => {
    for (const [index, step] of steps.entries()) {
      const { context, snapshot } = deployWorld(text);
      const start = snapshot();
      const stop = new AbortController();
      const interrupted: DeployStep = {
        ...step,
        async look(...args) {
          const seen = await step.look(...args);
          stop.abort();
          return seen;
        },
      };
      const error = await failing(steps.with(index, interrupted), { ...context, signal: stop.signal }, wanted, silent);
      expect([error.code, error.exitCode]).toEqual(['INTERRUPTED', 130]);
      expect(snapshot()).toEqual(start);
    }
  });
});

describe('the runner', () => {
  const toy = (id: string, world: string[], faults: { do?: boolean; undo?: 'throws' | 'lies' } = {}): DeployStep => ({
    id,
    title: id,
    look: async () => world.includes(id),
    say: (_context, _plan, seen) => (seen === true ? [] : [`do ${id}`]),
    async do() {
      world.push(id);
      if (faults.do === true) throw new Error(`${id} broke`);
    },
    async undo() {
      if (faults.undo === 'throws') throw new Error('no way back');
      if (faults.undo === 'lies') return;
      const at = world.indexOf(id);
      if (at >= 0) world.splice(at, 1);
    },
    remove: { keeps: 'it is a toy' },
  });
  const context = (): DeployContext => deployWorld().context;

  it('reports looked, doing, done for each step, and undone in reverse', async () => {
    const events: DeployEvent[] = [];
    const world: string[] = ['there'];
    const list = [toy('there', world), toy('a', world), toy('b', world), toy('c', world, { do: true })];
    const error = await failing(list, context(), plan, (event) => events.push(event));
    expect(events.map(({ step, phase }) => `${step} ${phase}`)).toEqual([
      'there looked',
      'a looked',
      'a doing',
      'a done',
      'b looked',
      'b doing',
      'b done',
      'c looked',
      'c doing',
      'c failed',
      'c undone',
      'b undone',
      'a undone',
    ]);
    expect(events.find(({ step }) => step === 'a')?.commands).toEqual(['do a']);
    expect(world).toEqual(['there']);
    expect(error.what).toContain('everything done before was undone');
    expect(error.why).toContain('c broke');
    expect(error.cause).toBeInstanceOf(Error);
  });

  it.each(['throws', 'lies'] as const)(
    'never says "undone" when an undo %s: exit 5, and the others are undone all the same',
    async (undo) => {
      const world: string[] = [];
      const list = [toy('a', world), toy('b', world, { undo }), toy('c', world, { do: true })];
      const error = await failing(list, context(), plan, silent);
      expect([error.code, error.exitCode]).toEqual(['UNDO_INCOMPLETE', 5]);
      expect(error.what).toContain('b');
      expect(error.what).not.toContain('was undone');
      expect(error.why).toContain('c broke');
      expect(world).toEqual(['b']);
    },
  );

  it('does not undo what a step that could not be undone uses, and names it', async () => {
    const world: string[] = [];
    const events: DeployEvent[] = [];
    const used: DeployStep = {
      ...toy('used', world),
      usedBy: () => ['user', 'other'],
      undo: async ({ isRehearsal }) => void (isRehearsal === true || world.splice(world.indexOf('used'), 1)),
    };
    const list = [toy('free', world), used, toy('user', world, { undo: 'throws' }), toy('c', world, { do: true })];
    const error = await failing(list, context(), plan, (event) => events.push(event));
    expect([error.code, world]).toEqual(['UNDO_INCOMPLETE', ['used', 'user']]);
    expect(error.what).toMatch(/undone: user \(no way back\); what IIS may still use stays: used$/);
    expect(events.filter(({ step }) => step === 'used').at(-1)).toMatchObject({
      phase: 'looked',
      note: expect.stringContaining('"user" could not be undone'),
    });
  });

  it('says that nothing was changed when the first look fails', async () => {
    const broken: DeployStep = { ...toy('a', []), look: () => Promise.reject(new Error('cannot look')) };
    const error = await failing([broken], context(), plan, silent);
    expect(error.exit).toBe('refused');
    expect(error.what).toContain('nothing was changed');
  });

  it('gives the exact command lines for what could not be undone, and no names of its own', async () => {
    // Everything from the third writing command on is refused: the deed, and the way back.
    const refuses = (appcmd: Appcmd): Appcmd => {
      let count = 0;
      return {
        format: (args) => appcmd.format(args),
        run: async (args) =>
          args[0] === 'list' || ++count < 3 ? appcmd.run(args) : { exitCode: 5, stdout: 'ERROR ( message:no )' },
      };
    };
    const { context: refusing } = deployWorld(smallText(), refuses);
    const error = await failing(steps, refusing, plan, silent);
    expect(error.code).toBe('UNDO_INCOMPLETE');
    expect(error.next).toContain('npx iisnode-sock appcmd delete apppool dante');
    expect(error.next).toContain(`.bindingInformation:*:80:"`);
    for (const { id } of steps) expect(`${error.what} ${error.next}`).not.toContain(id);
  });

  describe('of a step that is not undone', () => {
    const told = (events: readonly DeployEvent[]): string[] =>
      events.map(({ step, phase, note }) => `${step} ${phase}${note === undefined ? '' : `: ${note}`}`);

    it('which changes nothing: tells it is at work, counts as no change, and its failure undoes all others', async () => {
      const world: string[] = [];
      const events: DeployEvent[] = [];
      const looks: DeployStep = { ...toy('looks', world), say: () => [], needed: () => true, undo: 'changes-nothing' };
      const fine = await runPlan([{ ...looks, do: async () => undefined }], context(), plan, (event) =>
        events.push(event),
      );
      expect(fine).toMatchObject({ changed: false, steps: [] });
      expect(told(events)).toEqual(['looks doing', 'looks done']);
      events.length = 0;
      const broken: DeployStep = { ...looks, do: () => Promise.reject(new Error('looks broke')) };
      const error = await failing([toy('a', world), broken], context(), plan, (event) => events.push(event));
      expect(error.what).toContain('everything done before was undone');
      expect(told(events).slice(-3)).toEqual(['looks doing', 'looks failed: looks broke', 'a undone']);
      expect(world).toEqual([]);
      const alone = await failing([broken], context(), plan, silent);
      expect(alone.what).toContain('nothing was changed');
    });

    it('which makes what stays: a later failure says so; its own is not said to be undone', async () => {
      const world: string[] = [];
      const built: DeployStep = { ...toy('built', world), undo: { stays: 'the app stays built' } };
      const later = await failing([built, toy('a', world, { do: true })], context(), plan, silent);
      expect(later.what).toMatch(/everything done before was undone; the app stays built$/);
      expect(world).toEqual(['built']);
      const odd: DeployStep = { ...toy('odd', world), undo: built.undo, do: () => Promise.reject(new Error('odd')) };
      expect((await failing([odd], context(), plan, silent)).what).toBe('odd failed; nothing was changed');
      const own = new UserError('BUILD_FAILED', {
        what: 'it broke; nothing was deployed',
        why: 'b',
        next: 'c',
        exit: 'refused',
      });
      const broken: DeployStep = { ...toy('other', world), undo: built.undo, do: () => Promise.reject(own) };
      expect(await failing([broken], context(), plan, silent)).toBe(own);
      const behind = await failing([toy('b', world), broken], context(), plan, silent);
      expect([behind.code, world]).toEqual(['BUILD_FAILED', ['built']]);
    });

    it('which cleans up: the deployment stands when it fails, and when a signal comes behind it', async () => {
      const world: string[] = [];
      const events: DeployEvent[] = [];
      const stop = new AbortController();
      const interruptible = { ...context(), signal: stop.signal };
      const fails: DeployStep = { ...toy('fails', world, { do: true }), undo: 'clean-up' };
      const cannotLook: DeployStep = { ...fails, id: 'blind', look: () => Promise.reject(new Error('blind')) };
      const last: DeployStep = {
        ...toy('last', world),
        undo: 'clean-up',
        async do() {
          stop.abort();
        },
      };
      const list = [toy('a', world), fails, cannotLook, last];
      const done = await runPlan(list, interruptible, plan, (event) => events.push(event));
      expect(done.steps.map(({ id }) => id)).toEqual(['a', 'last']);
      expect(told(events).slice(3)).toEqual([
        'fails looked',
        'fails doing',
        'fails looked: not removed: fails broke; by hand: do fails',
        'blind looked: not removed: blind',
        'last looked',
        'last doing',
        'last done',
      ]);
      expect(world).toContain('a');
    });

    it('which cleans up: a signal that comes before it undoes all others', async () => {
      const world: string[] = [];
      const stop = new AbortController();
      const last: DeployStep = { ...toy('last', world), undo: 'clean-up' };
      const before: DeployStep = {
        ...toy('a', world),
        async do() {
          world.push('a');
          stop.abort();
        },
      };
      const error = await failing([before, last], { ...context(), signal: stop.signal }, plan, silent);
      expect([error.code, world]).toEqual(['INTERRUPTED', []]);
    });
  });

  it('reports of a silent step only its failure, also when it is undone', async () => {
    const world: string[] = [];
    const events: DeployEvent[] = [];
    const quiet: DeployStep = { ...toy('quiet', world), mentioned: () => false };
    const list = [quiet, toy('a', world, { do: true })];
    await failing(list, context(), plan, (event) => events.push(event));
    expect(events.map(({ step, phase }) => `${step} ${phase}`)).toEqual([
      'a looked',
      'a doing',
      'a failed',
      'a undone',
    ]);
    expect(world).toEqual([]);
    const broken: DeployStep = { ...quiet, do: () => Promise.reject(new Error('no')) };
    events.length = 0;
    await failing([broken], context(), plan, (event) => events.push(event));
    expect(events.map(({ step, phase }) => `${step} ${phase}`)).toEqual(['quiet failed']);
  });

  it('undoes the last step, too, when a signal comes while it is at work', async () => {
    const world: string[] = [];
    const stop = new AbortController();
    const last: DeployStep = {
      ...toy('last', world),
      async do() {
        world.push('last');
        stop.abort();
      },
    };
    const error = await failing([toy('a', world), last], { ...context(), signal: stop.signal }, plan, silent);
    expect([error.code, error.what, world]).toEqual([
      'INTERRUPTED',
      'interrupted during: last; everything done before was undone',
      [],
    ]);
  });

  it('names the step that cannot be looked at any more, and where to look', async () => {
    const world: string[] = [];
    const list = [toy('a', world, { undo: 'lies' }), toy('b', world, { do: true })];
    const error = await failing(list, context(), plan, silent);
    expect(error.next).toContain('npx iisnode-sock status');
  });
});
