import { appendFileSync, mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { azureLogs, type LogLine } from '../../src/deploy/index.js';
import { temporaryDirectory } from '../appcmd/temporary.js';
import { Azure } from '../support/azure.js';
import { failureOf } from './azure-world.js';

const handler = '<handlers><add name="n" path="app/server.js" verb="*" modules="iisnode" /></handlers>';
const webConfig = (inner: string): string =>
  `<configuration><system.webServer>${inner}</system.webServer></configuration>`;

/** App Service with these files below %HOME%. */
async function world(files: Readonly<Record<string, string>>, options: { readonly noRanges?: boolean } = {}) {
  const azure = await new Azure(options).start();
  const home = path.dirname(path.dirname(azure.production.content.wwwroot));
  const write = (name: string, text: string): void => {
    mkdirSync(path.dirname(path.join(home, name)), { recursive: true });
    writeFileSync(path.join(home, name), text);
  };
  for (const [name, text] of Object.entries(files)) write(name, text);
  const environment = { IISNODE_SOCK_HOME: temporaryDirectory(), ...azure.withProfile };
  const asked = { to: 'azure://app', environment };
  const read = async (lines = 100): Promise<{ folder: string; texts: string[] }> => {
    const texts: string[] = [];
    const folder = await azureLogs(asked, { lines, follow: false }, ({ pid, stream, text }) =>
      texts.push(`${pid} ${stream} ${text}`),
    );
    return { folder, texts };
  };
  return { azure, home, asked, read };
}

const log = (folder: string) => ({
  [`${folder}/RD0003FF-20-stderr-2000.txt`]: 'third\r\n',
  [`${folder}/RD0003FF-10-stdout-1000.txt`]: 'first\r\nsecond\r\n',
  [`${folder}/index.html`]: 'not a log',
});
const all = ['10 stdout first', '10 stdout second', '20 stderr third'];

describe('the logs of an app of App Service', () => {
  it.each<[string, string, Record<string, string>]>([
    ['beside its entry point', 'site/wwwroot/app/iisnode', { 'web.config': webConfig(handler) }],
    [
      'where web.config says',
      'LogFiles/node',
      { 'web.config': webConfig(`${handler}<iisnode logDirectory="%HOME%\\LogFiles\\node" />`) },
    ],
    [
      'where iisnode.yml says, which is stronger',
      'LogFiles/Application',
      {
        'web.config': webConfig(`${handler}<iisnode logDirectory="logs" loggingEnabled="false" />`),
        'iisnode.yml': 'loggingEnabled: true\nlogDirectory: D:\\home\\LogFiles\\Application # kept\n',
      },
    ],
    [
      'where the last line of iisnode.yml says, whatever the letter case of its key',
      'LogFiles/second',
      {
        'web.config': webConfig(handler),
        'iisnode.yml': 'logDirectory: %HOME%\\LogFiles\\first\nLOGDIRECTORY: %HOME%\\LogFiles\\second\n',
      },
    ],
    [
      'where web.config says when iisnode cannot read iisnode.yml',
      'LogFiles/node',
      {
        'web.config': webConfig(`${handler}<iisnode logDirectory="%HOME%\\LogFiles\\node" />`),
        'iisnode.yml': 'logDirectory: %HOME%\\LogFiles\\other\nno colon\n',
      },
    ],
    [
      'in a folder whose name has the quotes of iisnode.yml, which has no quoting',
      'site/wwwroot/app/"own"',
      { 'web.config': webConfig(handler), 'iisnode.yml': 'logDirectory: "own"\n' },
    ],
    ['without a web.config', 'site/wwwroot/iisnode', {}],
  ])('are %s', async (_where, folder, configuration) => {
    const files = Object.fromEntries(
      Object.entries(configuration).map(([name, text]) => [`site/wwwroot/${name}`, text]),
    );
    const { read, azure } = await world({ ...files, ...log(folder) });
    expect(await read()).toEqual({ folder, texts: all });
    // The newest file has enough of them: no other is read.
    azure.production.requests.length = 0;
    expect((await read(1)).texts).toEqual(all.slice(2));
    expect(azure.production.requests.filter((one) => one.endsWith('.txt'))).toHaveLength(1);
    expect((await read(0)).texts).toEqual([]);
  });

  it('of HttpPlatformHandler are those that stdoutLogFile names', async () => {
    const platform =
      '<httpPlatform processPath="node" stdoutLogEnabled="true" stdoutLogFile="\\\\?\\%home%\\LogFiles\\stdout" />';
    const { read } = await world({
      'site/wwwroot/web.config': webConfig(platform),
      'LogFiles/stdout_4711_2021723184914.log': 'hello\n',
      'LogFiles/other_4711_2021723184914.log': 'no\n',
    });
    expect(await read()).toEqual({ folder: 'LogFiles', texts: ['4711 stdout hello'] });
  });

  it.each([
    ['LOG_NOT_KEPT', `${handler}<iisnode loggingEnabled="false" />`],
    ['LOG_NOT_KEPT', '<httpPlatform processPath="node" />'],
    ['LOGS_ELSEWHERE', `${handler}<iisnode logDirectory="C:\\temp" />`],
    ['LOGS_ELSEWHERE', `${handler}<iisnode logDirectory="..\\..\\..\\..\\x" />`],
  ])('are not read: %s, with %s', async (code, inner) => {
    const { read, azure } = await world({ 'site/wwwroot/web.config': webConfig(inner) });
    expect(await failureOf(read())).toMatchObject({ code, exit: 'refused' });
    expect(azure.production.requests.every((one) => one.startsWith('GET'))).toBe(true);
  });

  it('are followed: whole lines, as they come, also of a new file, until the signal', async () => {
    const { asked, home, azure } = await world({ ...log('site/wwwroot/iisnode') });
    const controller = new AbortController();
    const folder = path.join(home, 'site', 'wwwroot', 'iisnode');
    const texts: string[] = [];
    const show = ({ text }: LogLine): void => {
      texts.push(text);
      if (text === 'third') {
        appendFileSync(path.join(folder, 'RD0003FF-10-stdout-1000.txt'), 'fourth\nhalf a li');
        writeFileSync(path.join(folder, 'RD0003FF-30-stdout-3000.txt'), 'fifth\n');
      }
      if (text === 'fifth') controller.abort();
    };
    await azureLogs({ ...asked, signal: controller.signal }, { lines: 1, follow: true }, show);
    expect(texts).toEqual(['third', 'fourth', 'fifth']);
    expect(azure.production.requests.every((one) => one.startsWith('GET'))).toBe(true);
  });
});

it.each([[false], [true]])(
  'of a log above 8 MB the newest are shown, and it is said (whole files alone: %s)',
  { timeout: 60_000 },
  async (noRanges) => {
    const line = `${'x'.repeat(999)}\n`;
    const text = `first\n${line.repeat(9_000)}last\n`;
    const { asked } = await world({ 'site/wwwroot/iisnode/RD-10-stdout-1000.txt': text }, { noRanges });
    const texts: string[] = [];
    const said: string[] = [];
    const show = (one: LogLine): void => void texts.push(one.text);
    await azureLogs(asked, { lines: 20_000, follow: false, report: (sentence) => said.push(sentence) }, show);
    expect([texts.length, texts[0]?.length, texts.at(-1)]).toEqual([8_000, 999, 'last']);
    expect(said).toEqual([
      expect.stringMatching(/^site\/wwwroot\/iisnode\/RD-10-stdout-1000\.txt: its newest 7812\.5 kB are read/),
    ]);
  },
);

it('a followed log with bytes that are no UTF-8 is shown once', async () => {
  const { asked, home } = await world(log('site/wwwroot/iisnode'));
  const folder = path.join(home, 'site', 'wwwroot', 'iisnode');
  writeFileSync(path.join(folder, 'RD0003FF-25-stdout-2500.txt'), Buffer.from('caf\xe9 \xff\xfe\n', 'latin1'));
  const controller = new AbortController();
  const texts: string[] = [];
  const show = ({ text }: LogLine): void => {
    texts.push(text);
    if (text.startsWith('caf')) writeFileSync(path.join(folder, 'RD0003FF-30-stdout-3000.txt'), 'end\n');
    if (text === 'end') controller.abort();
  };
  await azureLogs({ ...asked, signal: controller.signal }, { lines: 1, follow: true }, show);
  expect(texts).toEqual(['caf\ufffd \ufffd\ufffd', 'end']);
});

it('a proxy of the environment, which is not used, is named where App Service is not reached', async () => {
  const environment = {
    IISNODE_SOCK_HOME: temporaryDirectory(),
    HTTPS_PROXY: 'http://proxy.example:3128',
    AZURE_WEBAPP_USER: 'u',
    AZURE_WEBAPP_PASSWORD: 'p',
    AZURE_WEBAPP_SCM_URL: 'http://127.0.0.1:1',
  };
  const error = await failureOf(
    azureLogs({ to: 'azure://app', environment }, { lines: 1, follow: false }, () => undefined),
  );
  expect(error).toMatchObject({ code: 'AZURE_UNREACHABLE', next: expect.stringContaining('HTTPS_PROXY is set') });
});
