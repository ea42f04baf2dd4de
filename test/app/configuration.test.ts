import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { placeOfApp, readApp } from '../../src/app/index.js';
import { deploy } from '../../src/deploy/index.js';
import { gatherFacts } from '../../src/doctor/index.js';
import { knownSettings } from '../../src/scaffold/known-settings.js';
import { testFolder } from '../files/folder.js';

function appWith(files: Readonly<Record<string, string>>): string {
  const root = path.join(testFolder(), 'old');
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(path.dirname(path.join(root, name)), { recursive: true });
    writeFileSync(path.join(root, name), text);
  }
  return root;
}

const handlers = '<handlers><add name="a" path="server.js" verb="*" modules="iisnode" /></handlers>';
const configuration = (settings: string, inner = ''): string =>
  `<configuration>${settings}<system.webServer>${handlers}${inner}</system.webServer></configuration>`;
const adds = '<add key="virtualDirPath" value="/dante" /><add key="transports" value="polling" />';

describe('the settings of an app are the same for every command', () => {
  it.each<[string, Readonly<Record<string, string>>]>([
    ['in web.config', { 'web.config': configuration(`<appSettings>${adds}</appSettings>`) }],
    [
      'in the file of a configSource',
      {
        'web.config': configuration('<appSettings configSource="app.config" />'),
        'app.config': `<appSettings>${adds}</appSettings>`,
      },
    ],
    [
      "in a <location> for the app's own folder",
      { 'web.config': configuration(`<location path="."><appSettings>${adds}</appSettings></location>`) },
    ],
    [
      'beside what IIS refuses',
      { 'web.config': configuration(`<appSettings colour="red">${adds}</appSettings>`, '<unknownThing />') },
    ],
    [
      'beside a file for .NET, which neither IIS nor iisnode reads',
      {
        'web.config': configuration(`<appSettings file="more.config">${adds}</appSettings>`),
        'more.config': '<appSettings><add key="virtualDirPath" value="/other" /></appSettings>',
      },
    ],
  ])('%s', async (_where, files) => {
    const directory = appWith({ ...files, 'server.js': '' });
    expect(placeOfApp(directory)).toMatchObject({ vdirPath: '/dante', by: 'web.config' });
    const app = readApp(directory);
    expect(app.place.vdirPath).toBe('/dante');
    expect(knownSettings(app)).toMatchObject({
      vdirPath: '/dante',
      transports: ['polling'],
      settings: ['virtualdirpath', 'transports'],
    });
    const { vdirPath, query } = gatherFacts('.', { cwd: directory });
    expect(vdirPath).toMatchObject({ path: '/dante', from: 'appSettings' });
    expect(query.appSetting('transports')).toBe('polling');
    const environment = { IISNODE_SOCK_HOME: path.join(testFolder(), 'home') };
    const { plan } = await deploy({ directory, to: path.join(testFolder(), 'deploy.bat'), environment });
    expect(plan.vdirPath).toBe('/dante');
  });

  it('not of a <location> for a URL below, nor one that is removed again', () => {
    const location = `<location path="admin"><appSettings>${adds}</appSettings></location>`;
    const removed = `<appSettings>${adds}<remove key="virtualDirPath" /></appSettings>`;
    for (const settings of [location, removed]) {
      const directory = appWith({ 'web.config': configuration(settings), 'server.js': '' });
      expect(readApp(directory).place.vdirPath).toBe('/old');
      expect(knownSettings(readApp(directory)).vdirPath).toBeUndefined();
      expect(gatherFacts('.', { cwd: directory }).vdirPath).toBeUndefined();
    }
  });
});

describe('the number of processes that init knows', () => {
  const processes = (files: Readonly<Record<string, string>>): number | undefined =>
    knownSettings(readApp(appWith({ 'server.js': '', ...files }))).processes;
  const section = '<iisnode nodeProcessCountPerApplication="2" />';

  it.each<[string, Readonly<Record<string, string>>, number | undefined]>([
    ['is that of web.config', { 'web.config': configuration('', section) }, 2],
    [
      'is that of iisnode.yml, which comes after web.config',
      { 'web.config': configuration('', section), 'iisnode.yml': 'nodeProcessCountPerApplication: 3\n' },
      3,
    ],
    [
      'is that of the <location> of the entry point',
      {
        'web.config': `<configuration><system.webServer>${handlers}</system.webServer><location path="server.js"><system.webServer>${section}</system.webServer></location></configuration>`,
      },
      2,
    ],
    ['is 0 for one a processor', { 'web.config': configuration('', section.replace('"2"', '"0"')) }, 0],
    ['is unknown where nothing sets it', { 'web.config': configuration('') }, undefined],
    [
      'is unknown where iisnode refuses its settings',
      { 'web.config': configuration('', section), 'iisnode.yml': 'loggingEnabled: perhaps\n' },
      undefined,
    ],
  ])('%s', (_name, files, expected) => expect(processes(files)).toBe(expected));
});

describe('the server variables that deploy has to allow', () => {
  const rule = (name: string, variable: string): string =>
    `<rule name="${name}"><match url=".*" /><serverVariables><set name="${variable}" value="1" /></serverVariables><action type="None" /></rule>`;
  const rules = (xml: string): string => `<rewrite><rules>${xml}</rules></rewrite>`;
  const variables = async (files: Readonly<Record<string, string>>): Promise<readonly string[] | undefined> => {
    const directory = appWith({ 'server.js': '', ...files });
    const environment = { IISNODE_SOCK_HOME: path.join(testFolder(), 'home') };
    return (await deploy({ directory, to: path.join(testFolder(), 'deploy.bat'), environment })).plan.serverVariables;
  };

  it.each<[string, Readonly<Record<string, string>>, readonly string[]]>([
    ['are those of its rules', { 'web.config': configuration('', rules(rule('a', 'HTTP_A'))) }, ['HTTP_A']],
    [
      'are those of a file that configSource names',
      {
        'web.config': configuration('', '<rewrite><rules configSource="rules.config" /></rewrite>'),
        'rules.config': `<rules>${rule('a', 'HTTP_A')}</rules>`,
      },
      ['HTTP_A'],
    ],
    [
      'are also those of a URL below the app',
      {
        'web.config': configuration('', rules(rule('a', 'HTTP_A'))).replace(
          '</configuration>',
          `<location path="deep/er"><system.webServer>${rules(rule('b', 'HTTP_B'))}</system.webServer></location></configuration>`,
        ),
      },
      ['HTTP_A', 'HTTP_B'],
    ],
    [
      'are not those of a rule that is removed again',
      {
        'web.config': configuration('', rules(`${rule('a', 'HTTP_A')}<remove name="a" />${rule('b', 'HTTP_B')}`)),
      },
      ['HTTP_B'],
    ],
  ])('%s', async (_name, files, expected) => expect(await variables(files)).toEqual(expected));
});
