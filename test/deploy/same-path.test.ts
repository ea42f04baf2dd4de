import { symlinkSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { sameFolder, samePath } from '../../src/deploy/same-path.js';
import { iisOf, iisWith } from './preflight/support.js';
import { makeApp } from './support.js';

const environment = { systemdrive: 'C:', APPS: '/srv/apps' };

describe('physical paths are the same', () => {
  it.each([
    ['%SystemDrive%\\inetpub\\wwwroot', 'C:\\inetpub\\wwwroot', true],
    ['%SystemDrive%\\inetpub\\wwwroot\\', 'c:/Inetpub/WWWROOT', true],
    ['C:\\inetpub\\wwwroot', '%SYSTEMDRIVE%\\inetpub\\wwwroot', true],
    ['C:\\', 'c:', true],
    ['\\\\server\\share\\a', '\\\\SERVER\\share\\a\\', true],
    ['%Other%\\inetpub', 'C:\\inetpub', false],
    ['C:\\inetpub\\wwwroot2', 'C:\\inetpub\\wwwroot', false],
    ['%APPS%/chat/', '/srv/apps/chat', true],
    ['/srv/apps/Chat', '/srv/apps/chat', false],
    ['/', '/', true],
    [undefined, undefined, true],
    [undefined, '/srv', false],
  ])('%s, %s: %s', (left, right, same) => {
    expect(samePath(left, right, environment)).toBe(same);
  });

  it('by another name of the same folder', () => {
    const directory = makeApp();
    const link = path.join(path.dirname(directory), 'link');
    symlinkSync(directory, link, 'junction');
    expect(sameFolder(link, directory)).toBe(true);
    expect(sameFolder(directory, path.dirname(directory))).toBe(false);
    expect(sameFolder(undefined, directory)).toBe(false);
    expect(sameFolder(path.join(directory, 'missing'), path.join(link, 'missing'))).toBe(false);
  });
});

it('an app in the root folder of its site is refused, however the server writes the folder', async () => {
  const directory = makeApp();
  const link = path.join(path.dirname(directory), 'short~1');
  symlinkSync(directory, link, 'junction');
  for (const written of [`%Apps%/${path.basename(directory)}`, link, `${directory}/`]) {
    const iis = iisOf(iisWith().replace('C:\\inetpub\\wwwroot', written), directory);
    const environment = { ...iis.environment, APPS: path.dirname(directory) };
    await expect(iis.deploy({ environment }), written).rejects.toMatchObject({ code: 'SAME_FOLDER_TWICE' });
    expect(iis.ran).toEqual([]);
  }
});
