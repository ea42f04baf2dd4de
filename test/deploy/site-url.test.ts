import { describe, expect, it } from 'vitest';
import { localAddress, siteUrl } from '../../src/deploy/targets/site-url.js';
import { deployWorld, planFor } from './support.js';

/** Where the live app of a site with these bindings is looked at. */
async function lookedAt(...bindings: readonly string[]) {
  const { context, world } = deployWorld();
  await world.run('set', 'site', 'Default Web Site', `/bindings:${bindings.join(',')}`);
  const plan = planFor('/apps/dante');
  return [await siteUrl(context, plan, 'localhost'), await localAddress(context, plan)];
}

describe('the live app is looked at without DNS', () => {
  it.each<[readonly string[], string, string | undefined]>([
    [['http/*:80:'], 'http://localhost/dante', undefined],
    [['http/*:8090:'], 'http://localhost:8090/dante', undefined],
    [['http/*:80:chat.example.com'], 'http://chat.example.com/dante', '127.0.0.1'],
    [['http/192.0.2.7:8090:chat.example.com'], 'http://chat.example.com:8090/dante', '192.0.2.7'],
    [['http/192.0.2.7:80:'], 'http://192.0.2.7/dante', undefined],
    [['https/*:443:chat.example.com'], 'https://chat.example.com/dante', '127.0.0.1'],
    [['https/*:443:chat.example.com', 'http/*:80:chat.example.com'], 'http://chat.example.com/dante', '127.0.0.1'],
    [['http/*:80:*.example.com'], 'http://www.example.com/dante', '127.0.0.1'],
    [['http/[::1]:80:chat.example.com'], 'http://chat.example.com/dante', '::1'],
    [['http/[::]:80:chat.example.com'], 'http://chat.example.com/dante', '::1'],
    [['http/[::1]:8090:'], 'http://[::1]:8090/dante', undefined],
    [['net.pipe/*', 'http/*:81:'], 'http://localhost:81/dante', undefined],
  ])('%j: %s at %s', async (bindings, url, address) => {
    expect(await lookedAt(...bindings)).toEqual([url, address]);
  });
});
