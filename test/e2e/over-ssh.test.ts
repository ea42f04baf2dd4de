import { readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { io } from 'socket.io-client';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { hostStatus } from '../../src/host/index.js';
import { RedisServer } from '../redis/redis-server.js';
import { cli, root, temporaryFolder } from '../support/cli.js';
import { freePort } from '../support/free-port.js';
import { type IisOverSsh, startIisOverSsh } from '../support/iis-over-ssh.js';
import { type Nginx, startNginx } from '../support/nginx.js';
import { writeClient } from '../support/sshd.js';
import { read, withBrowser } from './browser.js';

const { inferno } = createRequire(import.meta.url)(path.join(root, 'templates', 'dante', 'inferno.js')) as {
  inferno: string[][];
};
const canto = inferno.map((lines) => lines.join('\n'));

/** In ms: the reader has two minutes to read while the servers change, and then reads the rest fast. */
const [interval, fast] = [3_000, 100];

const newPage = withBrowser();
let folder: string;
let remove: () => Promise<void>;
let servers: readonly IisOverSsh[];
let redis: RedisServer;
let nginx: Nginx;
let app: string;
let environment: NodeJS.ProcessEnv;

const run = async (...args: string[]): Promise<void> => {
  const result = await cli(args, { cwd: app, environment });
  expect(result, result.stderr + result.stdout).toMatchObject({ code: 0 });
};

beforeAll(async () => {
  ({ folder, remove } = await temporaryFolder());
  redis = new RedisServer(await freePort());
  [servers] = await Promise.all([
    Promise.all(['web1', 'web2'].map((name) => startIisOverSsh(path.join(folder, name)))),
    redis.start(),
  ]);
  const programs = path.join(folder, 'programs');
  writeClient(
    programs,
    path.join(folder, 'ssh_config'),
    servers.map(({ sshd }) => sshd),
  );
  environment = { IISNODE_SOCK_HOME: path.join(folder, 'own-home'), PATH: `${programs}:${process.env.PATH}` };
  nginx = await startNginx(servers.map(({ port }) => port));
  app = path.join(folder, 'dante');
  const made = await cli(['init', app, '--template', 'dante', '--adapter', 'redis', '--path', '/dante'], {
    environment,
  });
  expect(made, made.stderr).toMatchObject({ code: 0 });
}, 120_000);

afterAll(async () => {
  await nginx?.close();
  await Promise.all((servers ?? []).map((server) => server.close()));
  await redis?.remove();
  await remove();
});

/** As a person does it: the settings of the app in web.config, the servers in package.json. */
function configure(): void {
  const webConfig = path.join(app, 'web.config');
  const text = readFileSync(webConfig, 'utf8');
  const settings = `<add key="STANZA_INTERVAL" value="${interval}" />`;
  const configured = text
    .replace('redis://localhost:6379', redis.url)
    .replace('<appSettings>', `<appSettings>\n    ${settings}`);
  expect(configured).toContain(redis.url);
  expect(configured).toContain(settings);
  writeFileSync(webConfig, configured);
  const packageFile = path.join(app, 'package.json');
  const manifest = JSON.parse(readFileSync(packageFile, 'utf8')) as object;
  const production = { to: servers.map(({ url }) => url), releases: 3 };
  writeFileSync(packageFile, JSON.stringify({ ...manifest, 'iisnode-sock': { targets: { production } } }, null, 2));
}

const change = (file: string, edit: (text: string) => string): void =>
  writeFileSync(file, edit(readFileSync(file, 'utf8')));

/** The process IDs that a viewer of a server hears of: each process of the second release tells its own to all. */
async function heardAt({ port }: IisOverSsh): Promise<Set<number>> {
  const heard = new Set<number>();
  const options = { path: '/dante/socket.io', transports: ['websocket'], forceNew: true };
  const socket = io(`http://127.0.0.1:${port}`, options).on('process', (pid: number) => heard.add(pid));
  await expect.poll(() => heard.size).toBe(servers.length);
  socket.disconnect();
  return heard;
}

/** The folder of the release that a server serves. */
const live = ({ home }: IisOverSsh): string =>
  /path="\/dante"[\s\S]*?physicalPath="([^"]*)"/.exec(readFileSync(home.applicationHostFile, 'utf8'))?.[1] ?? '';

const processes = async (): Promise<number[]> =>
  (await Promise.all(servers.map(({ home }) => hostStatus(home))))
    .flatMap((status) => status?.processes ?? [])
    .map(({ pid }) => pid)
    .sort();

it('two servers over ssh: a reader of Dante reads on through a deployment and a rollback, and misses no stanza', async () => {
  configure();
  await run('deploy', 'production');
  const first = servers.map(live);
  const reading = await read(await newPage(), `${nginx.url}dante/server-socketio.js`);
  await reading.until(2);

  const entry = path.join(app, 'server-socketio.js');
  change(entry, (text) => `${text}\nsetInterval(() => io.emit('process', process.pid), 200);\n`);
  await run('deploy', 'production');
  for (const [index, folder] of servers.map(live).entries()) expect(folder).not.toBe(first[index]);
  // The reader has left its process, the old ones end, and Redis connects the new ones.
  await expect.poll(() => reading.transports.length).toBeGreaterThan(1);
  const second = await heardAt(servers[0] as IisOverSsh);
  expect(await heardAt(servers[1] as IisOverSsh)).toEqual(second);
  await expect.poll(processes).toEqual([...second].sort());
  const connections = reading.transports.length;

  await run('rollback', 'production');
  expect(servers.map(live)).toEqual(first);
  await expect.poll(() => reading.transports.length).toBeGreaterThan(connections);
  expect(reading.stanzas.length).toBeLessThan(canto.length);

  const settled = reading.stanzas.length;
  await reading.until(settled + 1);
  for (const folder of first) {
    change(path.join(folder, 'web.config'), (text) => text.replace(`value="${interval}"`, `value="${fast}"`));
  }
  await reading.until(canto.length);
  expect(reading.stanzas.map(({ text }) => text)).toEqual(canto);
  expect(new Set(reading.transports)).toEqual(new Set(['websocket']));
}, 300_000);
