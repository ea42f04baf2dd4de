import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { certificateFor } from '../../../src/host/background/certificates.js';
import { makeOwnCertificate, openHome, setCertificateBinding, storedCertificates } from '../../../src/host/index.js';
import { folderWith } from '../harness.js';

// Files that have just been written are read again, because the clock of their folder may be coarse.
beforeEach(() => vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 10_000 }));
afterEach(() => vi.useRealTimers());

const homeWith = (...names: string[]) => {
  const home = openHome({ IISNODE_SOCK_HOME: path.join(folderWith(), 'home') });
  return { home, made: names.map((name) => makeOwnCertificate(home, [name])) };
};

it('certificates are read once, and again only where a file is changed, added or removed', () => {
  const { home } = homeWith('a.example', 'b.example');
  const [first, second, ...others] = storedCertificates(home);
  expect(others).toEqual([]);
  expect(storedCertificates(home)[0]).toBe(first);
  writeFileSync(first?.file ?? '', readFileSync(second?.file ?? ''));
  const [changed, same] = storedCertificates(home);
  expect(changed?.thumbprint).toBe(second?.thumbprint);
  expect(same).toBe(second);
  const third = makeOwnCertificate(home, ['c.example']);
  expect(storedCertificates(home).map(({ thumbprint }) => thumbprint)).toContain(third.thumbprint);
  rmSync(third.file);
  expect(storedCertificates(home)).toHaveLength(2);
});

it('a certificate bound to another endpoint is found at the next connection', async () => {
  const { home, made } = homeWith('a.example', 'b.example');
  const point = { address: '127.0.0.1', port: 443 };
  expect(certificateFor(home, point, undefined)).toBeUndefined();
  for (const each of made) {
    await setCertificateBinding(home, 'ipport=0.0.0.0:443', each.thumbprint);
    expect(certificateFor(home, point, undefined)?.id).toBe(each.thumbprint);
    expect(certificateFor(home, point, 'x.example')?.id).toBe(each.thumbprint);
  }
});
