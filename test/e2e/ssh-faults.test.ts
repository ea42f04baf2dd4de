import { spawnSync } from 'node:child_process';
import {
  appendFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  watch,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { brotliDecompressSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readApp } from '../../src/app/index.js';
import {
  checkDeployment,
  type DeployOptions,
  deploy,
  listReleases,
  rollback,
  statusOverSsh,
  undeploy,
} from '../../src/deploy/index.js';
import { deployOverSsh } from '../../src/deploy/over-ssh/deploy-over-ssh.js';
import { connect, readSshAddress } from '../../src/ssh/index.js';
import { generateWebConfig } from '../../src/webconfig/index.js';
import { cli, environmentOf, root, temporaryFolder } from '../support/cli.js';
import { freePort } from '../support/free-port.js';
import { type IisOverSsh, startIisOverSsh } from '../support/iis-over-ssh.js';
import { type SmallDisk, smallDisk } from '../support/small-disk.js';
import { writeClient } from '../support/sshd.js';

let folder: string;
let remove: () => Promise<void>;
let disk: SmallDisk;
let server: IisOverSsh;
let environment: NodeJS.ProcessEnv;
let app: string;
let edits = 0;

const said: string[] = [];
const options = (others: Partial<DeployOptions> = {}): DeployOptions => ({
  directory: app,
  path: '/dante',
  to: server.url,
  releases: 2,
  verify: false,
  environment,
  ...others,
});
const run = (others: Partial<DeployOptions> = {}) => {
  said.length = 0;
  return deploy(options(others), ({ title, phase, note }) => void said.push(`${phase} ${title} ${note ?? ''}`));
};
function edit(text = ''): void {
  edits += 1;
  writeFileSync(path.join(app, 'server.js'), `// ${edits}${text}`);
}
const failure = (others: Partial<DeployOptions> = {}) =>
  run(others).then(
    () => undefined,
    ({ code, what, why, next, exit }) => ({ code, what, why, next, exit }),
  );

/** What IIS serves, deploy's records, and all files of the releases. */
function everything(): unknown {
  const { base, home } = server;
  const records = path.join(home.directory, 'deployments.json');
  const files = existsSync(base) ? readdirSync(base, { recursive: true, withFileTypes: true }) : [];
  return {
    configuration: readFileSync(home.applicationHostFile, 'utf8'),
    records: existsSync(records) ? readFileSync(records, 'utf8') : '',
    files: files
      .filter((entry) => entry.isFile() && !/^journal|^deploy\.lock/.test(entry.name))
      .map((entry) => path.join(entry.parentPath, entry.name))
      .sort()
      .map((file) => [path.relative(base, file), readFileSync(file, 'utf8')]),
    others: readdirSync(home.directory).filter((name) => /\.tmp$/.test(name)),
  };
}

beforeAll(async () => {
  ({ folder, remove } = await temporaryFolder());
  disk = smallDisk(path.join(folder, 'disk'), 8);
  server = await startIisOverSsh(path.join(folder, 'web1'), { state: path.join(disk.folder, 'home') });
  environment = environmentOf({
    IISNODE_SOCK_HOME: path.join(folder, 'own-home'),
    PATH: `${server.sshd.programs}:${process.env.PATH}`,
  });
  app = path.join(folder, 'dante');
  mkdirSync(app);
  const web = { entry: 'server.js', vdirPath: '/dante', processes: 1, transports: ['websocket'] as const };
  writeFileSync(path.join(app, 'web.config'), generateWebConfig(web));
  edit();
  await run();
}, 300_000);

afterAll(async () => {
  await server?.close();
  disk?.remove();
  await remove();
});

describe('a connection that cannot be made', () => {
  /** An environment whose ssh has another key, or knows other hosts. */
  function client(change: { readonly knownHosts?: string; readonly identityFile?: string }): NodeJS.ProcessEnv {
    edits += 1;
    const place = path.join(folder, `client-${edits}`);
    const knownHostsFile = `${place}-known_hosts`;
    writeFileSync(knownHostsFile, change.knownHosts ?? readFileSync(server.sshd.knownHostsFile, 'utf8'));
    const identityFile = change.identityFile ?? server.sshd.identityFile;
    writeClient(place, `${place}-config`, [{ knownHostsFile, identityFile }]);
    return { ...environment, PATH: `${place}:${process.env.PATH}` };
  }
  const key = (name: string): string => {
    const file = path.join(folder, name);
    spawnSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', file]);
    return file;
  };
  const at = (): string => `[127.0.0.1]:${server.sshd.port}`;

  it.each([
    [
      'another host key than the known one',
      'SSH_HOST_KEY_CHANGED',
      () => ({ environment: client({ knownHosts: `${at()} ${readFileSync(`${key('other')}.pub`, 'utf8')}` }) }),
    ],
    ['a host key that is not known', 'SSH_HOST_KEY_UNKNOWN', () => ({ environment: client({ knownHosts: '' }) })],
    [
      'a key that is not accepted',
      'SSH_PERMISSION_DENIED',
      () => ({ environment: client({ identityFile: key('mine') }) }),
    ],
    ['a port at which nothing answers', 'SSH_REFUSED', async () => ({ to: `ssh://127.0.0.1:${await freePort()}/` })],
    ['a network that is not there', 'SSH_TIMED_OUT', () => ({ to: 'ssh://255.255.255.255/' })],
    ['a host that is not there', 'SSH_HOST_UNKNOWN', () => ({ to: 'ssh://web1.invalid/' })],
  ])('%s', async (_what, code, given) => {
    const before = everything();
    const failed = await failure(await given());
    expect(failed).toMatchObject({ code, exit: 'refused' });
    for (const text of [failed?.what, failed?.why, failed?.next]) expect(text).toMatch(/\w{2}/);
    expect(JSON.stringify(failed)).not.toMatch(/StrictHostKeyChecking|KnownHostsFile|\/dev\/null/i);
    expect(everything()).toEqual(before);
  });
});

describe('a connection that is cut', () => {
  it('leaves the server as it was, or with the new release, and the error says which', async () => {
    edit();
    await run();
    const last = server.messages();
    // Before the answer to the greeting, the two questions for files, a step of the plan, and the result.
    for (const message of [1, 2, 3, last - 5, last]) {
      edit();
      const before = everything();
      server.cutAt(message);
      const failed = await failure();
      expect(failed, String(message)).toMatchObject({ code: message === 1 ? 'SSH_FAILED' : 'CONNECTION_LOST' });
      if (message < last) expect(everything(), failed?.what).toEqual(before);
      else expect(failed?.what).toMatch(/the deployment was complete before: release \S+ is live$/);
      if (message > 3 && message < last) expect(failed?.what).toContain('everything done before was undone there');
    }
  }, 600_000);

  it('with the program there leaves what the next deployment makes good', async () => {
    edit();
    server.killAt(server.messages() - 5);
    expect(await failure()).toMatchObject({ code: 'CONNECTION_LOST', exit: 'refused' });
    const { plan } = await run();
    const { leftovers, releases } = await listReleases({ directory: app, to: server.url, environment });
    expect([leftovers, releases.find(({ live }) => live)?.id]).toEqual([[], plan.release?.id]);
  }, 600_000);
});

/** What IIS there serves, as it is written and as `status` says it. */
async function liveThere() {
  const [written] =
    /path="\/dante"[\s\S]*?physicalPath="[^"]*"/.exec(readFileSync(server.home.applicationHostFile, 'utf8')) ?? [];
  const [told] = await statusOverSsh({ to: server.url, environment });
  const live = /([^"/]*)"$/.exec(written ?? '')?.[1];
  expect([told?.release, told?.missing ?? false]).toEqual([live, told !== undefined && live === undefined]);
  return live;
}

describe('the program there that is killed', () => {
  // IIS there has its new configuration, and does not know it yet.
  it.each(['rollback', 'undeploy'] as const)(
    'at %s is said, and the next one makes it complete',
    async (command) => {
      const place = { directory: app, to: server.url, environment };
      const again = { rollback: () => rollback({ ...place, verify: false }), undeploy: () => undeploy(place) };
      edit();
      const one = (await run()).plan.release?.id;
      edit();
      await run();
      server.killAtChange('message reload');
      const failed = await again[command]().catch((error: unknown) => error);
      expect(failed).toMatchObject({ code: 'CONNECTION_LOST', exit: 'incomplete' });
      const wanted = command === 'rollback' ? one : undefined;
      expect(await liveThere()).toBe(wanted);
      await again[command]();
      expect(await liveThere()).toBe(wanted);
    },
    600_000,
  );
});

it('undeploy does not call assumed what the address names', async () => {
  const at = `${server.url.slice(0, -'/dante'.length)}/none`;
  const { code, stdout, stderr } = await cli(['undeploy', '--to', at], { cwd: folder, environment });
  expect({ code, stdout, stderr }).toEqual({
    code: 0,
    stdout: 'no application /none in "Default Web Site": nothing to remove\n',
    stderr: '',
  });
}, 120_000);

describe('two deployments at once', () => {
  it('come one after the other; the second one hears whose it waits for, and since when', async () => {
    let goOn: () => void = () => undefined;
    const mayGoOn = new Promise<void>((resolve) => {
      goOn = resolve;
    });
    const address = readSshAddress(server.url);
    const session = await connect(address, {
      environment,
      program: brotliDecompressSync(readFileSync(path.join(root, 'dist', 'on-server.cjs.br'))),
    });
    const held = {
      ready: session.ready,
      sent: 0,
      said: '',
      receive: () => session.receive(),
      send: (message: object) => session.send(message),
      // The server has its lock, and waits for the list of files.
      sendData: async (...given: Parameters<typeof session.sendData>) => {
        await mayGoOn;
        await session.sendData(...given);
      },
      finish: () => session.finish(),
      close: () => session.close(),
    };
    edit();
    const parsed = readApp(app, { environment, vdirPath: '/dante' });
    const first = deployOverSsh(
      parsed,
      options({ site: 'Default Web Site' }),
      server.url,
      () => undefined,
      async () => held,
    );
    await expect.poll(() => existsSync(path.join(server.base, 'deploy.lock'))).toBe(true);
    const copy = path.join(folder, 'copy');
    cpSync(app, copy, { recursive: true });
    appendFileSync(path.join(copy, 'server.js'), '// another version');
    const second = run({ directory: copy });
    const waits = /waiting for deploy \/dante by \S+@\S+ \(process \d+, since 20\d\d-\S+Z\) to end/;
    await expect.poll(() => said.join('\n'), { timeout: 120_000 }).toMatch(waits);
    goOn();
    const [one, two] = await Promise.all([first, second]);
    expect(two.plan.release?.from).toBe(one.plan.release?.id);
  }, 600_000);
});

function fill(left: number): () => boolean {
  disk.leave(left);
  return () => true;
}

/** Another program fills it. */
function fillWhenFilesCome(left: number): () => boolean {
  let isFull = false;
  const watcher = watch(path.join(server.base, 'releases'), () => {
    if (!isFull) disk.leave(left);
    isFull = true;
  });
  return () => {
    watcher.close();
    return isFull;
  };
}

describe('a disk of the server', () => {
  it('without room for the release is seen by --check, and by a deployment before files come', async () => {
    disk.leave(4 * 1024 * 1024);
    edit();
    await run();
    edit('x'.repeat(40_000));
    const before = everything();
    disk.leave(600_000);
    const { ready, checks } = await checkDeployment(options(), () => []);
    const failed = checks.filter(({ state }) => state === 'failed').map(({ obstacle }) => obstacle?.code);
    expect([ready, failed]).toEqual([false, ['DISK_FULL']]);
    expect(await failure()).toMatchObject({
      code: 'DISK_FULL',
      exit: 'refused',
      what: expect.stringMatching(/; nothing was changed on 127\.0\.0\.1$/),
    });
    expect(everything()).toEqual(before);
  }, 600_000);

  it('that is full keeps the old state, and the next deployment cleans up', async () => {
    disk.leave(4 * 1024 * 1024);
    edit();
    await run();
    // Without room for its lock, for the files that come, for the configuration of IIS.
    for (const left of [0, 12_288, 65_536]) {
      disk.leave(4 * 1024 * 1024);
      edit('x'.repeat(40_000));
      const before = everything();
      const isFull = left === 0 ? fill(left) : fillWhenFilesCome(left);
      const failed = await failure();
      expect(isFull()).toBe(true);
      expect(failed, String(left)).toMatchObject({ exit: 'refused', why: expect.stringContaining('The disk is full') });
      if (failed?.code === 'FILE_NOT_WRITTEN') expect(failed.what).toMatch(/ on 127\.0\.0\.1$/);
      expect(everything()).toEqual(before);
    }
    disk.leave(4 * 1024 * 1024);
    edit();
    expect(await run()).toMatchObject({ changed: true });
    expect((await listReleases({ directory: app, to: server.url, environment })).leftovers).toEqual([]);
  }, 600_000);
});
