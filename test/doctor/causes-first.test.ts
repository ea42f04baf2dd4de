import { cpSync, mkdirSync, rmSync } from 'node:fs';
import path from 'node:path';
import { expect, it } from 'vitest';
import { diagnose } from '../../src/doctor/index.js';
import { copyOf, fixtures } from './expect-codes.js';

it('a port made a number comes before the address of the client that was chosen for it', async () => {
  const cwd = copyOf('client-address-localhost');
  cpSync(path.join(fixtures, 'port-numeric', 'server.js'), path.join(cwd, 'server.js'));
  const { findings } = await diagnose('.', { cwd, only: ['PORT_NUMERIC', 'CLIENT_ADDRESS_LOCAL'] });
  expect(findings.map(({ rule }) => rule)).toEqual(['PORT_NUMERIC', 'CLIENT_ADDRESS_LOCAL']);
});

it('an entry point that is a folder is not said to be absent', async () => {
  const cwd = copyOf('everything-right');
  rmSync(path.join(cwd, 'server.js'));
  mkdirSync(path.join(cwd, 'server.js'));
  const { findings } = await diagnose('.', { cwd, only: ['ENTRY_FILE_MISSING'] });
  expect(findings.map(({ message }) => message)).toEqual([
    'server.js, which web.config gives to iisnode, is a folder, not a file.',
  ]);
});
