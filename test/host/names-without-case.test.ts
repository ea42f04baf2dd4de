import { renameSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { serveSite } from '../../src/host/index.js';
import { traceUrl } from '../../src/trace/index.js';
import { folderWith, put, serve, webConfig } from './harness.js';

const toNode = (script: string): string =>
  webConfig(
    `<handlers><add name="n" path="${script}" verb="*" modules="iisnode" /></handlers>` +
      `<rewrite><rules><rule name="r"><match url="^rooms" /><action type="Rewrite" url="${script}" /></rule></rules></rewrite>` +
      `<security><requestFiltering><hiddenSegments><remove segment="bin" /></hiddenSegments></requestFiltering></security>`,
  );

const answering = (text: string): string =>
  `require('http').createServer((_, answer) => answer.end('${text}')).listen(process.env.PORT);`;

/** As a person on Windows may have them, where names do not tell cases apart. */
const app = {
  'Web.config': toNode('bin/www'),
  'Bin/Www': answering('from node'),
  'Public/Page.HTML': 'a page',
  'Public/Web.Config': webConfig(
    '<httpProtocol><customHeaders><add name="X-Sub" value="1" /></customHeaders></httpProtocol>',
  ),
};

describe('names of another case than web.config and URLs have them', () => {
  it('lead serve to the same files as on Windows', async () => {
    const { get } = await serve({ directory: folderWith(app), vdirPath: '/' });
    expect(await get('/rooms')).toMatchObject({ status: 200, body: 'from node' });
    const page = await get('/public/page.html');
    expect(page).toMatchObject({ status: 200, body: 'a page' });
    expect(page.headers['x-sub']).toBe('1');
    expect(await get('/public/page.html', { headers: { Range: 'bytes=0-0' } })).toMatchObject({
      status: 206,
      body: 'a',
    });
    expect(await get('/WEB.CONFIG')).toMatchObject({ status: 404, code: '404.8' });
  });

  it('lead trace to the same outcome as serve', () => {
    const model = serveSite({ directory: folderWith(app), vdirPath: '/' })();
    expect(traceUrl({ model, url: '/rooms' }).outcome).toMatchObject({ kind: 'handler', modules: ['iisnode'] });
    expect(traceUrl({ model, url: '/public/PAGE.html' }).outcome).toMatchObject({ kind: 'handler', status: 200 });
  });

  it('are obeyed when they change while serve runs', async () => {
    const directory = folderWith({ 'Web.config': toNode('server.js'), 'Server.js': answering('one') });
    const { get } = await serve({ directory, vdirPath: '/' });
    expect(await get('/rooms')).toMatchObject({ body: 'one' });
    put(directory, 'Sub/Web.config', webConfig('<directoryBrowse enabled="true" />'));
    expect(await get('/sub/')).toMatchObject({ status: 200, body: expect.stringContaining('Web.config') });
    put(directory, 'Sub/Web.config', webConfig('<directoryBrowse enabled="false" />'));
    expect(await get('/sub/')).toMatchObject({ status: 403, code: '403.14' });
    renameSync(path.join(directory, 'Web.config'), path.join(directory, 'WEB.config'));
    put(directory, 'WEB.config', webConfig('<httpRedirect enabled="true" destination="/elsewhere" />'));
    expect(await get('/')).toMatchObject({ status: 302 });
  });

  it('of iisnode.yml are read, too', async () => {
    const { get } = await serve({
      directory: folderWith({ ...app, 'Bin/IisNode.yml': 'nodeProcessCountPerApplication two' }),
      vdirPath: '/',
    });
    expect((await get('/rooms')).body).toContain('no colon');
  });
});
