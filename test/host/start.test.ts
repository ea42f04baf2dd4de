import { expect, it } from 'vitest';
import { folderWith, put, serve, webConfig } from './harness.js';

it('a section that is not emulated is a warning at start, with file and line', async () => {
  const directory = folderWith({ 'web.config': webConfig('<caching enabled="true" />') });
  const { event } = await serve({ directory, vdirPath: '/dante' });
  expect(await event('SECTION_NOT_EMULATED')).toMatchObject({ level: 'warning', line: 4 });
});

it('a malformed web.config is reported at start, and not again by the first request', async () => {
  const directory = folderWith({ 'web.config': '<configuration>\n<system.webServer>\n</configuration>' });
  const { event, events, get } = await serve({ directory, vdirPath: '/dante' });
  expect(await event('CONFIG_ERROR')).toMatchObject({
    level: 'error',
    message: expect.stringMatching(/^HTTP 500\.19 for \/dante\/: /),
    line: 2,
  });
  expect((await get('/dante/')).code).toBe('500.19');
  expect(events.filter(({ code }) => code === 'CONFIG_ERROR')).toHaveLength(1);
});

it.each([
  [
    'a rewrite rule',
    '<rewrite><rules><rule name="a"><match url="a" /></rule><rule name="a"><match url="b" /></rule></rules></rewrite>',
  ],
  [
    'a handler that is there twice',
    '<handlers><add name="a" path="*" verb="*" modules="x" /><add name="a" path="*" verb="*" modules="x" /></handlers>',
  ],
])('%s that cannot be used is reported at start', async (_what, section) => {
  const directory = folderWith({ 'web.config': webConfig(section) });
  const { event } = await serve({ directory, vdirPath: '/' });
  expect((await event('CONFIG_ERROR')).message).toContain('HTTP 500.19 for /: ');
});

it('names the section that is locked', async () => {
  const directory = folderWith({
    'web.config': '<configuration><system.applicationHost><sites /></system.applicationHost></configuration>',
  });
  const { event } = await serve({ directory, vdirPath: '/' });
  expect((await event('CONFIG_ERROR')).message).toContain('system.applicationHost/sites');
});

it('a configuration that was changed is judged at once', async () => {
  const directory = folderWith({ 'web.config': webConfig('') });
  const { event, host } = await serve({ directory, vdirPath: '/dante' });
  put(directory, 'web.config', '<configuration>');
  await host.reload();
  expect(await event('CONFIG_ERROR')).toMatchObject({ level: 'error' });
});
