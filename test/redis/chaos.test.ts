import { readdirSync, readFileSync, utimesSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { cli, temporaryFolder } from '../support/cli.js';
import { freePort } from '../support/free-port.js';
import { scaffolded } from '../support/scaffolded.js';
import { randomFrom, seed } from '../support/seed.js';
import { RedisServer } from './redis-server.js';
import { ChaosViewer, type ViewerKind } from './viewers.js';

const { inferno } = createRequire(import.meta.url)('../../templates/dante/inferno.js') as { inferno: string[][] };
const canto = inferno.flat().join('\n');

/** CHAOS_SECONDS is the time from the first stanza of the canto to the last, without disturbances. */
const seconds = Number(process.env.CHAOS_SECONDS ?? 60);
const kinds: readonly ViewerKind[] = ['websocket', 'websocket', 'polling', 'mixed', 'old websocket', 'old polling'];

/** The node processes that run the app. */
function processesOf(folder: string): number[] {
  const entry = path.join(folder, 'server-socketio.js');
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((pid) => {
      try {
        return readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0').includes(entry);
      } catch {
        return false; // It has already ended.
      }
    });
}

describe.skipIf(process.platform !== 'linux')('during chaos', () => {
  it('every one of 300 viewers reads Canto I completely and in order', async () => {
    console.log(`TEST_SEED=${seed} CHAOS_SECONDS=${seconds}`);
    const random = randomFrom(seed);
    const pick = <T>(list: readonly T[]): T | undefined => list[Math.floor(random() * list.length)];
    const redis = new RedisServer(await freePort());
    await redis.start();
    onTestFinished(() => redis.remove());
    const app = await scaffolded('dante', {
      path: '/dante',
      processes: 3,
      adapter: 'redis',
      transports: ['websocket', 'polling'],
      allowEio3: true,
    });
    onTestFinished(app.remove);
    const webConfig = path.join(app.folder, 'web.config');
    const interval = Math.round((seconds * 1000) / inferno.length);
    const settings = `<add key="STANZA_INTERVAL" value="${interval}" />\n  </appSettings>`;
    writeFileSync(
      webConfig,
      readFileSync(webConfig, 'utf8').replace('</appSettings>', settings).replace('redis://localhost:6379', redis.url),
    );
    const { folder: home, remove } = await temporaryFolder();
    const environment = { IISNODE_SOCK_HOME: home };
    onTestFinished(async () => {
      await cli(['undeploy', app.folder, '--to', 'embedded'], { environment });
      await remove();
    });
    const deployed = await cli(['deploy', app.folder, '--to', 'embedded', '--port', '0'], { environment });
    expect(deployed, deployed.stderr + deployed.stdout).toMatchObject({ code: 0 });
    const url = new URL(/http:\/\/127\.0\.0\.1:\d+\/dante\//.exec(deployed.stdout)?.[0] ?? '');

    const viewers: ChaosViewer[] = [];
    const read = (): number => viewers.reduce((sum, { stanzas }) => sum + stanzas, 0);
    const allHaveEnded = (): boolean => viewers.length === 300 && viewers.every(({ hasEnded }) => hasEnded);
    /** Resolves when so many more stanzas have been read by any viewers, or none are left. */
    const moreRead = (count: number): Promise<void> => {
      const enough = read() + count;
      return expect.poll(() => read() >= enough || allHaveEnded(), { timeout: 60_000 }).toBe(true);
    };
    onTestFinished(() => {
      for (const viewer of viewers) viewer.stop();
    });
    const writes: Record<string, { readonly weight: number; readonly run: () => Promise<void> | void }> = {
      'connections cut': {
        weight: 5,
        run: () => {
          for (let count = 1 + Math.floor(random() * 30); count > 0; count -= 1) pick(viewers)?.cut();
        },
      },
      'node process killed': {
        weight: 3,
        run: () => {
          const pid = pick(processesOf(app.folder));
          if (pid !== undefined) process.kill(pid, 'SIGKILL');
        },
      },
      'watched file changed': {
        weight: 1,
        run: () => utimesSync(path.join(app.folder, 'lib', 'stream.js'), new Date(), new Date()),
      },
      'application pool recycled': {
        weight: 1,
        run: async () => {
          expect(await cli(['appcmd', 'recycle', 'apppool', 'dante'], { environment })).toMatchObject({ code: 0 });
        },
      },
      'Redis restarted': {
        weight: 2,
        run: async () => {
          await redis.kill();
          await moreRead(random() * 450);
          await redis.start();
        },
      },
    };
    const lots = Object.entries(writes).flatMap(([name, { weight }]) => Array<string>(weight).fill(name));
    const bag: string[] = []; // Drawn without replacement: every kind comes soon.
    const done = new Map<string, number>();
    const arrivals = (async () => {
      for (let count = 0; count < 300; count += 1) {
        const kind = kinds[count % kinds.length] ?? 'websocket';
        viewers.push(new ChaosViewer(kind, url, Math.max(3000, 3 * interval), count % 3, randomFrom(seed + count)));
        if (count % 10 === 9) await viewers[count - 9]?.arrived;
      }
    })();
    while (!allHaveEnded()) {
      await moreRead(50 + random() * 400);
      if (bag.length === 0) bag.push(...lots);
      const [deed = ''] = bag.splice(Math.floor(random() * bag.length), 1);
      done.set(deed, (done.get(deed) ?? 0) + 1);
      await writes[deed]?.run();
    }
    await arrivals;
    await Promise.all(viewers.map((viewer) => viewer.ended));

    const connections = viewers.reduce((sum, viewer) => sum + viewer.connections, 0);
    console.log(
      `${connections} connections of 300 viewers; ${[...done].map(([name, count]) => `${name} ${count}`).join(', ')}`,
    );
    for (const [number, viewer] of viewers.entries()) {
      const what = `viewer ${number}, ${viewer.kind}:\n${viewer.history.join('\n')}`;
      expect(viewer.lines.join('\n'), what).toBe(canto);
      expect(viewer.outOfTurn, what).toEqual([]);
      // A delay of stanzas does not make the next ones faster.
      expect(viewer.duration, what).toBeGreaterThan(44.5 * interval);
    }
    expect(connections).toBeGreaterThan(600);
  });
});
