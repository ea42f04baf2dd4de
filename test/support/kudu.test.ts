import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { zipSync } from 'fflate';
import { describe, expect, it } from 'vitest';
import { Azure } from './azure.js';

const zip = (files: Readonly<Record<string, string>>): Buffer =>
  Buffer.from(zipSync(Object.fromEntries(Object.entries(files).map(([name, text]) => [name, Buffer.from(text)]))));

async function site(...options: ConstructorParameters<typeof Azure>) {
  const azure = await new Azure(...options).start();
  const { production, user, password } = azure;
  const authorization = `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`;
  const ask = (method: string, target: string, body?: Buffer, headers: Record<string, string> = { authorization }) =>
    fetch(new URL(target, production.url), { method, headers, ...(body && { body: new Uint8Array(body) }) });
  const there = (name: string): string | undefined => {
    const file = path.join(production.content.wwwroot, name);
    return existsSync(file) ? readFileSync(file, 'utf8') : undefined;
  };
  const settle = async (): Promise<void> => {
    while ((await ask('GET', '/api/deployments/latest')).status === 202);
  };
  return { azure, ask, there, settle };
}

// deploying.md 2.2 and 2.4
describe('the stand-in for Kudu', () => {
  it('answers 202, refuses a second deployment, and then says how the first one ended', async () => {
    const { ask, there, settle } = await site({ polls: 1 });
    const pushed = await ask('POST', '/api/zipdeploy?isAsync=true&message=one', zip({ 'a.txt': 'A', 'b.txt': 'B' }));
    expect([pushed.status, pushed.headers.get('retry-after')]).toEqual([202, '0']);
    expect(new URL(pushed.headers.get('location') ?? '').pathname).toBe('/api/deployments/latest');
    expect((await ask('POST', '/api/zipdeploy?isAsync=true', zip({}))).status).toBe(409);
    expect((await ask('GET', '/api/deployments/latest')).status).toBe(202);
    expect(there('a.txt')).toBeUndefined();
    await settle();
    const [only] = (await (await ask('GET', '/api/deployments')).json()) as unknown[];
    expect(only).toMatchObject({ status: 4, complete: true, active: true, message: 'one' });
    expect(there('a.txt')).toBe('A');
    await ask('POST', '/api/publish?type=zip&async=true', zip({ 'b.txt': 'BB' }));
    await settle();
    // The times of both zips differ by less than zip files can say: b.txt may be kept, but what is gone is removed.
    expect(there('a.txt')).toBeUndefined();
  });

  it('ends a deployment of what is no zip file as failed, with a log', async () => {
    const { ask, settle } = await site({ polls: 0 });
    expect((await ask('POST', '/api/zipdeploy?isAsync=true', Buffer.from('no zip'))).status).toBe(202);
    await settle();
    const latest = (await (await ask('GET', '/api/deployments/latest')).json()) as { id: string; status: number };
    expect(latest.status).toBe(3);
    const log = (await (await ask('GET', `/api/deployments/${latest.id}/log`)).json()) as { message: string }[];
    expect(log.at(-1)?.message).toContain('End of Central Directory');
    expect((await ask('PUT', `/api/deployments/${latest.id}`)).status).toBe(404);
  });

  it('refuses who is not known, and basic authentication where it is switched off', async () => {
    const { azure, ask } = await site({ basicAllowed: false });
    expect((await ask('GET', '/api/deployments', undefined, {})).status).toBe(401);
    expect((await ask('GET', '/api/deployments')).status).toBe(401);
    const bearer = { authorization: `Bearer ${azure.token}` };
    expect((await ask('GET', '/api/deployments', undefined, bearer)).status).toBe(200);
  });

  it('serves wwwroot by the embedded IIS, and changes files only with If-Match', async () => {
    const { azure, ask, settle, there } = await site({ iis: true, polls: 0 });
    await ask('POST', '/api/zipdeploy?isAsync=true', zip({ 'index.html': '<p>Dante</p>' }));
    await settle();
    expect(await (await fetch(azure.siteUrl)).text()).toBe('<p>Dante</p>');
    const file = '/api/vfs/site/wwwroot/index.html';
    expect((await ask('PUT', file, Buffer.from('x'))).status).toBe(412);
    expect(there('index.html')).toBe('<p>Dante</p>');
  });
});
