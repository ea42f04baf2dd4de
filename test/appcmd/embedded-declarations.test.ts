import { describe, expect, it } from 'vitest';
import { applicationHostText } from '../../src/config/index.js';
import { freshText, freshWorld } from './support.js';

/** A server where only these products are installed besides IIS. */
const textWith = (...installed: ('iisnode' | 'rewrite')[]): string =>
  applicationHostText({
    pools: ['DefaultAppPool'],
    sites: [{ name: 'Default Web Site', id: 1, bindings: [], applications: [] }],
    installed,
  });

describe('a section that the server does not declare', () => {
  it.each([
    ['iisnode', textWith('rewrite')],
    ['rewrite/rules', textWith('iisnode')],
    ['rewrite/allowedServerVariables', textWith('iisnode')],
    ['httpPlatform', freshText()],
  ])('system.webServer/%s is unknown to every verb', async (name, text) => {
    const { run, store } = freshWorld(text);
    const section = `system.webServer/${name}`;
    for (const verb of ['list', 'set', 'unlock', 'lock', 'clear', 'search']) {
      const answer = await run(verb, 'config', `/section:${section}`);
      expect(answer.code, verb).toBe(87);
      expect(answer.lines.join(), verb).toContain(`Unknown config section "${section}".`);
    }
    expect(store.text).toBe(text);
  });

  it('is known with its product, and those of .NET need no declaration in this file', async () => {
    for (const [section, text] of [
      ['system.webServer/iisnode', textWith('iisnode')],
      ['system.webServer/rewrite/rules', textWith('rewrite')],
      ['appSettings', textWith()],
      ['system.web/httpRuntime', textWith()],
    ] as const) {
      const { run } = freshWorld(text);
      expect((await run('list', 'config', `/section:${section}`)).code, section).toBe(0);
    }
  });

  it.each([
    ['<system.webServer>', '<system.webServer><iisnode />', 'system.webServer/iisnode'],
    ['<system.webServer>', '<system.webServer><rewrite><rules /></rewrite>', 'system.webServer/rewrite'],
    ['</configuration>', '<location path="x"><log4net /></location></configuration>', 'log4net'],
  ])('and that the file sets is an error of the file for every command', async (before, after, section) => {
    const text = textWith().replace(before, after);
    const { run, store } = freshWorld(text);
    const line = text.slice(0, text.indexOf(after)).split('\n').length;
    for (const args of [
      ['list', 'site'],
      ['add', 'apppool', '/name:x'],
    ]) {
      const { code, lines } = await run(...args);
      expect(code).toBe(13);
      expect(lines.join('\n')).toContain(`Line Number: ${line}`);
      expect(lines.join('\n')).toContain(`The configuration section '${section}' cannot be read because it is missing`);
    }
    expect(store.text).toBe(text);
  });
});
