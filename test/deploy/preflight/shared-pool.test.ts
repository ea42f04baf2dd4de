import { writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { Appcmd } from '../../../src/appcmd/index.js';
import { deploy, undeploy } from '../../../src/deploy/index.js';
import { makeApp } from '../support.js';
import { iisOf, iisWith } from './support.js';

const poolOf = (text: string, name = 'DefaultAppPool'): string =>
  new RegExp(`<add name="${name}"(?: [^>]*)?(?:/>|>[\\s\\S]*?</add>)`).exec(text)?.[0] ?? '';
const pool = 'DefaultAppPool';

describe('a pool that other applications use', () => {
  it('is not touched, and that is said', async () => {
    const iis = iisOf(iisWith());
    const before = poolOf(iis.world.store.text);
    await iis.deploy({ pool });
    expect(poolOf(iis.world.store.text)).toBe(before);
    expect(iis.events.find(({ step }) => step === 'create-pool')?.note).toMatch(
      /^other applications use "DefaultAppPool": its settings stay \(deploy would set managedRuntimeVersion, .*; --force does\)$/,
    );
    iis.ran.length = 0;
    expect(await iis.deploy({ pool })).toMatchObject({ changed: false });
    expect(iis.ran).toEqual([]);
  });

  it('is changed with --force, and undeploy restores it', async () => {
    const iis = iisOf(iisWith());
    const before = poolOf(iis.world.store.text);
    const { directory, environment, appcmd } = iis;
    await iis.deploy({ pool, force: true });
    expect(poolOf(iis.world.store.text)).toContain('managedRuntimeVersion=""');
    await iis.deploy({ pool, force: true }); // a second one keeps what the first one recorded
    const { said, commands } = await undeploy({ directory, environment, appcmd });
    expect(poolOf(iis.world.store.text)).toBe(before);
    expect(said).toContain('the application pool "DefaultAppPool" has its former settings again');
    expect(commands.join('\n')).toContain('set apppool /apppool.name:DefaultAppPool /-managedRuntimeVersion');
  });
});

describe('a pool that was there and that no other application uses', () => {
  const own = iisWith().replace(
    '<add name="DefaultAppPool" />',
    '<add name="DefaultAppPool" /><add name="chat" startMode="OnDemand" queueLength="5"><processModel maxProcesses="2" /></add>',
  );

  it('gets its former settings again after undeploy, but for what was changed since', async () => {
    const iis = iisOf(own);
    const { directory, environment, appcmd } = iis;
    await iis.deploy({ pool: 'chat' });
    expect(poolOf(iis.world.store.text, 'chat')).toContain('maxProcesses="1"');
    await iis.world.run('set', 'apppool', 'chat', '/recycling.periodicRestart.time:1.00:00:00');
    await undeploy({ directory, environment, appcmd });
    expect(poolOf(iis.world.store.text, 'chat')).toMatch(
      /startMode="OnDemand"[\s\S]*maxProcesses="2"[\s\S]*time="1.00:00:00"/,
    );
    expect(poolOf(iis.world.store.text, 'chat')).not.toMatch(/managedRuntimeVersion|idleTimeout/);
  });

  it('keeps them while another app that deploy knows is in it', async () => {
    const iis = iisOf(own);
    const { directory, environment, appcmd } = iis;
    const other = makeApp({ name: 'other', vdirPath: '/other' });
    await iis.deploy({ pool: 'chat' });
    await deploy({ directory: other, environment, appcmd, verify: false, pool: 'chat' });
    await undeploy({ directory, environment, appcmd });
    expect(poolOf(iis.world.store.text, 'chat')).toContain('maxProcesses="1"');
    await undeploy({ directory: other, environment, appcmd });
    expect(poolOf(iis.world.store.text, 'chat')).toContain('maxProcesses="2"');
  });
});

describe("a pool whose name the console's code page cannot write", () => {
  /** Everything beyond ASCII arrives as a question mark. */
  const lossy = (appcmd: Appcmd, fails: () => boolean): Appcmd => ({
    format: (args) => appcmd.format(args),
    async run(args) {
      if (fails() && args[0] === 'add' && args[1] === 'app') return { exitCode: 5, stdout: 'ERROR ( message:no )' };
      const { exitCode, stdout } = await appcmd.run(args);
      return { exitCode, stdout: stdout.replace(/\P{ASCII}/gu, '?') };
    },
  });

  it('is removed by the undo, and accepted by the second deploy', async () => {
    const iis = iisOf(iisWith());
    let isFailing = true;
    const appcmd = lossy(iis.appcmd, () => isFailing);
    const { text } = iis.world.store;
    await expect(iis.deploy({ appcmd, pool: 'Größe' })).rejects.toMatchObject({ exit: 'refused' });
    expect(iis.world.store.text).toBe(text);
    isFailing = false;
    await iis.deploy({ appcmd, pool: 'Größe' });
    await iis.deploy({ appcmd, pool: 'Größe' });
    expect(iis.world.store.text.match(/<add name="Größe"/g)).toHaveLength(1);
  });
});

it('an undo leaves the bytes as they were, also without a section of server variables', async () => {
  const text = iisWith()
    .replace(/ *<allowedServerVariables \/>\r\n/, '')
    .replace(/<rewrite>[\s\S]*?<\/rewrite>/, '');
  for (const before of [text, iisWith()]) {
    const directory = makeApp();
    const variable = '<serverVariables><set name="HTTP_X" value="1" /></serverVariables>';
    const rule = `<rule name="r"><match url="x" />${variable}<action type="Rewrite" url="server.js" /></rule>`;
    writeFileSync(
      `${directory}/web.config`,
      `<configuration><system.webServer><handlers><add name="iisnode" path="server.js" verb="*" modules="iisnode" /></handlers><rewrite><rules>${rule}</rules></rewrite></system.webServer></configuration>`,
    );
    const iis = iisOf(before, directory);
    const failing: Appcmd = {
      format: (args) => iis.appcmd.format(args),
      run: async (args) =>
        args[0] === 'add' && args[1] === 'app' ? { exitCode: 5, stdout: '' } : iis.appcmd.run(args),
    };
    await expect(iis.deploy({ appcmd: failing, path: '/dante' })).rejects.toMatchObject({ exit: 'refused' });
    expect(iis.ran.join('\n')).toContain('allowedServerVariables');
    expect(iis.world.store.text).toBe(before);
  }
});
