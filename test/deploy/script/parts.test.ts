import { describe, expect, it } from 'vitest';
import { type DeployPlan, runPlan } from '../../../src/deploy/index.js';
import { smallText } from '../../appcmd/support.js';
import { deployWorld } from '../support.js';
import { app, partsOf, plans, scripted } from './plans.js';
import { PartsRun, ScriptServer } from './run-parts.js';

const server = (text = smallText()): ScriptServer => new ScriptServer(text, [app]);
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

const withoutCertificate = ({ newSite }: DeployPlan): NonNullable<DeployPlan['newSite']> => {
  if (newSite === undefined) throw new Error('no new site');
  const { certificate: _none, ...rest } = newSite;
  return rest;
};
