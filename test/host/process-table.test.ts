import { once } from 'node:events';
import { copyFileSync, mkdirSync, readdirSync, readFileSync } from 'node:fs';
import net from 'node:net';
import path from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { type CliResult, cli, startServe } from '../support/cli.js';
import { folderWith, put, request, webConfig } from './harness.js';

const fixture = path.join(import.meta.dirname, '..', 'fixtures', 'iisnode', 'tells-pipe.js');
const handlers = '<handlers><add name="iisnode" path="server.js" verb="*" modules="iisnode" /></handlers>';

/** Everything of a trial lies in one folder, sockets and temporary files too: what runs from it has its name on the command line. */
function trial() {
  const folder = folderWith({ 'app/web.config': webConfig(`${handlers}<webSocket enabled="false" />`) });
  copyFileSync(fixture, path.join(folder, 'app', 'server.js'));
  mkdirSync(path.join(folder, 'tmp'));
  const environment = { IISNODE_SOCK_HOME: path.join(folder, 'home'), TMPDIR: path.join(folder, 'tmp') };
  return { folder, app: path.join(folder, 'app'), environment };
}

/** Living processes with the folder in their command line or among their variables. Zombies have neither. */
function processesOf(folder: string): string[] {
  const found: string[] = [];
  for (const pid of readdirSync('/proc')) {
    if (!/^\d+$/.test(pid)) continue;
    try {
      const command = readFileSync(`/proc/${pid}/cmdline`, 'latin1').replaceAll('\0', ' ');
      if (command.includes(folder) || readFileSync(`/proc/${pid}/environ`, 'latin1').includes(folder))
        found.push(`${pid} ${command}`);
    } catch {
      // Gone in between, or not ours.
    }
  }
  return found;
}

/** Resolves when nothing of the trial is left: no process, no socket, no lock, unless its owner was killed. */
async function nothingLeft(folder: string): Promise<void> {
  await expect.poll(() => processesOf(folder), { interval: 10 }).toEqual([]);
  await expect
    .poll(
      () =>
        readdirSync(path.join(folder, 'tmp')).filter(
          (name) => name.startsWith('iisnode-') && !name.startsWith('iisnode-sock'),
        ),
      { interval: 10 },
    )
    .toEqual([]);
}

/** Node listens, and has a child and an open WebSocket. */
async function busy(port: number): Promise<{ pid: number; child: number }> {
  const answer = JSON.parse((await request(port, '/server.js')).body);
  const socket = net.connect(port, '127.0.0.1');
  socket.on('error', () => undefined);
  await once(socket, 'connect');
  onTestFinished(() => void socket.destroy());
  return answer;
}

describe.runIf(process.platform === 'linux')('no process is left behind', () => {
  it.each([['SIGINT'], ['SIGTERM'], ['SIGHUP'], ['SIGKILL']] as const)('by serve that ends by %s', async (signal) => {
    const { folder, app, environment } = trial();
    const serve = await startServe([app, '--path', '/', '--port', '0'], { environment });
    await busy(Number(new URL(serve.match[1] ?? '').port));
    expect(processesOf(folder).length).toBeGreaterThanOrEqual(4); // serve, node, its child, the reaper
    expect(await serve.stop(signal)).toBe(signal === 'SIGKILL' ? null : 0);
    await nothingLeft(folder);
  });

  it('by serve whose node process crashes, and the next request is answered', async () => {
    const { folder, app, environment } = trial();
    const serve = await startServe([app, '--path', '/', '--port', '0'], { environment });
    onTestFinished(async () => void (await serve.stop()));
    const port = Number(new URL(serve.match[1] ?? '').port);
    const first = await busy(port);
    process.kill(first.pid, 'SIGKILL');
    await expect.poll(() => processesOf(folder).filter((line) => line.startsWith(`${first.child} `))).toEqual([]);
    const second = await busy(port);
    expect(second.pid).not.toBe(first.pid);
    await serve.stop();
    await nothingLeft(folder);
  });

  it('by serve that is stopped while node is starting', async () => {
    const { folder, app, environment } = trial();
    put(app, 'server.js', 'setInterval(() => {}, 1000); console.log("up");');
    const serve = await startServe([app, '--path', '/', '--port', '0'], { environment });
    const asked = request(Number(new URL(serve.match[1] ?? '').port), '/server.js').catch(() => undefined);
    await expect.poll(() => processesOf(app).length, { interval: 5 }).toBeGreaterThanOrEqual(2);
    expect(await serve.stop('SIGTERM')).toBe(0);
    await asked;
    await nothingLeft(folder);
  });

  it.each([['SIGINT'], ['SIGTERM'], ['SIGHUP'], ['SIGKILL']] as const)(
    'by a background host that ends by %s',
    async (signal) => {
      const { folder, app, environment } = trial();
      const run = (...args: string[]): Promise<CliResult> => cli(args, { environment });
      const deployed = await run('deploy', app, '--to', 'embedded', '--port', '0', '--path', '/', '--no-verify');
      expect(deployed.code, deployed.stderr + deployed.stdout).toBe(0);
      const host = JSON.parse(readFileSync(path.join(folder, 'home', 'host.json'), 'utf8'));
      await busy(host.addresses[0].port);
      process.kill(host.pid, signal);
      await nothingLeft(folder);
      const again = await run('status', '--json');
      expect(JSON.stringify(JSON.parse(again.stdout))).not.toContain(String(host.pid));
    },
  );
});
