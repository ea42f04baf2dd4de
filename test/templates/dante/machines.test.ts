import { readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { scaffolded } from '../../support/scaffolded.js';
import { served } from '../real-app.js';
import { proxyTo, type Way } from './proxy.js';
import { type Viewer, view } from './server.js';

const { inferno } = createRequire(import.meta.url)('../../../templates/dante/inferno.js') as { inferno: string[][] };

/** A simulated machine: its copy of the app, its embedded IIS with two node processes. */
async function machine(interval: number): Promise<{ port: number; stop: () => Promise<unknown> }> {
  const app = await scaffolded('dante', { path: '/dante', processes: 2 });
  onTestFinished(app.remove);
  const file = path.join(app.folder, 'web.config');
  const setting = `<add key="STANZA_INTERVAL" value="${interval}" />`;
  writeFileSync(file, readFileSync(file, 'utf8').replace('</appSettings>', `${setting}\n  </appSettings>`));
  const { url, serving } = await served(app.folder, '/dante');
  return { port: Number(new URL(url).port), stop: () => serving.stop() };
}

describe('two machines without contact to each other', () => {
  it('continue for each viewer at the place of the other one, when connections are cut and when one machine ends', async () => {
    const machines = await Promise.all([machine(60), machine(60)]);
    const up = [...machines];
    const cuts = [3, 9, 14, 20, 26];
    const readers: { viewer: Viewer; way: Way }[] = [];
    for (let number = 0; number < 6; number += 1) {
      // A balancer that gives each connection of a viewer to the other machine.
      let turn = number;
      const next = cuts.values();
      const way = await proxyTo(
        () => {
          turn += 1;
          return up[turn % up.length]?.port ?? 0;
        },
        // By what passes, not by what this process has seen: on a busy machine the whole poem comes at once.
        (link) => {
          const { value: stanza } = next.next();
          if (stanza !== undefined) link.cutBefore(`"index":${stanza},`);
        },
      );
      readers.push({ way, viewer: view(way.url, { path: '/dante/socket.io' }) });
    }
    await Promise.all(readers.map(({ viewer }) => viewer.until(() => viewer.stanzas.length >= 32)));
    await up.pop()?.stop();
    for (const { viewer, way } of readers) {
      await viewer.until(() => viewer.ended);
      expect(viewer.received).toEqual(inferno.map((_, index) => index));
      expect(viewer.stanzas.map(({ lines }) => lines)).toEqual(inferno);
      expect(way.links.length).toBeGreaterThan(cuts.length);
    }
  });
});
