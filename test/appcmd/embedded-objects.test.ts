import { describe, expect, it } from 'vitest';
import { parseAppcmdXml } from '../../src/appcmd/index.js';
import { freshText, freshWorld } from './support.js';

const dante = ['add', 'app', '/site.name:Default Web Site', '/path:/dante', '/physicalPath:C:\\dante'];

describe('the grammar', () => {
  it.each<[string, string[]]>([
    ['words in any case', ['LIST', 'Site']],
    ['plurals', ['list', 'sites']],
    ['parameters with - for /', ['list', 'site', '-site.name:default web site']],
    ['the identifier as a parameter', ['list', 'site', '/site.name:DEFAULT WEB SITE']],
    ['the identifier by position', ['list', 'site', 'Default Web Site']],
    ['a filter', ['list', 'site', '/state:started']],
    ['a filter by a dotted attribute', ['list', 'site', '/limits.connectionTimeout:00:02:00']],
  ])('takes %s', async (_what, args) => {
    expect(await freshWorld().run(...args)).toEqual({
      code: 0,
      lines: ['SITE "Default Web Site" (id:1,bindings:http/*:80:,state:Started)'],
    });
  });

  it.each<[string, string[], number, string]>([
    ['no argument at all', [], 87, 'No command was given'],
    [
      'a verb alone',
      ['list'],
      87,
      "Object 'LIST' is not supported.  Run 'appcmd.exe /?' to display supported objects.",
    ],
    ['object before verb', ['site', 'list'], 87, "Object 'LIST' is not supported."],
    ['an unknown object', ['list', 'foo'], 87, "Object 'FOO' is not supported."],
    [
      'a verb the object does not have',
      ['restart', 'site', 'x'],
      87,
      "Command 'RESTART' is not supported on object 'SITE'.",
    ],
    ['recycle of a site', ['recycle', 'site', 'x'], 87, "Command 'RECYCLE' is not supported on object 'SITE'."],
    ['an object alone', ['site'], 87, "Command '' is not supported on object 'SITE'."],
    [
      'a word too many',
      ['list', 'site', 'Default', 'Web'],
      87,
      "The parameter 'Web' must begin with a / or - (HRESULT=80070057).",
    ],
    ['help', ['/?'], 1, 'APPCMD (command) (object-type)'],
    ['help of an object', ['site', '/?'], 1, 'Supported commands'],
    ['help of a verb', ['list', 'site', '/?'], 1, 'APPCMD LIST SITE'],
    ['a malformed bracket', ['set', 'site', 'Default Web Site', "/[path='/'.x:1"], 13, 'Malformed collection indexer'],
    ['what only a real IIS has', ['list', 'wp'], 16385, 'hresult:80004001, message:Command execution failed.'],
    [
      'an unknown attribute',
      ['set', 'site', 'Default Web Site', '/xyz:1'],
      87,
      'ERROR ( message:Unknown attribute "xyz".  Replace with -? for help. )',
    ],
    ['an unknown filter', ['list', 'site', '/xyz:1'], 87, 'Unknown attribute "xyz".'],
    [
      'an invalid value',
      ['set', 'site', 'Default Web Site', '/serverAutoStart:perhaps'],
      87,
      "The 'serverAutoStart' attribute is invalid.",
    ],
    ['no identifier', ['delete', 'site'], 87, 'ERROR ( message:Must specify the SITE object with identifier. )'],
  ])('answers %s with its exit code and text, and changes nothing', async (_what, args, code, text) => {
    const { run, store } = freshWorld();
    const answer = await run(...args);
    expect(answer.code).toBe(code);
    expect(answer.lines.join('\n')).toContain(text);
    expect(store.text).toBe(freshText());
  });
});

describe('list', () => {
  it('prints one line per object', async () => {
    const { run } = freshWorld();
    await run(...dante, '/applicationPool:DefaultAppPool');
    expect((await run('list', 'app')).lines).toEqual([
      'APP "Default Web Site/" (applicationPool:DefaultAppPool)',
      'APP "Default Web Site/dante" (applicationPool:DefaultAppPool)',
    ]);
    expect((await run('list', 'vdir')).lines).toEqual([
      'VDIR "Default Web Site/" (physicalPath:C:\\inetpub\\wwwroot)',
      'VDIR "Default Web Site/dante/" (physicalPath:C:\\dante)',
    ]);
    expect((await run('list', 'apppool')).lines).toEqual([
      'APPPOOL "DefaultAppPool" (MgdVersion:v4.0,MgdMode:Integrated,state:Started)',
    ]);
  });

  it('prints No Managed Code as nothing', async () => {
    const { run } = freshWorld();
    await run('set', 'apppool', 'DefaultAppPool', '/managedRuntimeVersion:');
    expect((await run('list', 'apppool')).lines[0]).toContain('(MgdVersion:,MgdMode');
  });

  it('prints /xml with the attributes in the order of the real one', async () => {
    const { run } = freshWorld();
    const xml = async (object: string): Promise<string> =>
      (await run('list', object, '/xml')).lines.slice(2, -1).join('').trim();
    expect(await xml('site')).toBe(
      '<SITE SITE.NAME="Default Web Site" SITE.ID="1" bindings="http/*:80:" state="Started" />',
    );
    expect(await xml('app')).toBe(
      '<APP path="/" APP.NAME="Default Web Site/" APPPOOL.NAME="DefaultAppPool" SITE.NAME="Default Web Site" />',
    );
    expect(await xml('vdir')).toBe(
      '<VDIR VDIR.NAME="Default Web Site/" physicalPath="C:\\inetpub\\wwwroot" path="/" APP.NAME="Default Web Site/" />',
    );
    expect(await xml('apppool')).toBe(
      '<APPPOOL APPPOOL.NAME="DefaultAppPool" PipelineMode="Integrated" RuntimeVersion="v4.0" state="Started" />',
    );
  });

  it('adds the configuration with /config, and defaults with /config:*', async () => {
    const { appcmd } = freshWorld();
    await appcmd.run(['set', 'apppool', 'DefaultAppPool', '/processModel.idleTimeout:00:00:00']);
    const own = parseAppcmdXml((await appcmd.run(['list', 'apppool', '/xml', '/config'])).stdout)[0];
    expect(own?.configured('processModel.idleTimeout')).toBe('00:00:00');
    expect(own?.configured('queueLength')).toBeUndefined();
    const all = parseAppcmdXml((await appcmd.run(['list', 'apppool', '/xml', '/config:*'])).stdout)[0];
    expect(all?.configured('queueLength')).toBe('1000');
    expect(all?.configured('recycling.periodicRestart.time')).toBe('1.05:00:00');
  });

  it('prints one value with /text:NAME, also an inherited one and one of a child element', async () => {
    const { run } = freshWorld();
    expect((await run('list', 'apppool', '/text:state')).lines).toEqual(['Started']);
    expect((await run('list', 'apppool', '/text:managedRuntimeVersion')).lines).toEqual(['v4.0']);
    expect((await run('list', 'apppool', '/text:processModel.identityType')).lines).toEqual([
      'ApplicationPoolIdentity',
    ]);
    expect((await run('list', 'app', '/text:APP.NAME')).lines).toEqual(['Default Web Site/']);
  });

  it('prints a tree with /text:*', async () => {
    const { lines } = await freshWorld().run('list', 'site', '/text:*');
    expect(lines.slice(0, 7)).toEqual([
      'SITE',
      '  SITE.NAME: Default Web Site',
      '  SITE.ID: 1',
      '  bindings: http/*:80:',
      '  state: Started',
      '  [site]',
      '    name:"Default Web Site"',
    ]);
  });

  it('ends with 1 and no text for an unknown identifier, with 0 for a filter without matches', async () => {
    const { run } = freshWorld();
    expect(await run('list', 'site', 'Missing')).toEqual({ code: 1, lines: [] });
    expect(await run('list', 'site', '/state:Stopped')).toEqual({ code: 0, lines: [] });
    expect(await run('list', 'app', '/site.name:Missing')).toEqual({ code: 0, lines: [] });
  });

  it('shows the state Unknown if no host runs', async () => {
    const { run } = freshWorld(undefined, false);
    expect((await run('list', 'site', '/text:state')).lines).toEqual(['Unknown']);
  });
});

describe('add', () => {
  it.each<[string, string[], string[]]>([
    [
      'a site with a folder: site, application and virtual directory',
      ['add', 'site', '/name:My', '/bindings:http/*:81:', '/physicalPath:C:\\a'],
      ['SITE object "My" added', 'APP object "My/" added', 'VDIR object "My/" added'],
    ],
    ['a site without one: the site alone', ['add', 'site', '/name:My'], ['SITE object "My" added']],
    [
      'an application with its virtual directory',
      dante,
      ['APP object "Default Web Site/dante" added', 'VDIR object "Default Web Site/dante/" added'],
    ],
    [
      'an application without a folder',
      ['add', 'app', '/site.name:default web site', '/path:/x'],
      ['APP object "Default Web Site/x" added'],
    ],
    [
      'a virtual directory',
      ['add', 'vdir', '/app.name:Default Web Site/', '/path:/files', '/physicalPath:C:\\f'],
      ['VDIR object "Default Web Site/files" added'],
    ],
    ['a pool', ['add', 'apppool', '/name:X', '/managedRuntimeVersion:'], ['APPPOOL object "X" added']],
  ])('makes %s', async (_what, args, lines) => {
    expect(await freshWorld().run(...args)).toEqual({ code: 0, lines });
  });

  it.each<[string, string[], number, string]>([
    [
      'a site of that name',
      ['add', 'site', '/name:default web site'],
      183,
      'Failed to add duplicate collection element "default web site".',
    ],
    ['a site of that id', ['add', 'site', '/name:X', '/id:1'], 183, 'Failed to add duplicate collection element "X".'],
    [
      'an application at that path',
      ['add', 'app', '/site.name:Default Web Site', '/path:/'],
      183,
      'Failed to add duplicate collection element "/".',
    ],
    [
      'a virtual directory at that path',
      ['add', 'vdir', '/app.name:Default Web Site/', '/path:/'],
      183,
      'Failed to add duplicate collection element "/".',
    ],
    [
      'a pool of that name',
      ['add', 'apppool', '/name:DEFAULTAPPPOOL'],
      183,
      'Failed to add duplicate collection element "DEFAULTAPPPOOL".',
    ],
    [
      'no site of that name',
      ['add', 'app', '/site.name:Missing', '/path:/x'],
      1168,
      'Cannot find SITE object with identifier "Missing".',
    ],
    [
      'no application of that name',
      ['add', 'vdir', '/app.name:Missing/', '/path:/x'],
      1168,
      'Cannot find APP object with identifier "Missing/".',
    ],
    ['no name', ['add', 'apppool'], 87, 'name'],
    [
      'a path without its slash',
      ['add', 'app', '/site.name:Default Web Site', '/path:x'],
      87,
      'Invalid application path',
    ],
    ['a name no pool can have', ['add', 'apppool', '/name:a/b'], 87, 'Invalid application pool name'],
    [
      'the words No Managed Code',
      ['add', 'apppool', '/name:X', '/managedPipelineMode:No Managed Code'],
      87,
      'Enum must be one of Integrated, Classic',
    ],
    [
      'an unknown attribute: nothing is changed',
      ['add', 'app', '/site.name:Default Web Site', '/path:/x', '/physicalPath:C:\\x', '/colour:red'],
      87,
      'Unknown attribute "colour".',
    ],
  ])('refuses %s', async (_what, args, code, text) => {
    const { run, store } = freshWorld();
    const answer = await run(...args);
    expect(answer.code).toBe(code);
    expect(answer.lines.join('\n')).toContain(text);
    expect(store.text).toBe(freshText());
  });

  it('gives a new site the next free id', async () => {
    const { run } = freshWorld();
    await run('add', 'site', '/name:A', '/id:3');
    await run('add', 'site', '/name:B');
    expect((await run('list', 'site', 'B')).lines[0]).toContain('(id:2,');
  });

  it('takes bindings as URLs too', async () => {
    const { run } = freshWorld();
    await run('add', 'site', '/name:A', '/bindings:http://host:81,https/*:443:');
    expect((await run('list', 'site', 'A', '/text:bindings')).lines).toEqual(['http/*:81:host,https/*:443:']);
  });

  it('cuts a trailing backslash off a physical path', async () => {
    const { run } = freshWorld();
    await run('add', 'app', '/site.name:Default Web Site', '/path:/x', '/physicalPath:C:\\x\\');
    expect((await run('list', 'vdir', 'Default Web Site/x/', '/text:physicalPath')).lines).toEqual(['C:\\x']);
  });
});

describe('set', () => {
  it.each<[string, string[], string, [string[], string]]>([
    [
      'a pool by several property paths',
      [
        'set',
        'apppool',
        '/apppool.name:DefaultAppPool',
        '/processModel.idleTimeout:00:00:00',
        '/recycling.periodicRestart.time:00:00:00',
      ],
      'APPPOOL object "DefaultAppPool" changed',
      [['list', 'apppool', '/text:recycling.periodicRestart.time'], '00:00:00'],
    ],
    [
      "an application through its site's brackets",
      ['set', 'site', 'Default Web Site', "/[path='/'].applicationPool:P Q"],
      'SITE object "Default Web Site" changed',
      [['list', 'app', '/text:applicationPool'], 'P Q'],
    ],
    [
      'a folder through two brackets',
      ['set', 'site', 'Default Web Site', "/[path='/'].[path='/'].physicalPath:D:\\x"],
      'SITE object "Default Web Site" changed',
      [['list', 'vdir', '/text:physicalPath'], 'D:\\x'],
    ],
    [
      'a folder through the application',
      ['set', 'app', 'Default Web Site/', "/[path='/'].physicalPath:D:\\x"],
      'APP object "Default Web Site/" changed',
      [['list', 'vdir', '/text:physicalPath'], 'D:\\x'],
    ],
    [
      'a folder of a virtual directory',
      ['set', 'vdir', 'Default Web Site/', '/physicalPath:D:\\rel\\2\\'],
      'VDIR object "Default Web Site/" changed',
      [['list', 'vdir', '/text:physicalPath'], 'D:\\rel\\2'],
    ],
    [
      'a binding added',
      ['set', 'site', 'Default Web Site', "/+bindings.[protocol='http',bindingInformation='*:8080:']"],
      'SITE object "Default Web Site" changed',
      [['list', 'site', '/text:bindings'], 'http/*:80:,http/*:8080:'],
    ],
    [
      'a binding in place',
      [
        'set',
        'site',
        'Default Web Site',
        "/bindings.[protocol='http',bindingInformation='*:80:'].bindingInformation:*:81:",
      ],
      'SITE object "Default Web Site" changed',
      [['list', 'site', '/text:bindings'], 'http/*:81:'],
    ],
    [
      'the whole set of bindings',
      ['set', 'site', 'Default Web Site', '/bindings:http/*:1:,http/*:2:'],
      'SITE object "Default Web Site" changed',
      [['list', 'site', '/text:bindings'], 'http/*:1:,http/*:2:'],
    ],
    [
      'a name',
      ['set', 'site', 'Default Web Site', '/name:New'],
      'SITE object "Default Web Site" changed',
      [['list', 'site', '/text:name'], 'New'],
    ],
    [
      'a path',
      ['set', 'app', 'Default Web Site/', '/path:/x'],
      'APP object "Default Web Site/" changed',
      [['list', 'app', '/text:path'], '/x'],
    ],
  ])('changes %s', async (_what, args, line, [question, answer]) => {
    const { run } = freshWorld();
    expect(await run(...args)).toEqual({ code: 0, lines: [line] });
    expect((await run(...question)).lines).toEqual([answer]);
  });

  it.each<[string, string[], number, string]>([
    [
      'an object that is not there',
      ['set', 'site', 'Missing', '/name:x'],
      1168,
      'Cannot find SITE object with identifier "Missing".',
    ],
    [
      'an entry that is not there',
      ['set', 'site', 'Default Web Site', "/[path='/no'].applicationPool:P"],
      4312,
      'Cannot find requested collection element.',
    ],
    [
      'removing an entry that is not there',
      ['set', 'site', 'Default Web Site', "/-bindings.[protocol='http',bindingInformation='*:99:']"],
      4312,
      'Cannot find requested collection element.',
    ],
    [
      'a binding twice',
      ['set', 'site', 'Default Web Site', "/+bindings.[protocol='http',bindingInformation='*:80:']"],
      183,
      "combined key attributes 'protocol, bindingInformation' respectively set to 'http, *:80:'",
    ],
    [
      'an entry without its key',
      ['set', 'site', 'Default Web Site', "/+bindings.[protocol='http']"],
      87,
      'Element is missing required attributes bindingInformation',
    ],
    [
      'a time out of range',
      ['set', 'apppool', 'DefaultAppPool', '/processModel.idleTimeout:00:00:30'],
      87,
      'granularity of 60 seconds',
    ],
    [
      'the second of two properties: the first is not kept',
      ['set', 'apppool', 'DefaultAppPool', '/queueLength:100', '/x:1'],
      87,
      'Unknown attribute "x".',
    ],
  ])('refuses %s', async (_what, args, code, text) => {
    const { run, store } = freshWorld();
    const answer = await run(...args);
    expect(answer.code).toBe(code);
    expect(answer.lines.join('\n')).toContain(text);
    expect(store.text).toBe(freshText());
  });

  it('removes a setting with /-, completely', async () => {
    const { run, store } = freshWorld();
    await run('set', 'apppool', 'DefaultAppPool', '/recycling.periodicRestart.time:00:00:00', '/queueLength:65535');
    expect(store.text).not.toBe(freshText());
    await run('set', 'apppool', 'DefaultAppPool', '/-recycling.periodicRestart.time', '/-queueLength');
    expect(store.text).toBe(freshText());
  });

  it('doubles an apostrophe inside a bracket', async () => {
    const { run } = freshWorld();
    const args = ['set', 'apppool', 'DefaultAppPool', "/+environmentVariables.[name='A',value='d''Este']"];
    expect((await run(...args)).code).toBe(0);
    expect((await run('list', 'apppool', '/xml', '/config')).lines.join('\n')).toContain(`value="d'Este"`);
  });

  it('adds an entry at the place of @start', async () => {
    const { run } = freshWorld();
    await run('set', 'site', 'Default Web Site', "/+bindings.[@start,protocol='http',bindingInformation='*:8080:']");
    expect((await run('list', 'site', '/text:bindings')).lines).toEqual(['http/*:8080:,http/*:80:']);
  });
});

describe('delete', () => {
  it.each<[string, string[], string, number]>([
    [
      'an application with its virtual directories',
      ['delete', 'app', 'Default Web Site/'],
      'APP object "Default Web Site/" deleted',
      0,
    ],
    [
      'a site with all its contents',
      ['delete', 'site', 'default web site'],
      'SITE object "Default Web Site" deleted',
      0,
    ],
    ['a virtual directory', ['delete', 'vdir', 'Default Web Site/'], 'VDIR object "Default Web Site/" deleted', 0],
    ['a pool, used or not', ['delete', 'apppool', 'DefaultAppPool'], 'APPPOOL object "DefaultAppPool" deleted', 0],
    [
      'no application of that name: 50',
      ['delete', 'app', 'Default Web Site/x'],
      'ERROR ( message:Must use exact identifer for APP object with verb DELETE. )',
      50,
    ],
    [
      'no site of that name: 1168',
      ['delete', 'site', 'x'],
      'ERROR ( message:Cannot find SITE object with identifier "x". )',
      1168,
    ],
    [
      'no pool of that name: 1168',
      ['delete', 'apppool', 'x'],
      'ERROR ( message:Cannot find APPPOOL object with identifier "x". )',
      1168,
    ],
  ])('removes %s', async (_what, args, line, code) => {
    expect(await freshWorld().run(...args)).toEqual({ code, lines: [line] });
  });

  it('keeps a child application', async () => {
    const { run } = freshWorld();
    await run('add', 'app', '/site.name:Default Web Site', '/path:/a');
    await run('add', 'app', '/site.name:Default Web Site', '/path:/a/b');
    await run('delete', 'app', 'Default Web Site/a');
    expect((await run('list', 'app', '/text:path')).lines).toEqual(['/', '/a/b']);
  });
});

describe('start, stop, recycle', () => {
  it('reach the running host and change the state that list shows', async () => {
    const { run, store } = freshWorld();
    expect(await run('stop', 'site', 'Default Web Site')).toEqual({
      code: 0,
      lines: ['"Default Web Site" successfully stopped'],
    });
    expect((await run('list', 'site', '/text:state')).lines).toEqual(['Stopped']);
    expect((await run('start', 'site', 'Default Web Site')).lines).toEqual([
      '"Default Web Site" successfully started.',
    ]);
    expect((await run('recycle', 'apppool', 'DefaultAppPool')).lines).toEqual([
      '"DefaultAppPool" successfully recycled',
    ]);
    expect(store.signals).toEqual([
      'stop site Default Web Site',
      'start site Default Web Site',
      'recycle apppool DefaultAppPool',
    ]);
  });

  it.each<[string, string[][], number, string]>([
    [
      'stopping a stopped site',
      [
        ['stop', 'apppool', 'DefaultAppPool'],
        ['stop', 'apppool', 'DefaultAppPool'],
      ],
      1062,
      'The service has not been started.',
    ],
    [
      'recycling a stopped pool',
      [
        ['stop', 'apppool', 'DefaultAppPool'],
        ['recycle', 'apppool', 'DefaultAppPool'],
      ],
      1062,
      'The service has not been started.',
    ],
    [
      'starting a site whose binding another one uses',
      [
        ['add', 'site', '/name:B', '/bindings:http/*:80:'],
        ['start', 'site', 'B'],
      ],
      183,
      'Cannot create a file when that file already exists.',
    ],
  ])('refuse %s', async (_what, commands, code, text) => {
    const { run } = freshWorld();
    let last = { code: -1, lines: [''] };
    for (const args of commands) last = await run(...args);
    expect(last.code).toBe(code);
    expect(last.lines.join('\n')).toContain(text);
  });

  it('fail if no worker runs', async () => {
    expect((await freshWorld(undefined, false).run('start', 'site', 'Default Web Site')).code).toBe(1062);
  });
});
