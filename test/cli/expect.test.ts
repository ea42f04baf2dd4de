import { cpSync, symlinkSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { afterAll, beforeAll, expect, it, onTestFinished } from 'vitest';
import { root, temporaryFolder } from '../support/cli.js';
import { cliHere } from '../support/cli-here.js';

let folder: string;
let remove: () => Promise<void>;

beforeAll(async () => {
  ({ folder, remove } = await temporaryFolder());
  cpSync(path.join(root, 'test', 'fixtures', 'live', 'handshake-login'), path.join(folder, 'app'), { recursive: true });
  symlinkSync(path.join(root, 'node_modules'), path.join(folder, 'node_modules'), 'junction');
});
afterAll(() => remove());

const run = (...args: string[]) =>
  cliHere(args, { cwd: folder, environment: { IISNODE_SOCK_HOME: path.join(folder, 'iis') } });

it.each(['', '/health', 'health=200', '/health=', '/health=abc', '/health=99', '/health=600', '/a b=200', '=200'])(
  '--expect %j is asked wrongly',
  async (value) => {
    for (const command of [
      ['deploy', 'app'],
      ['doctor', 'http://127.0.0.1:9/'],
    ]) {
      const { code, stdout, stderr } = await run(...command, `--expect=${value}`);
      expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
      expect(stderr).toMatch(/^error [A-Z_]+ {2}\S.*\n {2}\S.*\n {2}next: \S.*\n$/);
    }
  },
);

it.each([
  [['doctor', 'app'], 'EXPECT_NEEDS_URL'],
  [['deploy', 'app', '--no-verify'], 'EXPECT_NOT_CHECKED'],
  [['deploy', 'app', '--to', 'app.bat'], 'EXPECT_NOT_CHECKED'],
])('%j does not look at a live app, so that --expect is asked wrongly', async (command, error) => {
  const { code, stderr } = await run(...command, '--expect', '/=200');
  expect(code).toBe(2);
  expect(stderr).toContain(`error ${error}  `);
});

it('doctor URL checks each, and says in the report what came', async () => {
  const server = createServer(({ url }, response) =>
    response.writeHead(url === '/x' ? 301 : 200, { location: '/y' }).end('x'),
  );
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  const right = await run('doctor', url, '--expect', '/x=301', '--expect', '/health?deep=1=200');
  expect(right.code).toBe(0);
  const wrong = await run('doctor', url, '--json', '--expect', '/x=301', '--expect', '/x=200');
  expect(wrong.code).toBe(1);
  const document = JSON.parse(wrong.stdout);
  expect(document).toMatchObject({ version: 1, summary: { errors: 1, infos: 1 } });
  expect(document.findings.map(({ rule, severity }: { rule: string; severity: string }) => [rule, severity])).toEqual([
    ['LIVE_EXPECTATION_FAILS', 'error'],
    ['LIVE_NOTE', 'info'],
  ]);
});

it('deploy checks each: it is deployed, or undone with exit code 1', async () => {
  const arguments_ = ['deploy', 'app', '--to', 'embedded', '--path', '/', '--port', '0'];
  const wrong = await run(...arguments_, '--json', '--expect', '/=404');
  expect(wrong.code).toBe(1);
  expect(JSON.parse(wrong.stdout)).toMatchObject({ version: 1 });
  expect(wrong.stderr).toContain('404 was expected');
  expect(wrong.stderr).toContain('everything done before was undone');
  const right = await run(...arguments_, '--expect', '/=200');
  expect(right.code).toBe(0);
  expect(right.stdout).toContain('note: socket.io itself refuses this visitor');
  expect(right.stdout).toMatch(/✔ the URL \/ +\d+ ms {2}HTTP 200, as expected/);
  expect((await run('undeploy', 'app')).code).toBe(0);
});
