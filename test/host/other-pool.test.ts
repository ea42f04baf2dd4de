import path from 'node:path';
import { expect, it } from 'vitest';
import { applicationHostText } from '../../src/config/index.js';
import { serveSite } from '../../src/host/index.js';
import { traceUrl } from '../../src/trace/index.js';
import { folderWith, put, serve, webConfig } from './harness.js';

const rule = webConfig(
  '<rewrite><rules><rule name="up"><match url="^up$" /><action type="Rewrite" url="/a.txt" /></rule></rules></rewrite>',
);

/** A site whose application /dante runs in `pool`, with a rule that leads out of it to a file of the site root. */
function siteWith(pool: string) {
  const directory = folderWith({ 'root/a.txt': 'of the root', 'dante/web.config': rule });
  const applications = [
    { path: '/', physicalPath: path.join(directory, 'root'), pool: 'one' },
    { path: '/dante', physicalPath: path.join(directory, 'dante'), pool },
  ];
  const bindings = [{ protocol: 'http', information: '*:80:' }];
  const sites = [{ name: 'site', id: 1, bindings, applications }];
  const applicationHost = applicationHostText({ unlocked: true, pools: [{ name: 'one' }, { name: 'two' }], sites });
  put(directory, 'applicationHost.config', applicationHost);
  return { directory, vdirPath: '/', applicationHostFile: path.join(directory, 'applicationHost.config') };
}

it('a rewrite into an application of another pool is 403.18, in trace as in serve', async () => {
  const options = siteWith('two');
  const { get } = await serve(options);
  const answer = await get('/dante/up');
  expect([answer.status, answer.code]).toEqual([403, '403.18']);
  expect(answer.body).toContain('cannot be processed in the application pool');
  const model = serveSite({ ...options, environment: {} })();
  expect(traceUrl({ model, url: '/dante/up' }).outcome).toMatchObject({ kind: 'error', status: 403, subStatus: 18 });
});

it('into an application of the same pool it works', async () => {
  const options = siteWith('ONE');
  const { get } = await serve(options);
  expect(await get('/dante/up')).toMatchObject({ status: 200, body: 'of the root' });
});
