import { describe, expect, it } from 'vitest';
import * as build from '../../src/appcmd/arguments.js';
import { findAppcmdExe } from '../../src/appcmd/index.js';
import type { Argument } from '../../src/quoting.js';

describe('argument lists', () => {
  it.each<[string, Argument[], string[]]>([
    ['every site', build.listSites(), ['list', 'site', '/xml']],
    ['the applications of a site', build.listApps('S'), ['list', 'app', '/site.name:S', '/xml', '/config']],
    [
      'a site',
      build.addSite({ name: 'S', bindings: 'http/*:81:', physicalPath: 'C:\\a\\' }),
      ['add', 'site', '/name:S', '/bindings:http/*:81:', '/physicalPath:C:\\a'],
    ],
    [
      'an application',
      build.addApp({ site: 'S', path: '/d', physicalPath: 'C:\\d', pool: 'P' }),
      ['add', 'app', '/site.name:S', '/path:/d', '/physicalPath:C:\\d', '/applicationPool:P'],
    ],
    ['the removal of an application', build.deleteApp('S', '/d'), ['delete', 'app', 'S/d']],
    [
      'the root application, with its slash',
      build.setApp('S', '/', { preloadEnabled: true }),
      ['set', 'app', 'S/', '/preloadEnabled:true'],
    ],
    [
      'the root virtual directory of an application',
      build.setVdirPath('S', '/d', '/', 'D:\\rel\\2'),
      ['set', 'vdir', 'S/d/', '/physicalPath:D:\\rel\\2'],
    ],
    [
      'the root virtual directory of a site',
      build.setVdirPath('S', '/', '/', 'D:\\'),
      ['set', 'vdir', 'S/', '/physicalPath:D:\\'],
    ],
    [
      'a pool without managed code: the empty string',
      build.setPool('P', { managedRuntimeVersion: '' }),
      ['set', 'apppool', '/apppool.name:P', '/managedRuntimeVersion:'],
    ],
    [
      'a binding',
      build.addBinding('S', '*:80:'),
      ['set', 'site', 'S', "/+bindings.[protocol='http',bindingInformation='*:80:']"],
    ],
    [
      'unlocking',
      build.unlockConfig('system.webServer/handlers'),
      ['unlock', 'config', '/section:system.webServer/handlers'],
    ],
    [
      'a section of an application',
      build.listConfig('system.webServer/handlers', 'S/d'),
      ['list', 'config', 'S/d', '/section:system.webServer/handlers', '/xml'],
    ],
  ])('name %s', (_what, given, wanted) => {
    expect(given).toEqual(wanted);
  });

  it('double an apostrophe inside a bracket', () => {
    expect(build.indexer({ name: "d'Este" })).toBe("[name='d''Este']");
  });

  it('remove the trailing backslash that would escape a quote, but keep the root of a drive', () => {
    expect(build.trimPath('C:\\app\\')).toBe('C:\\app');
    expect(build.trimPath('C:\\')).toBe('C:\\');
    expect(build.trimPath('/')).toBe('/');
  });
});

describe('findAppcmdExe', () => {
  const exists = () => true;
  it('searches the folder of IIS, because it is not on PATH', () => {
    expect(findAppcmdExe({ WINDIR: 'C:\\Windows' }, exists)).toBe('C:\\Windows\\system32\\inetsrv\\appcmd.exe');
  });
  it('avoids the file system redirection of a 32-bit process', () => {
    const environment = { windir: 'C:\\Windows', PROCESSOR_ARCHITEW6432: 'AMD64' };
    expect(findAppcmdExe(environment, exists)).toBe('C:\\Windows\\Sysnative\\inetsrv\\appcmd.exe');
  });
  it('finds none without Windows, and none without IIS', () => {
    expect(findAppcmdExe({}, exists)).toBeUndefined();
    expect(findAppcmdExe({ windir: 'C:\\Windows' }, () => false)).toBeUndefined();
  });
});
