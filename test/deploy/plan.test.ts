import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Appcmd } from '../../src/appcmd/index.js';
import { type DeployOptions, deploy, listReleases, rollback, undeploy } from '../../src/deploy/index.js';
import { freshWorld } from '../appcmd/support.js';
import { talk } from '../scaffold/workspace.js';
import { init } from '../support/init.js';
import { makeApp, temporaryDirectory } from './support.js';

/** Deploys to an IIS that is the embedded appcmd in memory. */
const toIis = (directory: string, changes: Partial<DeployOptions> = {}) => {
  const world = freshWorld();
  const ran: string[][] = [];
  const appcmd: Appcmd = {
    format: (args) => world.appcmd.format(args),
    run(args) {
      if (args[0] !== 'list' && args[0] !== 'search') ran.push([...args]);
      return world.appcmd.run(args);
    },
  };
  const environment = { IISNODE_SOCK_HOME: path.join(temporaryDirectory(), 'home') };
  const options: DeployOptions = { directory, appcmd, environment, verify: false, ...changes };
  return { world, ran, environment, options, result: deploy(options) };
};

describe('what deploy finds out by itself', () => {
  it('takes the vdir path, the entry point and the sections from web.config', async () => {
    const directory = makeApp();
    const { plan, url } = await toIis(directory, { dryRun: true }).result;
    expect(plan).toMatchObject({
      directory,
      vdirPath: '/dante',
      poolName: 'dante',
      entry: 'server.js',
      siteName: 'Default Web Site',
    });
    expect(plan.sections).toContain('system.webServer/handlers');
    expect(url).toBe('http://localhost/dante/');
  });

  it("falls back on the folder's name, made fit for a URL", async () => {
    const directory = makeApp({ name: 'My (new) App' });
    const file = path.join(directory, 'web.config');
    writeFileSync(file, readFileSync(file, 'utf8').replace(/<appSettings>[\s\S]*<\/appSettings>/, ''));
    expect((await toIis(directory, { dryRun: true }).result).plan.vdirPath).toBe('/My-new-App');
  });

  it('finds a web.config that is spelled otherwise, as IIS does', async () => {
    const directory = makeApp();
    renameSync(path.join(directory, 'web.config'), path.join(directory, 'Web.config'));
    expect((await toIis(directory, { dryRun: true }).result).plan).toMatchObject({
      entry: 'server.js',
      vdirPath: '/dante',
    });
  });

  it('takes the vdir path that web.config says under another name', async () => {
    const directory = makeApp();
    const file = path.join(directory, 'web.config');
    writeFileSync(file, readFileSync(file, 'utf8').replaceAll('virtualDirPath', 'BASE_PATH'));
    expect((await toIis(directory, { dryRun: true }).result).plan.vdirPath).toBe('/dante');
    await expect(toIis(directory, { path: '/other' }).result).rejects.toMatchObject({
      code: 'VDIR_PATH_MISMATCH',
      why: expect.stringMatching(/^the server reads its path from BASE_PATH in web.config/),
    });
  });
});

describe('an app whose rules name its vdir path in full', () => {
  const appFor = (target: string): string => {
    const directory = makeApp({ name: 'folder' });
    const rule = `<rule name="r"><match url=".*" /><action type="Rewrite" url="${target}" /></rule>`;
    const handler = '<handlers><add name="node" path="*.js" verb="*" modules="iisnode" /></handlers>';
    const inner = `${handler}<rewrite><rules>${rule}</rules></rewrite>`;
    writeFileSync(
      path.join(directory, 'web.config'),
      `<configuration><system.webServer>${inner}</system.webServer></configuration>`,
    );
    return directory;
  };

  it('is read at the path it is deployed to, not at the name of its folder', async () => {
    for (const asked of ['/chat', '/chat/']) {
      const { plan } = await toIis(appFor('/chat/server.js'), { dryRun: true, path: asked }).result;
      expect(plan).toMatchObject({ vdirPath: '/chat', entry: 'server.js' });
    }
    await expect(toIis(appFor('/chat/server.js'), { dryRun: true }).result).rejects.toMatchObject({
      code: 'ENTRY_UNKNOWN',
    });
  });

  it('is read at the root of the site that deploy creates for it', async () => {
    const changes = { dryRun: true, newSite: 'chat', binding: ['http://*:8090'] };
    const { plan } = await toIis(appFor('/server.js'), changes).result;
    expect(plan).toMatchObject({ siteName: 'chat', vdirPath: '/', entry: 'server.js' });
  });
});

describe('what deploy refuses before it does anything', () => {
  const oddCode = process.platform === 'win32' ? 'DIRECTORY_NOT_FOUND' : 'FOLDER_NAME_UNUSABLE';
  const oddFolder = (name: string): string =>
    process.platform === 'win32' ? path.join(temporaryDirectory(), name) : makeApp({ name });
  const broken = (file: string, text: string | undefined): string => {
    const directory = makeApp();
    if (text === undefined) rmSync(path.join(directory, file));
    else writeFileSync(path.join(directory, file), text);
    return directory;
  };
  it.each<[string, () => string, Partial<DeployOptions>, string, number]>([
    ['no folder', () => path.join(temporaryDirectory(), 'no'), {}, 'DIRECTORY_NOT_FOUND', 2],
    ['no web.config', () => broken('web.config', undefined), {}, 'WEB_CONFIG_NOT_FOUND', 2],
    [
      'a web.config that is not well-formed',
      () => broken('web.config', '<configuration>'),
      {},
      'WEB_CONFIG_NOT_WELL_FORMED',
      2,
    ],
    [
      'a web.config without an iisnode handler',
      () => broken('web.config', '<configuration />'),
      {},
      'ENTRY_UNKNOWN',
      2,
    ],
    ['no entry file', () => broken('server.js', undefined), {}, 'ENTRY_NOT_FOUND', 2],
    ['an entry file that was named and is not there', () => makeApp(), { entry: 'no.js' }, 'ENTRY_NOT_FOUND', 2],
    ['an unknown site', () => makeApp(), { site: 'Missing' }, 'SITE_NOT_FOUND', 2],
    ['a path that is none', () => makeApp(), { path: '/a/../b' }, 'VDIR_PATH_INVALID', 2],
    ['a path without a slash', () => makeApp(), { path: 'dante' }, 'VDIR_PATH_INVALID', 2],
    ['a web.config with a path that is none', () => makeApp({ vdirPath: '/a b?' }), {}, 'VDIR_PATH_INVALID', 2],
    // Windows has no such folder name to begin with; there the folder is not made.
    ['a folder with a control character in its name', () => oddFolder('a\u001B[31mb'), {}, oddCode, 2],
    ['the same for a script', () => oddFolder('a\u0007b'), { to: 'deploy.ps1', dryRun: true }, oddCode, 2],
    ['the same for a dry run', () => oddFolder('a\u0001b'), { dryRun: true }, oddCode, 2],
    ['a path the app is not made for', () => makeApp(), { path: '/other' }, 'VDIR_PATH_MISMATCH', 2],
    ['a pool name that is none', () => makeApp(), { pool: 'a/b' }, 'BAD_POOL_NAME', 2],
    ['a port, which on IIS is not ours', () => makeApp(), { port: 80 }, 'PORT_NOT_OURS', 2],
    ['an unknown target', () => makeApp(), { to: 'moon' }, 'UNKNOWN_TARGET', 2],
    ['an address that is none', () => makeApp(), { to: 'ssh://me@-host' }, 'BAD_SSH_ADDRESS', 2],
  ])('refuses %s', async (_what, app, options, code, exitCode) => {
    const { result, ran } = toIis(app(), options);
    await expect(result).rejects.toMatchObject({ name: 'UserError', code, exitCode });
    expect(ran).toEqual([]);
  });

  it.each([
    [{ path: '/other' }, 'deploy it with --path /dante'],
    [{ to: 'ssh://web1/My%20Site', path: '/other' }, 'deploy it with --path /dante'],
    [{ to: 'ssh://web1/My%20Site/other' }, 'npx iisnode-sock deploy FOLDER --to "ssh://web1/My%20Site/dante"'],
  ])('says of another path how the app gets its own, as it was given: %j', async (options, advice) => {
    const directory = makeApp();
    const failed = await toIis(directory, options).result.catch((error: unknown) => error);
    expect(failed).toMatchObject({
      code: 'VDIR_PATH_MISMATCH',
      next: `npx iisnode-sock init ${directory} --path /other, or ${advice.replace('FOLDER', directory)}`,
    });
  });

  it('refuses a new site beside an address that names one, and has the address without it', async () => {
    await expect(toIis(makeApp(), { to: 'ssh://web1/Shop', newSite: 'chat' }).result).rejects.toMatchObject({
      code: 'NEW_SITE_AND_SITE',
      next: 'omit --new-site, or give the address without its site: --to ssh://web1',
    });
  });

  it('refuses an app whose loader is for another path, and says what to run', async () => {
    const adopted = async (change: (webConfig: string) => string): Promise<string> => {
      const directory = makeApp();
      rmSync(path.join(directory, 'web.config'));
      writeFileSync(path.join(directory, 'package.json'), '{ "main": "server.js" }');
      writeFileSync(path.join(directory, 'server.js'), "require('http').createServer().listen(3000);\n");
      await init({ directory, path: '/' }, talk());
      const file = path.join(directory, 'web.config');
      writeFileSync(file, change(readFileSync(file, 'utf8')));
      return directory;
    };
    // The path was changed by hand: the second file of the loader is not there.
    const byHand = await adopted((text) => text.replace('value="/"', 'value="/x"'));
    await expect(toIis(byHand).result).rejects.toMatchObject({
      code: 'ENTRY_NOT_FOUND',
      what: expect.stringContaining('iisnode-vdir.cjs'),
      next: expect.stringMatching(/^npx iisnode-sock init .* --path \/x, then deploy again$/),
    });
    // web.config does not name a path: the loader has that of the last init.
    const unnamed = await adopted((text) => text.replace(/<appSettings>[\s\S]*<\/appSettings>/, ''));
    const { result, ran } = toIis(unnamed, { path: '/x' });
    await expect(result).rejects.toMatchObject({
      code: 'VDIR_PATH_MISMATCH',
      next: expect.stringMatching(/^npx iisnode-sock init .* --path \/x, then deploy again$/),
    });
    expect(ran).toEqual([]);
  });

  it('names in what to do next a folder with a blank so that it can be copied', async () => {
    const directory = path.join(temporaryDirectory(), 'my app');
    await expect(toIis(directory).result).rejects.toMatchObject({
      next: expect.stringContaining(`init "${directory}"`),
    });
  });

  it('says to run elevated when appcmd says 5', async () => {
    const appcmd: Appcmd = {
      format: (args) => args.join(' '),
      run: async () => ({ exitCode: 5, stdout: 'ERROR ( message:nein )' }),
    };
    await expect(toIis(makeApp(), { appcmd }).result).rejects.toMatchObject({ code: 'NOT_ELEVATED', exitCode: 1 });
  });

  it("refuses the folder that is the site's root already: IIS would read its web.config twice", async () => {
    const directory = makeApp();
    const { world, options, result } = toIis(directory, { dryRun: true });
    await result;
    await world.run('set', 'vdir', 'Default Web Site/', `/physicalPath:${directory}`);
    await expect(deploy({ ...options })).rejects.toMatchObject({ code: 'SAME_FOLDER_TWICE' });
  });
});

describe('undeploy on IIS', () => {
  it('removes the application and the pool that deploy made; nothing there is fine', async () => {
    const directory = makeApp();
    const { world, options, environment, result } = toIis(directory);
    await result;
    const { appcmd } = options;
    if (appcmd === undefined) throw new Error('no appcmd');
    const gone = await undeploy({ directory, environment, appcmd });
    expect(gone.commands).toEqual([
      'npx iisnode-sock appcmd delete app "Default Web Site/dante"',
      'npx iisnode-sock appcmd delete apppool dante',
    ]);
    expect((await world.run('list', 'app', '/text:path')).lines).toEqual(['/']);
    expect(await undeploy({ directory, environment, appcmd })).toMatchObject({ changed: false, commands: [] });
    expect(await undeploy({ path: '/dante', environment, appcmd })).toMatchObject({ changed: false, commands: [] });
  });

  it('keeps a pool that others use, and one that was there before', async () => {
    const directory = makeApp();
    const first = toIis(directory);
    await first.result;
    await first.world.run('add', 'app', '/site.name:Default Web Site', '/path:/other', '/applicationPool:dante');
    const { appcmd } = first.options;
    if (appcmd === undefined) throw new Error('no appcmd');
    const gone = await undeploy({ directory, environment: first.environment, appcmd });
    expect(gone.said).toContain('kept the application pool "dante": other applications use it');

    const second = toIis(directory, { pool: 'DefaultAppPool' });
    await second.result;
    await undeploy({
      directory,
      environment: second.environment,
      ...(second.options.appcmd && { appcmd: second.options.appcmd }),
    });
    expect((await second.world.run('list', 'apppool', '/text:name')).lines).toEqual(['DefaultAppPool']);
  });

  it('gives the root of a site its former folder and pool back', async () => {
    const directory = makeApp({ vdirPath: '/' });
    const { world, options, environment, result } = toIis(directory, { site: 'Default Web Site' });
    await result;
    expect((await world.run('list', 'vdir', '/text:physicalPath')).lines).toEqual([directory]);
    await undeploy({ directory, environment, ...(options.appcmd && { appcmd: options.appcmd }) });
    expect((await world.run('list', 'vdir', '/text:physicalPath')).lines).toEqual(['C:\\inetpub\\wwwroot']);
    expect((await world.run('list', 'app', '/text:applicationPool')).lines).toEqual(['DefaultAppPool']);
  });

  it.each(['Default Web Site', 'Other'])(
    'does not empty the root of %s that it did not fill: nothing to do',
    async (site) => {
      const { options, environment, ran, result, world } = toIis(makeApp(), { dryRun: true });
      await result;
      await world.run('add', 'site', '/name:Other', '/physicalPath:C:\\o', '/bindings:http/*:81:');
      const { appcmd } = options;
      if (appcmd === undefined) throw new Error('no appcmd');
      const folder = site === 'Other' ? 'C:\\o' : 'C:\\inetpub\\wwwroot';
      expect(await undeploy({ path: '/', site, environment, appcmd })).toMatchObject({
        changed: false,
        commands: [],
        said: [`the root of "${site}" was not deployed by iisnode-sock, and stays: its folder is ${folder}`],
      });
      expect(ran).toEqual([]);
    },
  );

  it('keeps a root whose folder was the same before, and forgets that it was deployed', async () => {
    const directory = makeApp({ vdirPath: '/' });
    const { world, options, environment, result } = toIis(directory, { dryRun: true, force: true });
    await result;
    await world.run('set', 'vdir', 'Default Web Site/', `/physicalPath:${directory}`);
    await deploy({ ...options, dryRun: false });
    const { appcmd } = options;
    if (appcmd === undefined) throw new Error('no appcmd');
    const gone = await undeploy({ directory, environment, appcmd });
    expect(gone.said[0]).toContain('keeps the folder that it had before');
    expect((await undeploy({ directory, environment, appcmd })).said).toEqual([
      `nothing is deployed from ${directory}`,
    ]);
  });

  it.each([
    ['a folder that is not there', { directory: '/no/such/folder' }, 'DIRECTORY_NOT_FOUND'],
    ['a file', { directory: import.meta.filename }, 'DIRECTORY_NOT_FOUND'],
    [
      'a folder that is not there, with a path',
      { directory: '/no/such/folder', path: '/dante' },
      'DIRECTORY_NOT_FOUND',
    ],
    [
      'another folder than the one at that path',
      { directory: import.meta.dirname, path: '/dante' },
      'UNDEPLOY_OTHER_FOLDER',
    ],
    ['a site that is not there', { path: '/dante', site: 'Missing' }, 'SITE_NOT_FOUND'],
    ['a path that is none', { path: '/a/../b' }, 'VDIR_PATH_INVALID'],
    ['a path without a slash', { path: 'dante' }, 'VDIR_PATH_INVALID'],
    ['a script', { path: '/dante', to: 'deploy.bat' }, 'UNDEPLOY_FROM_SCRIPT'],
    ['an unknown target', { path: '/dante', to: 'moon' }, 'UNKNOWN_TARGET'],
  ])('refuses %s, and changes nothing', async (_what, asked, code) => {
    const { options, environment, ran, result } = toIis(makeApp());
    await result;
    const before = ran.length;
    const { appcmd } = options;
    if (appcmd === undefined) throw new Error('no appcmd');
    await expect(undeploy({ ...asked, environment, appcmd })).rejects.toMatchObject({ code, exitCode: 2 });
    expect(ran).toHaveLength(before);
  });

  it('finds the site of a folder, also when the folder no longer exists', async () => {
    const directory = makeApp();
    const { options, environment, world, result } = toIis(directory, { dryRun: true });
    await result;
    await world.run('add', 'site', '/name:Other', '/physicalPath:C:\\o', '/bindings:http/*:81:');
    await deploy({ ...options, dryRun: false, site: 'Other' });
    rmSync(directory, { recursive: true });
    const { appcmd } = options;
    if (appcmd === undefined) throw new Error('no appcmd');
    expect(await undeploy({ directory, environment, appcmd })).toMatchObject({ site: 'Other', changed: true });
    await expect(undeploy({ directory, environment, appcmd })).rejects.toMatchObject({ code: 'DIRECTORY_NOT_FOUND' });
  });

  it('asks which one when the app is deployed twice', async () => {
    const directory = makeApp();
    const { options, environment, world, result } = toIis(directory);
    await result;
    await world.run('add', 'site', '/name:Other', '/physicalPath:C:\\o', '/bindings:http/*:81:');
    await deploy({ ...options, site: 'Other' });
    const { appcmd } = options;
    if (appcmd === undefined) throw new Error('no appcmd');
    await expect(undeploy({ directory, environment, appcmd })).rejects.toMatchObject({
      code: 'UNDEPLOY_AMBIGUOUS',
      next: 'choose one: npx iisnode-sock undeploy --to iis --site "Default Web Site" --path /dante; or npx iisnode-sock undeploy --to iis --site Other --path /dante',
    });
    for (const act of [listReleases, rollback])
      await expect(act({ directory, environment, appcmd })).rejects.toMatchObject({
        next: expect.stringContaining(
          `npx iisnode-sock ${act === rollback ? 'rollback' : 'releases'} --to iis --site Other`,
        ),
      });
    const other = path.join(import.meta.dirname, 'named');
    await expect(rollback({ directory: other, path: '/dante', environment, appcmd })).rejects.toMatchObject({
      code: 'UNDEPLOY_OTHER_FOLDER',
      next: `use one of the two: npx iisnode-sock rollback --path /dante, or npx iisnode-sock rollback --dir ${other}`,
    });
    expect(await undeploy({ directory, environment, appcmd, site: 'Other' })).toMatchObject({
      site: 'Other',
      changed: true,
    });
  });
});

describe('deploying something else to the same place', () => {
  const again = async (changes: Partial<DeployOptions>, options: DeployOptions) => {
    const notes: (string | undefined)[] = [];
    const result = await deploy({ ...options, ...changes }, ({ note }) => notes.push(note));
    return { result, notes };
  };

  it('says which folder it replaces where deploy has not put it there', async () => {
    const { options, world, result } = toIis(makeApp({ vdirPath: '/other', name: 'other' }));
    await result;
    await world.run('add', 'app', '/site.name:Default Web Site', '/path:/dante', '/physicalPath:C:\\old');
    expect((await again({ directory: makeApp() }, options)).notes).toContain('it was C:\\old until now');
  });

  it('says where it is when undeploy is asked for another site', async () => {
    const directory = makeApp();
    const { options, environment, world, result } = toIis(directory);
    await result;
    const appcmd = options.appcmd ?? world.appcmd;
    expect((await undeploy({ directory, site: 'Nope', environment, appcmd })).said).toEqual([
      `nothing is deployed from ${directory} there: it is /dante of "Default Web Site" (iis)`,
    ]);
    expect((await undeploy({ directory, environment, appcmd })).changed).toBe(true);
  });

  it('says whose place it takes; undeploy of either is clear', async () => {
    const dante = makeApp();
    const second = makeApp({ name: 'dante & more' });
    const { options, environment, world, result } = toIis(dante);
    await result;
    const { notes } = await again({ directory: second }, options);
    expect(notes).toContain(`it was ${dante} until now`);
    const appcmd = options.appcmd ?? world.appcmd;
    const nothing = await undeploy({ directory: dante, environment, appcmd });
    expect(nothing.changed).toBe(false);
    expect(nothing.said).toEqual([
      `nothing is deployed from ${dante}: /dante of "Default Web Site" is ${second} now (npx iisnode-sock undeploy "${second}" removes it)`,
    ]);
    expect((await undeploy({ directory: second, environment, appcmd })).changed).toBe(true);
    expect((await world.run('list', 'app', '/text:path')).lines).toEqual(['/']);
    expect((await world.run('list', 'apppool', '/text:name')).lines).toEqual(['DefaultAppPool']);
  });

  it('gives an application that was there before its folder and pool back', async () => {
    const { options, environment, world } = toIis(makeApp(), { dryRun: true });
    await world.run('add', 'app', '/site.name:Default Web Site', '/path:/dante', '/physicalPath:C:\\old');
    await deploy({ ...options, dryRun: false });
    const gone = await undeploy({
      directory: options.directory,
      environment,
      ...(options.appcmd && { appcmd: options.appcmd }),
    });
    expect(gone.said[0]).toContain('has its former folder again: C:\\old');
    expect((await world.run('list', 'app', 'Default Web Site/dante', '/text:applicationPool')).lines).toEqual([
      'DefaultAppPool',
    ]);
    expect((await world.run('list', 'vdir', 'Default Web Site/dante/', '/text:physicalPath')).lines).toEqual([
      'C:\\old',
    ]);
  });

  it('removes the pool it had made before when another one is taken, and says so in a dry run', async () => {
    const { options, world, result } = toIis(makeApp(), { pool: 'my pool' });
    await result;
    const dry = await again({ pool: 'other', dryRun: true }, options);
    expect(dry.result.steps.at(-1)?.commands).toEqual(['npx iisnode-sock appcmd delete apppool "my pool"']);
    const { result: second } = await again({ pool: 'other' }, options);
    expect(second.steps.at(-1)).toMatchObject({ id: 'remove-former-pool' });
    expect((await world.run('list', 'apppool', '/text:name')).lines).toEqual(['DefaultAppPool', 'other']);
    expect((await again({ pool: 'other' }, options)).result.changed).toBe(false);
  });

  it('keeps a former pool that others use, and one that was there before deploying', async () => {
    const { options, world, result, environment } = toIis(makeApp(), { pool: 'mine' });
    await result;
    const neighbour = makeApp({ vdirPath: '/neighbour' });
    await again({ directory: neighbour, pool: 'mine' }, options);
    await again({ pool: 'DefaultAppPool' }, options);
    await again({ pool: 'third' }, options);
    expect((await world.run('list', 'apppool', '/text:name')).lines.sort()).toEqual([
      'DefaultAppPool',
      'mine',
      'third',
    ]);
    // The last one that uses it takes it away.
    await undeploy({ directory: neighbour, environment, ...(options.appcmd && { appcmd: options.appcmd }) });
    expect((await world.run('list', 'apppool', '/text:name')).lines.sort()).toEqual(['DefaultAppPool', 'third']);
  });
});

it('gives a valid URL where a vdir path has blanks and other letters', async () => {
  const directory = makeApp({ vdirPath: '/Göttliche Komödie' });
  const { url, plan } = await toIis(directory, { dryRun: true }).result;
  expect(plan.vdirPath).toBe('/Göttliche Komödie');
  expect(url).toBe('http://localhost/G%C3%B6ttliche%20Kom%C3%B6die/');
});

describe('scripts', () => {
  const write = async (name: string): Promise<string> => {
    const file = path.join(temporaryDirectory(), name);
    const directory = makeApp();
    mkdirSync(path.join(directory, 'x'));
    const result = await deploy({ directory, to: file });
    expect(result).toMatchObject({ target: 'script', file, exit: 'done' });
    return readFileSync(file, 'utf8');
  };

  it('a .bat has the same commands, for its own folder', async () => {
    const text = await write('deploy.bat');
    expect(text).toMatch(
      /if defined BEFORE_POOL goto next\d+\r\n"%APPCMD%" add apppool \/name:dante\r\nif %errorlevel% neq 0 goto failed\r\n/,
    );
    expect(text).toContain(
      '"%APPCMD%" add app /site.name:"Default Web Site" /path:/dante /physicalPath:"%APP%" /applicationPool:dante\r\n',
    );
    // Asked before anything is changed.
    expect(text.indexOf('/section:system.webServer/iisnode')).toBeLessThan(text.indexOf('add apppool'));
    expect(text).toContain('echo iisnode is not installed on this server: ');
    // An application that is there is moved.
    expect(text).toContain('"%APPCMD%" set vdir "Default Web Site/dante/" /physicalPath:"%APP%"\r\n');
    expect(text).toContain('"%APPCMD%" set app "Default Web Site/dante" /applicationPool:dante\r\n');
    // What a fresh server leaves unlocked, another one may lock.
    for (const [section, variable] of [
      ['handlers', 'HANDLERS'],
      ['webSocket', 'WEBSOCKET'],
    ]) {
      const unlock = `"%APPCMD%" unlock config /section:system.webServer/${section}\r\n`;
      expect(text).toMatch(new RegExp(`if not defined BEFORE_LOCKED_${variable} goto next\\d+\r\n${unlock}`));
    }
    expect(text).toContain('"%SystemRoot%\\System32\\icacls.exe" "%APP%" /grant "%BEFORE_ACCOUNT%:(OI)(CI)RX"\r\n');
    expect(text).toContain('"%SystemRoot%\\System32\\icacls.exe" "%APP%" /grant "IUSR:(OI)(CI)RX"\r\n');
    expect(text).toMatch(
      /if defined BEFORE_LOGS goto next\d+\r\nmkdir "%APP%\\iisnode"\r\nif not exist "%APP%\\iisnode" goto failed\r\n/,
    );
    expect(text).not.toContain('@@');
  });

  it('a .ps1 too', async () => {
    const text = await write('deploy.ps1');
    expect(text).toContain(
      "& $appcmd add app '/site.name:Default Web Site' /path:/dante ('/physicalPath:' + $app + '') /applicationPool:dante\r\n",
    );
    expect(text).toContain("New-Item -ItemType Directory -Force -Path ('' + $app + '\\iisnode') | Out-Null\r\n");
    expect(text).toContain("if ($LASTEXITCODE -ne 0) { Exit-Refused 'iisnode is not installed on this server: ");
    expect(text).not.toContain('@@');
  });

  it.each([
    ['x.bat', '"%SystemRoot%\\System32\\icacls.exe" D:\\logs /grant "%BEFORE_ACCOUNT%:(OI)(CI)M"'],
    ['x.ps1', 'New-Item -ItemType Directory -Force -Path D:\\logs | Out-Null'],
  ])('%s leaves a log folder on another drive where it is', async (name, line) => {
    const directory = makeApp();
    const config = path.join(directory, 'web.config');
    writeFileSync(config, readFileSync(config, 'utf8').replace(/<iisnode\b/, '<iisnode logDirectory="D:\\logs"'));
    const to = path.join(directory, name);
    await deploy({ directory, to });
    expect(readFileSync(to, 'utf8')).toContain(`${line}\r\n`);
  });

  it('names the app relative to the script', async () => {
    const directory = makeApp({ name: "dante's 100%" });
    const parent = path.dirname(directory);
    await deploy({ directory, to: path.join(parent, 'x.bat') });
    const text = readFileSync(path.join(parent, 'x.bat'), 'utf8');
    expect(text).toContain(`for %%I in ("%~dp0dante's 100%%") do set "APP=%%~fI"\r\n`);
    await deploy({ directory, to: path.join(parent, 'x.ps1') });
    expect(readFileSync(path.join(parent, 'x.ps1'), 'utf8')).toContain(
      "$app = [IO.Path]::GetFullPath([IO.Path]::Combine($PSScriptRoot, 'dante''s 100%'))\r\n",
    );
    await deploy({ directory, to: path.join(directory, 'x.bat') });
    expect(readFileSync(path.join(directory, 'x.bat'), 'utf8')).toContain('for %%I in ("%~dp0.") do set "APP=%%~fI"');
  });

  it('keeps letters beyond ASCII: a .bat sets its code page first, a .ps1 has a byte order mark', async () => {
    const directory = makeApp({ vdirPath: '/göttlich' });
    await deploy({ directory, to: path.join(directory, 'x.bat') });
    expect(readFileSync(path.join(directory, 'x.bat'), 'utf8')).toMatch(
      /^@echo off\r\nsetlocal EnableExtensions DisableDelayedExpansion\r\nset "NoDefaultCurrentDirectoryInExePath=1"\r\nchcp 65001 >nul\r\n/,
    );
    await deploy({ directory, to: path.join(directory, 'x.ps1') });
    expect(readFileSync(path.join(directory, 'x.ps1'), 'utf8')).toMatch(/^\uFEFF# /);
    expect(await write('plain.bat')).not.toContain('chcp');
    expect(await write('plain.ps1')).toMatch(/^# /);
  });

  it('writes over nothing that says something else', async () => {
    const directory = makeApp();
    const to = path.join(directory, 'x.bat');
    expect(await deploy({ directory, to })).toMatchObject({ changed: true });
    expect(await deploy({ directory, to })).toMatchObject({ changed: false });
    writeFileSync(to, 'echo mine');
    await expect(deploy({ directory, to })).rejects.toMatchObject({ code: 'FILE_EXISTS', exitCode: 2 });
    expect(readFileSync(to, 'utf8')).toBe('echo mine');
  });

  it('says nothing about a server that was not read', async () => {
    const directory = makeApp();
    const notes: [string, string | undefined][] = [];
    await deploy({ directory, to: path.join(directory, 'x.bat') }, ({ step, commands, note }) => {
      if (commands.length === 0) notes.push([step, note]);
    });
    expect(notes.length).toBeGreaterThan(2);
    for (const [step, note] of notes) {
      if (step !== 'record-deployment') expect(note, step).toMatch(/./);
      expect(note).not.toMatch(/already|as wanted/);
    }
  });
});

describe('a dry run for IIS where there is none', () => {
  it('says the commands for a fresh one', async () => {
    const directory = makeApp();
    const notes: (string | undefined)[] = [];
    const result = await deploy({ directory, to: 'iis', dryRun: true, environment: {} }, ({ note }) =>
      notes.push(note),
    );
    expect(result).toMatchObject({ target: 'iis', dryRun: true, changed: true, exit: 'done' });
    const lines = result.steps.flatMap(({ commands }) => commands);
    expect(lines).toContain('"%windir%\\system32\\inetsrv\\appcmd.exe" add apppool /name:dante');
    expect(lines.some((line) => line.startsWith('icacls '))).toBe(true);
    expect(notes[0]).toContain('there is none on this machine');
  });

  it('but does not deploy there', async () => {
    await expect(deploy({ directory: makeApp(), to: 'iis', environment: {} })).rejects.toMatchObject({
      code: 'IIS_NOT_FOUND',
    });
  });
});

describe('the next step after a refusal works', () => {
  it.each([
    ['web.config', '<configuration>', /^npx iisnode-sock doctor \S+ /],
    ['server.js', undefined, /^npx iisnode-sock doctor \S+ /],
    ['web.config', '<configuration />', /^add it with: npx iisnode-sock init \S+ /],
  ])('when %s is %s', async (file, text, next) => {
    const directory = makeApp();
    if (text === undefined) rmSync(path.join(directory, file));
    else writeFileSync(path.join(directory, file), text);
    const error: unknown = await toIis(directory).result.catch((cause: unknown) => cause);
    expect(error).toMatchObject({ next: expect.stringMatching(next) });
    expect(error).not.toMatchObject({ next: expect.stringContaining('--entry') });
  });
});
