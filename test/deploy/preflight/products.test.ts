import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { makeApp } from '../support.js';
import { iisOf, iisWith } from './support.js';

const rewriting = (): string => {
  const directory = makeApp();
  const file = path.join(directory, 'web.config');
  const rules = '<rewrite><rules><rule name="r"><match url="x" /><action type="None" /></rule></rules></rewrite>';
  const text = readFileSync(file, 'utf8').replace(/<rewrite>[\s\S]*?<\/rewrite>/, '');
  writeFileSync(file, text.replace('<handlers>', `${rules}<handlers>`));
  return directory;
};

const ways = [{}, { dryRun: true }, { dryRun: false, verify: true }, { force: true }];

describe('deploy to an IIS on which something is not installed', () => {
  it.each(ways)('refuses before anything is changed: without iisnode, %j', async (options) => {
    const iis = iisOf(iisWith(['rewrite']));
    await expect(iis.deploy(options)).rejects.toMatchObject({
      code: 'IISNODE_NOT_INSTALLED',
      exit: 'refused',
      what: 'iisnode is not installed on the server; nothing was changed',
      next: expect.stringContaining('https://github.com/Azure/iisnode/releases'),
    });
    expect(iis.ran).toEqual([]);
  });

  it.each(ways)('the same without URL Rewrite, where web.config has rules: %j', async (options) => {
    const iis = iisOf(iisWith(['iisnode']), rewriting());
    await expect(iis.deploy(options)).rejects.toMatchObject({
      code: 'URL_REWRITE_NOT_INSTALLED',
      why: expect.stringContaining('system.webServer/rewrite/rules'),
      next: expect.stringContaining('https://www.iis.net/downloads/microsoft/url-rewrite'),
    });
    expect(iis.ran).toEqual([]);
  });

  it('says both at once', async () => {
    const iis = iisOf(iisWith([]), rewriting());
    await expect(iis.deploy()).rejects.toMatchObject({
      code: 'PREFLIGHT_FAILED',
      what: 'the app cannot work on this server for 2 reasons; nothing was changed',
      why: expect.stringMatching(/^\(1\) iisnode is not .* \(2\) URL Rewrite is not .*\.$/),
      next: expect.stringMatching(/^\(1\) install .*iisnode.* \(2\) install .*url-rewrite/),
    });
    expect(iis.events.filter(({ phase }) => phase === 'failed').map(({ step }) => step)).toEqual([
      'iisnode',
      'url-rewrite',
    ]);
    expect(iis.ran).toEqual([]);
  });

  it('finds the module of a handler missing where web.config has no section of the product', async () => {
    const directory = makeApp();
    const file = path.join(directory, 'web.config');
    writeFileSync(
      file,
      readFileSync(file, 'utf8')
        .replace(/<iisnode[\s\S]*?\/>/, '')
        .replace(/<rewrite>[\s\S]*?<\/rewrite>/, ''),
    );
    await expect(iisOf(iisWith([]), directory).deploy()).rejects.toMatchObject({
      code: 'IISNODE_NOT_INSTALLED',
      why: expect.stringContaining('the module iisnode'),
    });
    expect(await iisOf(iisWith(['iisnode']), directory).deploy()).toMatchObject({ changed: true });
  });

  it('names HttpPlatformHandler for an app that is made for it', async () => {
    const directory = makeApp();
    const file = path.join(directory, 'web.config');
    const text = readFileSync(file, 'utf8').replace('<handlers>', '<httpPlatform processPath="node.exe" /><handlers>');
    writeFileSync(file, text);
    await expect(iisOf(iisWith(), directory).deploy()).rejects.toMatchObject({ code: 'HTTP_PLATFORM_NOT_INSTALLED' });
    const all = iisWith(['iisnode', 'rewrite', 'httpPlatform']);
    expect(await iisOf(all, directory).deploy()).toMatchObject({ changed: true });
  });
});
