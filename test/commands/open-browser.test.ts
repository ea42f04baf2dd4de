import { expect, it } from 'vitest';
import { browserCommand, startBrowser } from '../../src/commands/open-browser.js';

const url = 'http://127.0.0.1:8080/dante/?a=1&b=2';
const windows = ['C:\\Win\\System32\\rundll32.exe', 'url.dll,FileProtocolHandler', url];

it.each([
  ['win32', [], windows],
  ['darwin', ['/usr/bin/open'], ['/usr/bin/open', url]],
  ['linux', ['/usr/local/bin/xdg-open', '/usr/bin/wslview'], ['/usr/local/bin/xdg-open', url]],
  ['linux', ['/usr/bin/wslview'], ['/usr/bin/wslview', url]],
  ['linux', [], undefined],
] as const)('on %s, with %j, the browser is opened by the program with its full path', (platform, there, command) => {
  const exists = (file: unknown): boolean => there.some((name) => name === file);
  expect(browserCommand(url, platform, { SystemRoot: 'C:\\Win' }, exists)).toEqual(command);
});

it.each([
  [undefined, 'this system has no program for it'],
  [['/none/there', url], 'ENOENT'],
  [[process.execPath, '-e', 'process.exit(3)'], 'ended with 3'],
] as const)('%j: why no browser was opened is one text', async (command, why) => {
  const said = await new Promise<string>((resolve) => startBrowser(command, process.env, resolve));
  expect(said).toContain(why);
  expect(said).not.toContain('\n');
});
