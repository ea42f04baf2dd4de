import { appendFileSync, existsSync, renameSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import net from 'node:net';
import path from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { folderWith, put, request, serve, webConfig } from '../harness.js';
import { handlers, handshake } from '../iisnode-app.js';

/** Says what its process was started with. */
const script = `
const fs = require('node:fs');
fs.writeFileSync(__dirname + '/started-' + process.env.NODE_ENV + '.txt', '');
const listen = () => require('node:http').createServer((request, response) => {
  response.end(JSON.stringify({ env: process.env.NODE_ENV, setting: process.env.SETTING, pid: process.pid }));
}).listen(process.env.PORT);
// The first process of one test waits for a word.
const wait = () => (fs.existsSync(__dirname + '/wait.txt') ? setTimeout(wait, 5) : listen());
wait();
`;

const config = (setting: string): string =>
  webConfig(`${handlers}<iisnode node_env="none" />`).replace(
    '<system.webServer>',
    `<appSettings><add key="SETTING" value="${setting}" /></appSettings><system.webServer>`,
  );

interface Seen {
  readonly env: string;
  readonly setting: string;
  readonly pid: number;
}

async function changing(files: Record<string, string> = {}) {
  const directory = folderWith({ 'server.js': script, 'web.config': config('none'), ...files });
  const host = await serve({ directory, vdirPath: '/dante' });
  const get = async (): Promise<Seen & { readonly debug: boolean }> => {
    const answer = await host.get('/dante/server.js');
    expect(answer.status, answer.body).toBe(200);
    return { ...JSON.parse(answer.body), debug: answer.headers['iisnode-debug'] !== undefined };
  };
  return { ...host, directory, get, at: (name: string) => path.join(directory, name) };
}

/** The ways a file is changed: `text` makes its content of a value; each gives the values in order. */
const ways: Readonly<Record<string, (file: string, text: (value: string) => string, value: string) => string[]>> = {
  'written in place': (file, text, value) => {
    writeFileSync(file, text(value));
    return [value];
  },
  'replaced by a rename': (file, text, value) => {
    writeFileSync(`${file}.new`, text(value));
    renameSync(`${file}.new`, file);
    return [value];
  },
  'removed and made anew': (file, text, value) => {
    rmSync(file);
    writeFileSync(file, text(value));
    return [value];
  },
  'written in two steps': (file, text, value) => {
    const whole = text(value);
    writeFileSync(file, whole.slice(0, 20));
    appendFileSync(file, whole.slice(20));
    return [value];
  },
  'written twice': (file, text, value) => {
    writeFileSync(file, text(`${value}-first`));
    writeFileSync(file, text(value));
    return [`${value}-first`, value];
  },
  'written with the times it had': (file, text, value) => {
    writeFileSync(file, text(value));
    utimesSync(file, 1_000_000_000, 1_000_000_000);
    return [value];
  },
};

/** Changes the file again and again while four clients ask; no answer is of an older value than the newest one when it was asked for. */
async function changeUnderTraffic(
  site: Awaited<ReturnType<typeof changing>>,
  { file, text, read }: { file: string; text: (value: string) => string; read: (seen: Seen) => string },
): Promise<void> {
  const values = ['none'];
  const wrong: string[] = [];
  let ends = false;
  const client = async (): Promise<void> => {
    while (!ends) {
      const from = values.length - 1;
      const seen = read(await site.get());
      if (!values.slice(from).includes(seen)) wrong.push(`${seen} instead of ${values.slice(from)}`);
    }
  };
  const clients = [client(), client(), client(), client()];
  for (let round = 0; round < 3; round++) {
    for (const [way, change] of Object.entries(ways)) {
      values.push(...change(site.at(file), text, `v${values.length}`));
      expect(read(await site.get()), way).toBe(values.at(-1));
    }
  }
  ends = true;
  await Promise.all(clients);
  expect(wrong).toEqual([]);
}

describe('under traffic', () => {
  it('the first request after a change of iisnode.yml finds processes with the new values', async () => {
    const site = await changing({ 'iisnode.yml': 'node_env: none\n' });
    await changeUnderTraffic(site, {
      file: 'iisnode.yml',
      text: (value) => `loggingEnabled: false\nnode_env: ${value}\n`,
      read: ({ env }) => env,
    });
  });

  it('the first request after a change of web.config finds processes with the new values', async () => {
    const site = await changing();
    await changeUnderTraffic(site, { file: 'web.config', text: config, read: ({ setting }) => setting });
  });
});

describe('the next request', () => {
  it('sees iisnode.yml appear, its values change, and the file go', async () => {
    const { get, at, directory } = await changing();
    expect(await get()).toMatchObject({ env: 'none', debug: false });
    for (const round of ['a', 'b', 'c']) {
      put(directory, 'iisnode.yml', `node_env: ${round}\ndebugHeaderEnabled: true\n`);
      expect(await get()).toMatchObject({ env: round, debug: true });
      put(directory, 'iisnode.yml', `node_env: ${round}2\n`);
      expect(await get()).toMatchObject({ env: `${round}2`, debug: false });
      rmSync(at('iisnode.yml'));
      expect(await get()).toMatchObject({ env: 'none', debug: false });
    }
  });

  it('sees a web.config appear in a folder on the way, and go', async () => {
    const directory = folderWith({ 'sub/a.txt': 'x' });
    const { get } = await serve({ directory, vdirPath: '/' });
    for (let round = 0; round < 5; round++) {
      expect((await get('/sub/a.txt')).status).toBe(200);
      put(directory, 'sub/web.config', webConfig('<staticContent><remove fileExtension=".txt" /></staticContent>'));
      expect((await get('/sub/a.txt')).code).toBe('404.3');
      rmSync(path.join(directory, 'sub/web.config'));
    }
  });

  it('sees a web.config in the folder of the script that a rule leads to', async () => {
    const rule =
      '<rewrite><rules><rule name="a"><match url="^go$" /><action type="Rewrite" url="src/server.js" /></rule></rules></rewrite>';
    const directory = folderWith({ 'src/server.js': script, 'web.config': webConfig(handlers + rule) });
    const { get } = await serve({ directory, vdirPath: '/' });
    const debug = async () => (await get('/go')).headers['iisnode-debug'] !== undefined;
    expect(await debug()).toBe(false);
    for (const value of [true, false, true]) {
      put(directory, 'src/web.config', webConfig(`<iisnode debugHeaderEnabled="${value}" />`));
      expect(await debug()).toBe(value);
    }
  });

  it('keeps its process when web.config is touched and holds what it held', async () => {
    const { get, at, events } = await changing();
    const { pid } = await get();
    for (let round = 0; round < 5; round++) {
      writeFileSync(at('web.config'), config('none'));
      utimesSync(at('web.config'), round, round);
      expect((await get()).pid).toBe(pid);
    }
    expect(events.map(({ code }) => code)).toEqual([]);
  });

  it('gets a process with the new values when they change while the first one starts', async () => {
    const { get, at, directory } = await changing({ 'wait.txt': '', 'iisnode.yml': 'node_env: old\n' });
    onTestFinished(() => rmSync(at('wait.txt'), { force: true }));
    const first = get();
    await expect.poll(() => existsSync(at('started-old.txt')), { interval: 5 }).toBe(true);
    put(directory, 'iisnode.yml', 'node_env: new\n');
    const second = get();
    await expect.poll(() => existsSync(at('started-new.txt')), { interval: 5 }).toBe(true);
    rmSync(at('wait.txt'));
    expect((await second).env).toBe('new');
    expect((await first).env).toBe('old');
    expect((await get()).env).toBe('new');
  });

  it('may be an upgrade, a request with a body, or one of a client that goes while it waits', async () => {
    const echo = `
      const server = require('node:http').createServer((request, response) => {
        response.writeHead(200);
        request.on('data', (bytes) => response.write(process.env.NODE_ENV + ' ' + bytes)).on('end', () => response.end());
      });
      server.on('upgrade', (request, socket) => socket.on('error', () => undefined).end('HTTP/1.1 101 Switching Protocols\\r\\nConnection: Upgrade\\r\\nUpgrade: websocket\\r\\n\\r\\n' + process.env.NODE_ENV));
      server.listen(process.env.PORT);`;
    const { port, directory, events } = await changing({
      'server.js': echo,
      'web.config': config('none').replace('<iisnode', '<webSocket enabled="false" /><iisnode'),
      'iisnode.yml': 'node_env: none\n',
    });
    for (const round of ['a', 'b', 'c']) {
      put(directory, 'iisnode.yml', `node_env: ${round}\n`);
      const left = net.connect(port, '127.0.0.1');
      left.end('GET /dante/server.js HTTP/1.1\r\nHost: x\r\n\r\n', () => left.destroy());
      const refused = net.connect(port, '127.0.0.1');
      refused.end(handshake('/dante/server.js'), () => refused.resetAndDestroy());
      const posted = request(port, '/dante/server.js', { method: 'POST', body: 'body' });
      const socket = net.connect(port, '127.0.0.1');
      socket.write(handshake('/dante/server.js'));
      let text = '';
      socket.setEncoding('latin1').on('data', (piece: string) => (text += piece));
      await expect.poll(() => text).toMatch(new RegExp(`\r\n\r\n${round}$`));
      socket.destroy();
      expect(text).toMatch(/^HTTP\/1\.1 101 /);
      expect((await posted).body).toBe(`${round} body`);
    }
    expect(events.filter(({ level }) => level === 'error')).toEqual([]);
  });

  it('obeys an applicationHost.config that was broken and is whole again', async () => {
    const { serveSite, startHost } = await import('../../../src/host/index.js');
    const { applicationHostText } = await import('../../../src/config/index.js');
    const directory = folderWith({ 'a.txt': 'x' });
    const text = applicationHostText({
      pools: [{ name: 'p' }],
      sites: [
        {
          name: 'one',
          id: 1,
          bindings: [{ protocol: 'http', information: '*:0:' }],
          applications: [{ path: '/', physicalPath: directory, pool: 'p' }],
        },
      ],
    });
    put(directory, 'applicationHost.config', text);
    const host = await startHost({
      loadConfig: serveSite({
        directory,
        vdirPath: '/',
        applicationHostFile: path.join(directory, 'applicationHost.config'),
      }),
      listen: { host: '127.0.0.1', port: 0 },
    });
    onTestFinished(() => host.close());
    const port = host.addresses[0]?.port ?? 0;
    for (let round = 0; round < 3; round++) {
      expect((await request(port, '/a.txt')).status).toBe(200);
      put(directory, 'applicationHost.config', text.replace('<configSections', '<nonsense'));
      expect((await request(port, '/a.txt')).code).toBe('500.19');
      put(directory, 'applicationHost.config', text);
    }
    expect((await request(port, '/a.txt')).status).toBe(200);
  });
});
