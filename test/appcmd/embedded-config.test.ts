import { describe, expect, it } from 'vitest';
import { parseAppcmdXml } from '../../src/appcmd/index.js';
import { loadConfigModel } from '../../src/config/index.js';
import { freshText, freshWorld, type World } from './support.js';

const handlers = '/section:system.webServer/handlers';

const lockState = async ({ appcmd }: World, path: string, section = handlers): Promise<[string?, string?]> => {
  const { stdout } = await appcmd.run(['list', 'config', path, section, '/xml'].filter((word) => word !== ''));
  const [config] = parseAppcmdXml(stdout);
  return [config?.get('overrideMode'), config?.get('locked')];
};

describe('unlock and lock', () => {
  it('allows web.config to set the section, and undoes it completely', async () => {
    const world = freshWorld();
    expect(await lockState(world, 'Default Web Site/dante')).toEqual(['Inherit', 'true']);
    expect(await world.run('unlock', 'config', handlers)).toEqual({
      code: 0,
      lines: ['Unlocked section "system.webServer/handlers" at configuration path "MACHINE/WEBROOT/APPHOST".'],
    });
    expect(world.store.text).toContain('<location path="" overrideMode="Allow">');
    expect(await lockState(world, 'Default Web Site/dante')).toEqual(['Inherit', 'false']);
    expect((await world.run('lock', 'config', handlers)).lines).toEqual([
      'Locked section "system.webServer/handlers" at configuration path "MACHINE/WEBROOT/APPHOST".',
    ]);
    expect(world.store.text).toBe(freshText());
  });

  it('succeed when they are repeated, and change nothing then', async () => {
    const { run, store } = freshWorld();
    await run('unlock', 'config', handlers);
    const once = store.text;
    expect((await run('unlock', 'config', handlers)).code).toBe(0);
    expect(store.text).toBe(once);
  });

  it('restore the place of every lockable section, in any order of locking', async () => {
    const sections = ['modules', 'handlers', 'serverRuntime', 'security/authentication/anonymousAuthentication'];
    const { run, store } = freshWorld();
    for (const section of sections) await run('unlock', 'config', `/section:system.webServer/${section}`);
    for (const section of sections) await run('lock', 'config', `/section:system.webServer/${section}`);
    expect(store.text).toBe(freshText());
  });

  it('lock sections that are unlocked by declaration, too', async () => {
    const world = freshWorld();
    const section = '/section:system.webServer/defaultDocument';
    await world.run('lock', 'config', section);
    expect(await lockState(world, 'Default Web Site', section)).toEqual(['Inherit', 'true']);
    await world.run('unlock', 'config', section);
    expect(world.store.text).toBe(freshText());
  });

  it.each(['webSocket', 'applicationInitialization', 'rewrite/rules', 'serverRuntime'])(
    'leave nothing of a section that was not there: %s',
    async (name) => {
      const last = name.split('/').at(-1);
      const declared = new RegExp(`(<section name="${last}"[^>]* overrideModeDefault=")\\w+`);
      for (const [mode, commands] of [
        ['Deny', ['unlock', 'lock']],
        ['Allow', ['lock', 'unlock']],
      ] as const) {
        const before = freshText().replace(declared, `$1${mode}`);
        const { run, store } = freshWorld(before);
        for (const command of [...commands, ...commands]) {
          await run(command, 'config', `/section:system.webServer/${name}`);
          expect(store.text === before, `${mode} ${command}`).toBe(command === commands[1]);
        }
      }
    },
  );

  it('keep what a section says that was not there before', async () => {
    const { run, store } = freshWorld();
    const section = '/section:system.webServer/webSocket';
    await run('lock', 'config', section);
    await run('set', 'config', section, '/enabled:false', '/commit:apphost');
    expect(store.text).toContain('<location path="" overrideMode="Deny">');
    await run('unlock', 'config', section);
    expect(store.text).toContain('<webSocket enabled="false" />');
    expect(store.text).not.toContain('<location path="" overrideMode');
  });

  it('unlock one site only, by its path', async () => {
    const world = freshWorld();
    await world.run('add', 'site', '/name:Other', '/physicalPath:C:\\o');
    await world.run('unlock', 'config', 'Other', handlers);
    expect(await lockState(world, 'Other')).toEqual(['Allow', 'false']);
    expect(await lockState(world, 'Default Web Site')).toEqual(['Inherit', 'true']);
  });

  it('never report the server itself as locked', async () => {
    expect(await lockState(freshWorld(), '')).toEqual(['Inherit', 'false']);
  });

  it('write what the configuration model accepts', async () => {
    const { run, store } = freshWorld();
    for (const name of ['handlers', 'modules', 'serverRuntime']) {
      await run('unlock', 'config', `/section:system.webServer/${name}`);
    }
    const webConfig =
      '<configuration><system.webServer><handlers><add name="n" path="n.js" verb="*" modules="iisnode" /></handlers></system.webServer></configuration>';
    const model = loadConfigModel({
      file: 'applicationHost.config',
      applicationHost: store.text,
      reader: { read: (file) => (file.endsWith('web.config') ? new TextEncoder().encode(webConfig) : undefined) },
      platform: 'win32',
    });
    const [site] = model.sites;
    if (site === undefined) throw new Error('no site');
    const items = model.effective('system.webServer/handlers', model.locate(site, '/')).items;
    expect(items.map((item) => item.string('name'))).toContain('n');
    expect(items.length).toBeGreaterThan(1);
  });
});

describe('set, clear and list config', () => {
  const added = ['set', 'config', handlers, "/+[name='iisnode',path='server.js',verb='*',modules='iisnode']"];
  const applied =
    'Applied configuration changes to section "system.webServer/handlers" for "MACHINE/WEBROOT/APPHOST" at configuration commit path "MACHINE/WEBROOT/APPHOST"';

  it('add and remove an entry of a section', async () => {
    const { run, store } = freshWorld();
    expect(await run(...added)).toEqual({ code: 0, lines: [applied] });
    expect((await run('list', 'config', handlers)).lines.join('\n')).toContain('name="iisnode" path="server.js"');
    expect((await run('set', 'config', handlers, "/-[name='iisnode']")).code).toBe(0);
    expect(store.text).toBe(freshText());
  });

  it('refuse an entry twice', async () => {
    const { run } = freshWorld();
    await run(...added);
    const { code, lines } = await run(...added);
    expect(code).toBe(183);
    expect(lines.join('\n')).toContain("of type 'add' with unique key attribute 'name' set to 'iisnode'");
  });

  it('reach nested collections: an environment variable of a pool', async () => {
    const { run, store } = freshWorld();
    const { code } = await run(
      'set',
      'config',
      '-section:system.applicationHost/applicationPools',
      "/+[name='DefaultAppPool'].environmentVariables.[name='NODE_ENV',value='production']",
      '/commit:apphost',
    );
    expect(code).toBe(0);
    expect(store.text).toContain('<add name="NODE_ENV" value="production" />');
  });

  it('create a site with an application and a folder in one command', async () => {
    const { run } = freshWorld();
    await run(
      'set',
      'config',
      '/section:system.applicationHost/sites',
      "/+[name='Contoso',id='2'].[path='/'].[path='/',physicalPath='c:\\c']",
    );
    expect((await run('list', 'vdir', 'Contoso/')).lines).toEqual(['VDIR "Contoso/" (physicalPath:c:\\c)']);
  });

  it('set a section for one path, committed to applicationHost.config', async () => {
    const { run, store } = freshWorld();
    const section = '/section:system.webServer/serverRuntime';
    const { lines } = await run(
      'set',
      'config',
      'Default Web Site/dante',
      section,
      '/uploadReadAheadSize:1',
      '/commit:apphost',
    );
    expect(lines).toEqual([
      'Applied configuration changes to section "system.webServer/serverRuntime" for "MACHINE/WEBROOT/APPHOST/Default Web Site/dante" at configuration commit path "MACHINE/WEBROOT/APPHOST"',
    ]);
    expect(store.text).toContain('<location path="Default Web Site/dante">');
    expect((await run('list', 'config', 'Default Web Site/dante', section)).lines.join()).toContain(
      'uploadReadAheadSize="1"',
    );
    expect((await run('list', 'config', section)).lines.join()).not.toContain('uploadReadAheadSize');
  });

  it('unlock with overrideMode, the third way', async () => {
    const world = freshWorld();
    await world.run(
      'set',
      'config',
      'MACHINE/WEBROOT/APPHOST/Default Web Site',
      '-section:system.webServer/handlers',
      '-overrideMode:Allow',
      '-commit:apphost',
    );
    expect(await lockState(world, 'Default Web Site')).toEqual(['Allow', 'false']);
  });

  it('clear what is set', async () => {
    const { run } = freshWorld();
    expect((await run('clear', 'config', handlers)).lines).toEqual([applied]);
    expect((await run('list', 'config', handlers)).lines).toEqual([
      '<system.webServer>',
      '  <handlers />',
      '</system.webServer>',
    ]);
  });

  it('search finds where a section is set', async () => {
    const { run } = freshWorld();
    expect((await run('search', 'config', handlers)).lines).toEqual(['CONFIGSEARCH "MACHINE/WEBROOT/APPHOST"']);
    expect((await run('search', 'config', handlers, '/accessPolicy:Write')).lines).toEqual([]);
  });

  it.each<[string, string[], number, string]>([
    ['an unknown section', ['unlock', 'config', '/section:x'], 87, 'Unknown config section "x".'],
    ['no section', ['lock', 'config'], 87, 'Unknown config section ""'],
    [
      'an unknown site',
      ['list', 'config', 'Missing', handlers],
      1168,
      'Cannot find SITE object with identifier "Missing".',
    ],
    [
      "a change of the app's own web.config",
      ['set', 'config', 'Default Web Site', handlers, '/accessPolicy:Read'],
      50,
      '/commit:apphost',
    ],
  ])('refuse %s', async (_what, args, code, text) => {
    const { run, store } = freshWorld();
    const answer = await run(...args);
    expect(answer.code).toBe(code);
    expect(answer.lines.join('\n')).toContain(text);
    expect(store.text).toBe(freshText());
  });
});

describe('the file', () => {
  it('keeps comments, blanks, quotes and line ends', async () => {
    const text = freshText()
      .replace(
        '<applicationPools>',
        "<applicationPools>\n\n            <!-- ours -->\n            <add   name='Odd'\tqueueLength = '100' />",
      )
      .replaceAll('\n', '\r\n');
    const { run, store } = freshWorld(text);
    await run('add', 'apppool', '/name:X', '/startMode:AlwaysRunning');
    expect(store.text).toContain("<!-- ours -->\r\n            <add   name='Odd'\tqueueLength = '100' />");
    await run('delete', 'apppool', 'X');
    expect(store.text).toBe(text);
  });

  it('that is not well-formed gives the place and exit 13', async () => {
    const { run } = freshWorld('<configuration>\n  <sites>\n</configuration>');
    const { code, lines } = await run('list', 'site');
    expect(code).toBe(13);
    expect(lines.join('\n')).toMatch(
      /Configuration error\nFilename: .*applicationHost\.config\nLine Number: \d\nDescription: Configuration file is not well-formed XML/,
    );
  });
});
