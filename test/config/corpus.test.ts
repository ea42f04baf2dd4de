import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { applicationHostText, type ConfigError, loadConfigModel } from '../../src/config/index.js';
import { at } from './support.js';

const folder = path.resolve(
  process.env.WEB_CONFIG_CORPUS ?? path.join(import.meta.dirname, '..', '..', '..', 'shared', 'corpus'),
);
const there = existsSync(folder);

/** Files that IIS rejects, and why; all the others were live sites. */
const refusals: Readonly<Record<string, string>> = {
  '0GiS0+socketio-chatroom-on-azure__web.config': 'white space before the XML declaration',
  'AndreasFurster+mini-games__server+web.config': 'a "1" behind the root element',
  'Boda258+Hotel_01__server+web.config': 'the first "<" is missing',
  'IliaZolas+guessing-game__server+web.config': 'white space before the XML declaration',
  'nirmalrayan+medibuddy-chatbot__web.config': 'two root elements',
  'BurhanCantCode+AzureFileOps__web.config': 'startupTimeLimit belongs to httpPlatform, not to iisnode',
  'GiraffeSmoothie+CareDataManager1__web.config': 'logDirectoryNameSuffix is gone from the iisnode schema',
  'GiraffeSmoothie+CareDataManager1__server+web.config': 'a mimeMap for .json, which IIS 10 has, without <remove>',
  'ravikantpal1408+iisnode__web.config': 'security/authentication/* is locked as installed',
};

const applicationHost = applicationHostText({
  unlocked: true,
  pools: [],
  installed: ['rewrite', 'iisnode', 'httpPlatform', 'aspNetCore'],
  sites: [{ name: 'S', id: 1, bindings: [], applications: [{ path: '/', physicalPath: '/srv' }] }],
});

function errorsOf(file: string): readonly ConfigError[] {
  const bytes = readFileSync(path.join(folder, file));
  const read = (wanted: string): Uint8Array | undefined => (wanted === '/srv/web.config' ? bytes : undefined);
  const model = loadConfigModel({ file: '/a', applicationHost, platform: 'posix', reader: { read } });
  return model.errors(at(model, '/'));
}

describe.runIf(there)(`real web.config files (skipped when there is no folder ${folder})`, () => {
  const files = there ? readdirSync(folder).filter((file) => file.toLowerCase().endsWith('web.config')) : [];

  it.each(files.filter((file) => refusals[file] === undefined))('%s is accepted as a site root', (file) => {
    expect(errorsOf(file).map(({ section, message, line }) => `${line} ${section}: ${message}`)).toEqual([]);
  });

  it.each(Object.entries(refusals))('%s is refused: %s', (file) => {
    const [first] = errorsOf(file);
    expect(first?.line).toBeGreaterThan(0);
    expect(first?.file).toBe('/srv/web.config');
  });
});

describe.skipIf(there)(`real web.config files: the folder ${folder} is not there, its tests are skipped`, () => {
  it('waits for the folder', () => {});
});
