import { describe, expect, it } from 'vitest';
import { type DeployContext, runPlan, steps } from '../../src/deploy/index.js';
import { scriptTarget } from '../../src/deploy/targets/fresh-server.js';
import { quoteForShell } from '../../src/quoting.js';
import { freshText } from '../appcmd/support.js';
import { deployWorld, planFor } from './support.js';

const said = async (text: string, changes: Parameters<typeof planFor>[1] = {}, more: Partial<DeployContext> = {}) => {
  const { context } = deployWorld(text);
  const result = await runPlan(steps, { ...context, ...more }, planFor('C:\\apps\\dante', changes), () => undefined, {
    dryRun: true,
  });
  return Object.fromEntries(
    result.steps.filter(({ commands }) => commands.length > 0).map(({ id, commands }) => [id, commands]),
  );
};
const appcmd = (line: string): string => `npx iisnode-sock appcmd ${line}`;
/** As it is typed on this machine. */
const physicalPath = quoteForShell('/physicalPath:C:\\apps\\dante');

describe('the commands of each step', () => {
  it('unlock sections and give rights before the application is there, which preload asks at once', async () => {
    const plan = { serverVariables: ['HTTP_CONNECTION'] };
    const order = Object.keys(await said(freshText(), plan)).filter((id) =>
      ['unlock-sections', 'allow-server-variables', 'create-application', 'enable-preload'].includes(id),
    );
    expect(order).toEqual(['unlock-sections', 'allow-server-variables', 'create-application', 'enable-preload']);
    const ids = steps.map(({ id }) => id);
    expect(ids.indexOf('grant-rights')).toBeLessThan(ids.indexOf('create-application'));
  });

  it('are these on a fresh server', async () => {
    expect(await said(freshText())).toEqual({
      'bind-port': [
        appcmd(
          `set site "Default Web Site" "/bindings.[protocol='http',bindingInformation='*:80:'].bindingInformation:127.0.0.1:8080:"`,
        ),
      ],
      'create-pool': [
        appcmd('add apppool /name:dante'),
        appcmd(
          'set apppool /apppool.name:dante /managedRuntimeVersion: /startMode:AlwaysRunning /processModel.idleTimeout:00:00:00 /recycling.periodicRestart.time:00:00:00',
        ),
      ],
      'create-application': [
        appcmd(`add app /site.name:"Default Web Site" /path:/dante ${physicalPath} /applicationPool:dante`),
      ],
      'enable-preload': [appcmd('set app "Default Web Site/dante" /preloadEnabled:true')],
      'unlock-sections': [
        appcmd('unlock config /section:system.webServer/handlers'),
        appcmd('unlock config /section:system.webServer/modules'),
      ],
      'start-host': ['(start the host)'],
    });
  });

  it("give the root application of a site the app's folder and pool", async () => {
    const commands = await said(freshText(), { vdirPath: '/', poolName: 'root' });
    expect(commands['create-application']).toEqual([
      appcmd(`set vdir "Default Web Site/" ${physicalPath}`),
      appcmd('set app "Default Web Site/" /applicationPool:root'),
    ]);
  });

  it('set only what is not as wanted', async () => {
    const text = freshText().replace(
      '<add name="DefaultAppPool" />',
      '<add name="dante" managedRuntimeVersion="" startMode="AlwaysRunning">\n<processModel idleTimeout="00:00:00" />\n</add>',
    );
    expect((await said(text))['create-pool']).toEqual([
      appcmd('set apppool /apppool.name:dante /recycling.periodicRestart.time:00:00:00'),
    ]);
  });

  it.each([
    ['2', '/processModel.maxProcesses:1'],
    ['0', '/processModel.maxProcesses:1'],
    ['1', undefined],
  ])('leave a pool that had maxProcesses %s one worker process: two do not share sessions', async (had, set) => {
    const text = freshText().replace(
      '<add name="DefaultAppPool" />',
      `<add name="dante" managedRuntimeVersion="" startMode="AlwaysRunning">\n<processModel idleTimeout="00:00:00" maxProcesses="${had}" />\n<recycling><periodicRestart time="00:00:00" /></recycling>\n</add>`,
    );
    expect((await said(text))['create-pool']).toEqual(set && [appcmd(`set apppool /apppool.name:dante ${set}`)]);
  });

  it('leave a port that is bound already', async () => {
    expect(await said(freshText(), { port: 80 })).not.toHaveProperty('bind-port');
  });

  it('unlock nothing that is open', async () => {
    const commands = await said(freshText(), {
      sections: ['system.webServer/webSocket', 'system.webServer/iisnode', 'appSettings'],
    });
    expect(commands).not.toHaveProperty('unlock-sections');
  });

  it('take a section as locked when appcmd refuses to read past the lock', async () => {
    const { context } = deployWorld();
    const locked: DeployContext['appcmd'] = {
      format: (args) => context.appcmd.format(args),
      run: async (args) =>
        args[1] === 'config' ? { exitCode: 33, stdout: 'ERROR ( message:locked )' } : context.appcmd.run(args),
    };
    const commands = await said(freshText(), { sections: ['system.webServer/webSocket'] }, { appcmd: locked });
    expect(commands['unlock-sections']).toEqual([appcmd('unlock config /section:system.webServer/webSocket')]);
  });

  it('start a pool and a site that were stopped', async () => {
    const { context, world, host } = deployWorld();
    await host.start('Default Web Site');
    await world.run('stop', 'site', 'Default Web Site');
    const result = await runPlan(steps, context, planFor('/a', { port: undefined }), () => undefined, { dryRun: true });
    expect(result.steps.find(({ id }) => id === 'start-site')?.commands).toEqual([
      appcmd('start site "Default Web Site"'),
    ]);
  });

  it.each([false, true])(
    'fail when the embedded IIS (up before: %s) does not listen for the site, and say why',
    async (up) => {
      const { context, host, snapshot } = deployWorld();
      if (up) await host.start('Default Web Site');
      const before = snapshot();
      host.obstacle = { code: 'PORT_DENIED', why: 'Port 80 on 127.0.0.1 may not be opened.' };
      await expect(runPlan(steps, context, planFor('/a'), () => undefined)).rejects.toMatchObject({
        code: 'PORT_DENIED',
        what: expect.stringContaining('"Default Web Site"'),
        why: expect.stringContaining('Port 80'),
        exit: 'refused',
      });
      expect(snapshot()).toEqual(before);
    },
  );

  it('skip icacls on the embedded IIS, and say why', async () => {
    const { context } = deployWorld();
    const step = steps.find(({ id }) => id === 'grant-rights');
    expect(step?.note?.(context, planFor('/a'), undefined)).toBe('not needed: the embedded IIS runs as you');
  });

  it("say the rights the pool's identity needs on a server", async () => {
    const commands = await said(
      freshText(),
      { logDirectory: 'C:\\apps\\dante\\iisnode' },
      {
        target: scriptTarget((_plan, folder) => folder),
        run: async () => ({ exitCode: 1, stdout: '' }),
      },
    );
    expect(commands['grant-rights']).toEqual([
      'icacls C:\\apps\\dante /grant "IIS AppPool\\dante:(OI)(CI)RX" "IUSR:(OI)(CI)RX"',
      'mkdir C:\\apps\\dante\\iisnode',
      'icacls C:\\apps\\dante\\iisnode /grant "IIS AppPool\\dante:(OI)(CI)M"',
    ]);
  });

  it('keeps a former pool that came into use while the live app was checked', async () => {
    const { context, world } = deployWorld();
    await world.run('add', 'apppool', '/name:former');
    const step = steps.find(({ id }) => id === 'remove-former-pool');
    const earlier = { pool: 'former', poolCreated: true } as NonNullable<DeployContext['earlier']>;
    const plan = planFor('/a', { verify: true });
    const seen = await step?.look({ ...context, earlier }, plan);
    expect(step?.say({ ...context, earlier }, plan, seen)).toEqual([appcmd('delete apppool former')]);
    await world.run('add', 'app', '/site.name:Default Web Site', '/path:/other', '/applicationPool:former');
    expect(step?.say({ ...context, earlier }, plan, await step.look({ ...context, earlier }, plan))).toEqual([]);
  });
});
