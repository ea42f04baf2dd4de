import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { type AssumedFrom, assumptionLine, assumptionsOf, pathFromFolder, placeOfApp } from '../../src/app/index.js';
import { testFolder } from '../files/folder.js';

function app(name: string, settings?: string, file = 'web.config'): string {
  const folder = path.join(testFolder(), name);
  mkdirSync(folder);
  if (settings !== undefined) {
    writeFileSync(path.join(folder, file), `<configuration>\n<appSettings>${settings}</appSettings></configuration>`);
  }
  return folder;
}

const said = (folder: string, asked?: string, assumeFrom?: AssumedFrom): string | undefined =>
  assumptionLine(assumptionsOf({ place: placeOfApp(folder, asked, assumeFrom) }));
const setting = (key: string, value: string): string => `<add key="${key}" value="${value}" />`;

describe('the assumed vdir path of an app, and the line that reports it', () => {
  it('is as asked, and then nothing is assumed', () => {
    const folder = app('old3', setting('virtualDirPath', '/named'));
    expect(placeOfApp(folder, '/asked')).toEqual({ directory: folder, vdirPath: '/asked', by: 'option' });
    expect(said(folder, '/asked')).toBeUndefined();
  });

  it.each(['web.config', 'Web.config'])('is what %s says, the root too', (file) => {
    const folder = app('old3', setting('virtualDirPath', '/dante'), file);
    expect(placeOfApp(folder)).toMatchObject({
      vdirPath: '/dante',
      named: { key: 'virtualDirPath', line: 2, file: path.join(folder, file) },
    });
    expect(said(folder)).toBe("path /dante: web.config's virtualDirPath");
    expect(said(folder, undefined, 'nothing')).toBe("path /dante: web.config's virtualDirPath");
    expect(said(app('old3', setting('BASE_PATH', '/'), file))).toBe("path /: web.config's BASE_PATH");
  });

  it.each([
    ['says nothing', ''],
    ['is not there', undefined],
  ])("is the folder's name where web.config %s, or the root for rules about a web.config alone", (_how, settings) => {
    const folder = app('old3', settings);
    expect(said(folder)).toBe("path /old3: the folder's name; change it with --path");
    expect(said(folder, undefined, 'nothing')).toBe('path /: the vdir path is unknown; change it with --path');
  });

  it('that IIS refuses is given on to be refused, and passed over by rules about a web.config alone', () => {
    const folder = app('old3', setting('virtualDirPath', '/a/../b'));
    expect(placeOfApp(folder).vdirPath).toBe('/a/../b');
    expect(placeOfApp(folder, undefined, 'nothing').vdirPath).toBe('/');
  });

  it.each([
    ['old3', '/old3'],
    ['My (new) App', '/My-new-App'],
    ['Gästebuch', '/Gastebuch'],
    ['.hidden', '/hidden'],
    ['日本', '/app'],
  ])('is made fit for a URL that needs no encoding: %s', (name, wanted) => {
    expect(pathFromFolder(`/srv/${name}`)).toBe(wanted);
  });
});

it('the assumptions of every command are in the same order: path, site, entry point', () => {
  const place = placeOfApp(app('old3'));
  const entry = { name: 'server.js', from: 'handler' } as const;
  const whats = (found: Parameters<typeof assumptionsOf>[0]): string[] => assumptionsOf(found).map(({ what }) => what);
  expect(whats({ entry, site: { asked: undefined }, place })).toEqual(['path', 'site', 'entry']);
  expect(whats({ entry, place: placeOfApp(app('old4'), '/x'), site: { asked: 'Mine' } })).toEqual(['entry']);
  expect(whats({ place })).toEqual(['path']);
});

it('the line joins what was assumed, and leaves out what was not', () => {
  const place = placeOfApp(app('old3'));
  expect(assumptionLine(assumptionsOf({ place, site: { asked: undefined } }))).toBe(
    `path /old3: the folder's name; change it with --path. site "Default Web Site": the default site of IIS; change it with --site`,
  );
  expect(assumptionLine(assumptionsOf({ site: { asked: undefined, recorded: 'Own' } }))).toBe(
    'site "Own": the site it was deployed to; change it with --site',
  );
  expect(assumptionLine([undefined, ...assumptionsOf({ site: { asked: 'Mine' } })])).toBeUndefined();
});
