import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { diagnose, type Finding } from '../../src/doctor/index.js';
import { copyOf } from './expect-codes.js';

/** A site that is right but for what is put into its web.config. */
async function findings(site: string, change: (webConfig: string) => string, fix = false): Promise<readonly Finding[]> {
  const cwd = copyOf(site);
  const file = path.join(cwd, 'web.config');
  writeFileSync(file, change(readFileSync(file, 'utf8')));
  return (await diagnose('.', { cwd, fix })).findings;
}

const into = (xml: string) => (text: string) => text.replace('<system.webServer>', `<system.webServer>${xml}`);
const codes = (found: readonly Finding[]): string[] => found.map(({ rule }) => rule);

describe('the answer of IIS is reported with its code', () => {
  it.each([
    ['<unknownThing />', '500.19 (0x8007000d)'],
    ['<serverRuntime />', '500.19 (0x80070021)'],
    ['<urlCompression doStaticCompression="perhaps" />', '500.19 (0x8007000d)'],
    ['<modules><clear /></modules>', '500.19 (0x80070021)'],
    ['<iisnode /><iisnode />', '0x800700b7'],
    ['<iisnode loggingEnabled="perhaps" />', '500.1000'],
  ])('%s: %s', async (xml, code) => {
    const found = await findings('everything-right', (text) => into(xml)(text.replace(/<iisnode [^>]*>/, '')));
    expect(found.map(({ why }) => why)).toEqual([expect.stringContaining(code)]);
  });
});

describe('what IIS refuses does not hide what else is wrong', () => {
  it.each([
    '<unknownThing enabled="true" />',
    '<unknownThing>\n<deeper/></unknownThing>',
    '<staticContent><mimeMap fileExtension=".json" mimeType="application/json" /></staticContent>',
    '<iisnode stdoutLogEnabled="true" />',
    '<iisnode><environmentVariables /></iisnode>',
    '<urlCompression doStaticCompression="perhaps" />',
    '<security><authentication><anonymousAuthentication enabled="false" /></authentication></security>',
  ])('%s', async (xml) => {
    const alone = await findings('everything-right', into(xml));
    expect(alone).toHaveLength(1);
    for (const site of ['websocket-module-on', 'socket-rewrite-unanchored', 'port-fixed', 'rewrite-target-unhandled']) {
      const before = await findings(site, (text) => text);
      expect(codes(await findings(site, into(xml)))).toEqual(
        expect.arrayContaining([...codes(before), ...codes(alone)]),
      );
    }
  });

  it('and every fault is found in one run, each where it stands', async () => {
    const xml = [
      '',
      '<unknownThing />',
      '<iisnode stdoutLogEnabled="true" nodeProcessCountPerApplication="many">',
      '<environmentVariables /></iisnode>',
      '<staticContent><mimeMap fileExtension=".json" mimeType="a/b" /><mimeMap fileExtension=".css" mimeType="a/b" /></staticContent>',
    ].join('\n');
    const found = await findings('everything-right', into(xml));
    expect(
      found.map(({ rule, message, evidence }) => [rule, /'([^']+)'/.exec(message)?.[1], evidence?.trim()]),
    ).toEqual([
      ['CONFIG_ERROR', 'stdoutLogEnabled', expect.stringContaining('stdoutLogEnabled')],
      ['CONFIG_ERROR', 'nodeProcessCountPerApplication', expect.stringContaining('many')],
      ['CONFIG_ERROR', 'environmentVariables', expect.stringContaining('<environmentVariables')],
      // A section of a module that may be installed: a warning.
      ['CONFIG_ERROR', 'system.webServer/unknownThing', '<unknownThing />'],
      ['DUPLICATE_ENTRY', 'mimeMap', expect.stringContaining('.json')],
      ['DUPLICATE_ENTRY', 'mimeMap', expect.stringContaining('.css')],
    ]);
  });

  it('and --fix fixes everything else', async () => {
    const left = await findings('websocket-module-on', into('<unknownThing />'), true);
    expect(codes(left)).toEqual(['CONFIG_ERROR']);
  });

  it('but nothing is concluded from a section that cannot be read at all', async () => {
    const broken = (text: string): string => text.replace(/<handlers>/, '<handlers><add name="x" modules="iisnode" />');
    const found = await findings('everything-right', broken);
    expect(codes(found)).toEqual(['CONFIG_ERROR']);
  });

  it('a large file with only faults is not read again for each of them', async () => {
    const settings = (count: number): string => Array.from({ length: count }, (_, at) => ` setting${at}="x"`).join('');
    const faulty = (count: number) => into(`<iisnode${settings(count)} />`);
    const few = await findings('everything-right', faulty(30));
    expect(few).toHaveLength(30);
    const many = await findings('everything-right', faulty(60_000));
    expect(many.length).toBeGreaterThan(1);
    expect(many.length).toBeLessThan(10);
  });
});
