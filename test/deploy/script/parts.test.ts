import { describe, expect, it } from 'vitest';
import { type DeployPlan, runPlan } from '../../../src/deploy/index.js';
import { smallText } from '../../appcmd/support.js';
import type { Entry } from '../../windows/server/access-lists.js';
import { poolSid } from '../../windows/server/accounts.js';
import { deployWorld } from '../support.js';
import { app, partsOf, plans, scripted } from './plans.js';
import { type Fault, PartsRun, ScriptServer } from './run-parts.js';

const server = (text = smallText()): ScriptServer => new ScriptServer(text, ['C:\\apps', app]);
const poolThere = smallText().replace(
  '<add name="DefaultAppPool" />',
  '<add name="DefaultAppPool" />\n            <add name="dante" startMode="OnDemand"><processModel maxProcesses="2" idleTimeout="00:05:00" /></add>',
);
const appThere = smallText().replace(
  '</application>',
  '</application>\n                <application path="/dante" preloadEnabled="false"><virtualDirectory path="/" physicalPath="D:\\old one" /></application>',
);
const otherSite = smallText().replace(
  '</site>',
  '</site>\n            <site name="Other" id="2"><bindings><binding protocol="http" bindingInformation="*:8081:" /></bindings><application path="/" applicationPool="DefaultAppPool"><virtualDirectory path="/" physicalPath="C:\\other" /></application></site>',
);

const servers: Readonly<Record<string, string>> = {
  'a fresh server': smallText(),
  'one with the pool': poolThere,
  'one with the application elsewhere': appThere,
  'one with another site': otherSite,
};

const cases = [
  ...Object.entries(servers).map(([kind, text]) => [`below a site, ${kind}`, plans['below a site'], text] as const),
  ['at the root of a site', plans['at the root of a site'], smallText()] as const,
  ['with a site of its own', plans['with a site of its own'], smallText()] as const,
];

describe('the parts of a script', () => {
  it.each(cases)('leave the same configuration as the direct deployment: %s', async (_name, plan, text) => {
    const direct = deployWorld(text);
    direct.world.store.isRunning = true;
    await runPlan(
      scripted.filter(({ id }) => id !== 'bind-certificate'),
      direct.context,
      plan,
      () => undefined,
    );
    const there = server(text);
    const parts = partsOf(plan.newSite === undefined ? plan : { ...plan, newSite: withoutCertificate(plan) });
    expect((await new PartsRun(parts, there).deploy()).outcome).toBe('done');
    expect(there.text).toBe(direct.world.store.text);
  });

  it('start a pool and a site that are stopped, and stop them when a later command fails', async () => {
    const plan = plans['below a site'];
    const there = server(poolThere);
    for (const object of ['apppool', 'site']) {
      await there.appcmd(['stop', object, object === 'site' ? 'Default Web Site' : 'dante']);
    }
    const before = there.snapshot();
    const { commands } = await new PartsRun(partsOf(plan), server(there.text)).deploy();
    expect(commands.slice(-2)).toEqual(['appcmd start apppool dante', 'appcmd start site Default Web Site']);
    const { outcome } = await new PartsRun(partsOf(plan), there, { at: commands.length - 1, effect: true }).deploy();
    expect([outcome, there.snapshot()]).toEqual(['undone', before]);
  });

  it.each(cases)('undo all when a command fails, before or after its effect: %s', async (_name, plan, text) => {
    const { commands } = await new PartsRun(partsOf(plan), server(text)).deploy();
    expect(commands.length).toBeGreaterThan(3);
    for (const at of commands.keys()) {
      for (const effect of [false, true]) {
        const there = server(text);
        const before = there.snapshot();
        const { outcome } = await new PartsRun(partsOf(plan), there, { at, effect }).deploy();
        expect([outcome, there.snapshot()], `${commands[at]}, ${effect ? 'after' : 'before'}`).toEqual([
          'undone',
          before,
        ]);
      }
    }
  });

  it.each(cases)(
    'that are killed at any command leave a state in which the next run does all that is left: %s',
    async (_name, plan, text) => {
      const undisturbed = server(text);
      const { commands } = await new PartsRun(partsOf(plan), undisturbed).deploy();
      for (const at of commands.keys()) {
        // Before a command it is as after the one before.
        for (const effect of at === 0 ? [false, true] : [true]) {
          const there = server(text);
          const killed = new PartsRun(partsOf(plan), there, { at, effect, kills: true }).deploy();
          await expect(killed).rejects.toThrow('killed');
          const again = new PartsRun(partsOf(plan), there);
          expect((await again.deploy()).outcome).toBe('done');
          expect(there.snapshot(), `${commands[at]}, ${effect ? 'after' : 'before'}`).toEqual(undisturbed.snapshot());
        }
      }
    },
  );

  it.each(cases)(
    'whose undo later is killed at any command leave what the next undo removes, also after another deployment: %s',
    async (_name, plan, text) => {
      const deployed = async (at = Number.NaN) => {
        const there = server(text);
        const run = new PartsRun(partsOf(plan), there, { at, effect: true, kills: true });
        const count = (await run.deploy()).commands.length;
        return { there, run, count };
      };
      const { there: undisturbed, run, count } = await deployed();
      const all = (await run.undo()).commands;
      expect(all.length).toBeGreaterThan(count);
      for (let at = count; at < all.length; at++) {
        for (const isDeployed of [false, true]) {
          const { there, run: first } = await deployed(at);
          await expect(first.undo()).rejects.toThrow('killed');
          if (isDeployed) expect((await new PartsRun(partsOf(plan), there).deploy()).outcome).toBe('done');
          expect((await first.later().undo()).outcome, all[at]).toBe('done');
          expect([there.snapshot(), there.files.size], all[at]).toEqual([undisturbed.snapshot(), 0]);
        }
      }
    },
  );

  it.each(cases)(
    'change nothing a second time, and remove later what they have added: %s',
    async (_name, plan, text) => {
      const there = server(text);
      const before = { rights: there.rights.snapshot(), certificates: [...there.certificates] };
      const run = new PartsRun(partsOf(plan), there);
      expect((await run.deploy()).outcome).toBe('done');
      const deployed = there.snapshot();
      expect(await new PartsRun(partsOf(plan), there).deploy()).toMatchObject({ outcome: 'done', commands: [] });
      expect(there.snapshot()).toEqual(deployed);
      expect((await run.undo()).outcome).toBe('done');
      expect({ rights: there.rights.snapshot(), certificates: [...there.certificates] }).toEqual(before);
      // Sections stay unlocked and server variables allowed, as after undeploy.
      const of = (config: string): string =>
        /<system\.applicationHost>[\s\S]*<\/system\.applicationHost>/.exec(config)?.[0] ?? '';
      expect(of(there.text)).toBe(of(text));
    },
  );
});

describe('a section of which appcmd cannot say whether it is locked', () => {
  it.each(cases)('ends the script as it was before: %s', async (_name, plan, text) => {
    for (const section of plan.sections) {
      const there = server(text);
      const before = there.snapshot();
      there.unreadable = section;
      const { outcome, said } = await new PartsRun(partsOf(plan), there).deploy();
      // A new site must be there before it can be asked.
      expect(outcome).toBe(plan.newSite === undefined ? 'refused' : 'undone');
      expect(said).toEqual([`appcmd could not say whether ${section} is locked.`]);
      expect(there.snapshot()).toEqual(before);
    }
  });

  it('is unlocked where the new site is the only one', async () => {
    const plan = plans['with a site of its own'];
    const text = smallText().replace(/<site [\s\S]*<\/site>/, '');
    const there = server(text);
    expect(there.text).not.toContain('<site ');
    expect((await new PartsRun(partsOf(plan), there).deploy()).outcome).toBe('done');
    expect(there.text).toContain('overrideMode="Allow"');
  });
});

const sid = poolSid('dante');
const networkService = smallText().replace(
  '<add name="DefaultAppPool" />',
  '<add name="DefaultAppPool" />\n            <add name="dante"><processModel identityType="NetworkService" /></add>',
);
const reads: Entry = { kind: 'allow', sid, flags: ['CI'], rights: ['R'] };
const formerly: readonly (readonly [string, string, readonly (readonly [string, Entry])[]])[] = [
  ['that are weaker', smallText(), [[app, reads]]],
  ['that are weaker, in the folder of the logs', smallText(), [[`${app}\\iisnode`, { ...reads, rights: ['RX', 'W'] }]]],
  ['of a user of IIS that may list it', smallText(), [[app, { ...reads, sid: 'S-1-5-17' }]]],
  ['of NetworkService, as which the pool runs', networkService, [[app, { ...reads, sid: 'S-1-5-20' }]]],
  ['none, where the pool runs as NetworkService', networkService, []],
];

describe('rights on the folders of a script', () => {
  const plan = plans['below a site'];
  function withRights(text: string, entries: (typeof formerly)[number][2]): ScriptServer {
    const there = server(text);
    for (const [folder, entry] of entries) {
      there.folders.add(folder);
      there.rights.add(folder, entry);
    }
    return there;
  }

  it.each(formerly)('%s are there again after a failure, and after an undo later', async (_name, text, entries) => {
    const there = withRights(text, entries);
    const before = there.rights.snapshot();
    const { commands } = await new PartsRun(partsOf(plan), withRights(text, entries)).deploy();
    const giving = [...commands.keys()].filter((at) => /^(?:icacls|mkdir)/.test(commands[at] ?? ''));
    for (const at of [...giving, commands.length - 1]) {
      for (const effect of [false, true]) {
        expect(await new PartsRun(partsOf(plan), there, { at, effect }).deploy()).toMatchObject({ outcome: 'undone' });
        expect(there.rights.snapshot(), `${commands[at]}, ${effect ? 'after' : 'before'}`).toEqual(before);
        expect([...there.files.keys()].filter((name) => name.endsWith('.acl'))).toEqual([]);
      }
    }
    const run = new PartsRun(partsOf(plan), there);
    expect((await run.deploy()).outcome).toBe('done');
    expect(there.rights.snapshot()).not.toEqual(before);
    expect((await run.undo()).outcome).toBe('done');
    expect(there.rights.snapshot()).toEqual(before);
    expect([...there.files]).toEqual([]);
  });

  it.each([
    ['deploy', smallText(), reads.sid],
    ['deploy, a pool of NetworkService', networkService, undefined],
  ])('that others have given since stay after an undo later: %s', async (_name, text, taken) => {
    const there = withRights(text, []);
    const run = new PartsRun(partsOf(plan), there);
    await run.deploy();
    const other: Entry = { kind: 'allow', sid: 'S-1-5-32-546', flags: [], rights: ['RX'] };
    there.rights.add(app, other);
    const { outcome, said } = await run.undo();
    expect(outcome).toBe('done');
    const sids = there.rights.own(app).map((entry) => entry.sid);
    expect(sids).toEqual(taken === undefined ? ['S-1-5-20', other.sid] : [other.sid]);
    expect(said.some((text) => text.startsWith('The rights of the pool on the app stay'))).toBe(taken === undefined);
  });

  it('given again by a later run are given back to what that run has found when it fails', async () => {
    const there = withRights(smallText(), []);
    await new PartsRun(partsOf(plan), there).deploy();
    there.rights.remove(app, sid);
    there.rights.add(app, reads);
    const before = there.rights.snapshot();
    const { commands } = await new PartsRun(partsOf(plan), withRights(smallText(), [])).deploy();
    const isGiven = { at: 1, effect: true };
    expect(commands.length).toBeGreaterThan(isGiven.at);
    expect((await new PartsRun(partsOf(plan), there, isGiven).deploy()).outcome).toBe('undone');
    expect(there.rights.snapshot()).toEqual(before);
  });
});

describe('an IIS whose services are stopped', () => {
  it.each([[[]], [['WAS']]])(
    'is started by a script, and stopped again when a command fails: %j run',
    async (running) => {
      const plan = plans['below a site'];
      const stopped = (): ScriptServer => {
        const there = server(poolThere);
        there.services.clear();
        for (const one of running) there.services.add(one);
        return there;
      };
      const there = stopped();
      const { commands, outcome } = await new PartsRun(partsOf(plan), there).deploy();
      expect([outcome, commands.filter((one) => one.startsWith('net '))]).toEqual(['done', ['net start W3SVC']]);
      expect([...there.services].sort()).toEqual(['W3SVC', 'WAS']);
      for (const at of [commands.indexOf('net start W3SVC'), commands.length - 1]) {
        for (const effect of [false, true]) {
          const failing = stopped();
          const before = failing.snapshot();
          expect((await new PartsRun(partsOf(plan), failing, { at, effect }).deploy()).outcome).toBe('undone');
          expect(failing.snapshot(), `${commands[at]}, ${effect}`).toEqual(before);
        }
      }
    },
  );
});

describe('an application that cannot be deleted', () => {
  /** appcmd refuses to delete it. */
  class Refusing extends ScriptServer {
    override appcmd(args: readonly string[]): ReturnType<ScriptServer['appcmd']> {
      return args.slice(0, 2).join(' ') === 'delete app'
        ? Promise.resolve({ exitCode: 5, stdout: 'no' })
        : super.appcmd(args);
    }
  }
  const refusing = (): ScriptServer => new Refusing(smallText(), ['C:\\apps', app]);
  const plan = plans['below a site'];

  it('keeps its pool when a later command fails', async () => {
    const there = refusing();
    const { commands } = await new PartsRun(partsOf(plan), refusing()).deploy();
    const { outcome } = await new PartsRun(partsOf(plan), there, { at: commands.length - 1, effect: true }).deploy();
    expect([outcome, there.text.includes('<add name="dante"')]).toEqual(['left', true]);
  });

  it('keeps it after an undo later, too', async () => {
    const there = refusing();
    const run = new PartsRun(partsOf(plan), there);
    await run.deploy();
    const { outcome, said } = await run.undo();
    expect([outcome, there.text.includes('<add name="dante"')]).toEqual(['left', true]);
    expect(said).toContain('The pool dante stays: an application uses it.');
  });
});

it('node is started again after a change of the files alone, once', async () => {
  const there = server();
  const run = async (): Promise<readonly string[]> =>
    (await new PartsRun(partsOf(plans['below a site']), there).deploy()).commands;
  await run();
  expect(await run()).toEqual([]);
  there.appFiles = 'index.js 2';
  expect(await run()).toEqual(['appcmd recycle apppool dante']);
  expect(await run()).toEqual([]);
});

it('changed files that do not work are live, which is said; those of a first run, or of an unchanged one, are gone', async () => {
  const run = (there: ScriptServer, at: Fault['at']) =>
    new PartsRun(partsOf(plans['below a site']), there, { at, effect: false }).deploy();
  const there = server();
  expect(await run(there, 'look')).toMatchObject({ outcome: 'undone', said: [] });
  await new PartsRun(partsOf(plans['below a site']), there).deploy();
  expect(await run(there, 'look')).toMatchObject({ outcome: 'undone', said: [] });
  there.appFiles = 'index.js 2';
  const live = { outcome: 'left', said: [expect.stringContaining('its changed files are live')] };
  expect(await run(there, 0)).toMatchObject({ outcome: 'undone', said: [] });
  for (const _attempt of ['first', 'second']) expect(await run(there, 'look')).toMatchObject(live);
});

const withoutCertificate = ({ newSite }: DeployPlan): NonNullable<DeployPlan['newSite']> => {
  if (newSite === undefined) throw new Error('no new site');
  const { certificate: _none, ...rest } = newSite;
  return rest;
};
