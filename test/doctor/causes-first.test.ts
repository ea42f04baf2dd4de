import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
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

it('a server that IIS does not reach comes before what browsers would see of it', async () => {
  const cwd = copyOf('policy-of-helmet');
  const file = path.join(cwd, 'server.js');
  writeFileSync(file, readFileSync(file, 'utf8').replace(/process\.env\.PORT( \|\| \d+)?/, '3000'));
  const { findings } = await diagnose('.', { cwd, only: ['POLICY_BLOCKS_CLIENT', 'FIXED_PORT'] });
  expect(findings.map(({ rule }) => rule)).toEqual(['FIXED_PORT', 'POLICY_BLOCKS_CLIENT']);
});

it('an entry point that node cannot load comes before what clients would see of it', async () => {
  const cwd = copyOf('everything-right');
  rmSync(path.join(cwd, 'server.js'));
  const server = `import { createServer } from 'node:http';
import { Server } from 'socket.io';
const server = await Promise.resolve(createServer());
new Server(server, { transports: ['websocket'] });
server.listen(process.env.PORT);
`;
  writeFileSync(path.join(cwd, 'server.mjs'), server);
  writeFileSync(path.join(cwd, 'index.html'), '<script>io({ transports: ["polling"] });</script>');
  const config = path.join(cwd, 'web.config');
  writeFileSync(config, readFileSync(config, 'utf8').replaceAll('server.js', 'server.mjs'));
  const { findings } = await diagnose('.', { cwd, only: ['TRANSPORTS_DIFFER', 'ES_MODULE_ENTRY'] });
  expect(findings.map(({ rule }) => rule)).toEqual(['ES_MODULE_ENTRY', 'TRANSPORTS_DIFFER']);
});
