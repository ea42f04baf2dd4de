import { describe, expect, it } from 'vitest';
import { applicationHostText, loadConfigModel } from '../../../src/config/index.js';
import { proxyTarget } from '../../../src/pipeline/sections/request-routing.js';

function modelWith(proxy: string | undefined) {
  const text = applicationHostText({
    pools: [],
    sites: [],
    installed: proxy === undefined ? ['rewrite'] : ['rewrite', 'arr'],
  });
  return loadConfigModel({
    file: 'applicationHost.config',
    applicationHost: text.replace('<proxy enabled="true" />', proxy ?? ''),
    reader: { read: () => undefined },
    platform: 'win32',
  });
}
const on = '<proxy enabled="true" preserveHostHeader="true" timeout="00:00:30" />';

describe('a rewrite to another server', () => {
  it.each([
    ['http://127.0.0.1:3000/a', 'http://127.0.0.1:3000/a'],
    ['http://127.8.0.9/a?b=1', 'http://127.8.0.9/a?b=1'],
    ['http://LOCALHOST:81', 'http://localhost:81/'],
    ['https://[::1]:3000/', 'https://[::1]:3000/'],
  ])('%s is asked', (to, url) => {
    const target = proxyTarget(modelWith(on), to, undefined);
    expect('url' in target && [target.url.href, target.settings.timeout, target.settings.preserveHostHeader]).toEqual([
      url,
      30_000,
      true,
    ]);
  });

  it.each([
    [undefined, 'http://localhost/a', undefined, 404, 4, 'is not installed'],
    ['<proxy enabled="false" />', 'http://localhost/a', undefined, 404, 4, '/enabled:true'],
    [on, 'http://example.com/a', undefined, 502, 3, 'example.com'],
    [on, 'http://10.0.0.1:3000/a', undefined, 502, 3, 'this machine alone'],
    [on, 'http://127.0.0.1.example.com/a', undefined, 502, 3, 'this machine alone'],
    [on, 'http://localhost@example.com/a', undefined, 502, 3, 'example.com'],
    [on, 'http://[/', undefined, 502, 3, 'not valid'],
    [on, 'http://localhost/a', '0', 400, 605, 'too many proxies'],
  ])('with %s, %s, Max-Forwards %s it is %i.%i', (proxy, to, forwards, status, subStatus, text) =>
    expect(proxyTarget(modelWith(proxy), to, forwards)).toMatchObject({
      status,
      subStatus,
      detail: expect.stringContaining(text),
    }),
  );
});
