import { readdirSync, readFileSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { diagnose } from '../../src/doctor/index.js';
import { UserError } from '../../src/errors.js';
import { serveSite } from '../../src/host/index.js';
import { traceUrl } from '../../src/trace/index.js';
import { generateWebConfig, patchWebConfig, type WebConfigWants } from '../../src/webconfig/index.js';
import { temporaryFolder } from '../support/cli.js';
import { mutated } from './mutations.js';

const wants: WebConfigWants = { entry: 'server.js', vdirPath: '/dante', processes: 1, transports: ['websocket'] };
const fixtures = path.join(import.meta.dirname, '..', 'fixtures', 'doctor');
const seeds = [
  generateWebConfig(wants),
  generateWebConfig({ ...wants, processes: 4, transports: ['polling', 'websocket'] }),
  ...readdirSync(fixtures, { recursive: true, encoding: 'utf8' })
    .filter((file) => /web\.config$/i.test(file))
    .map((file) => readFileSync(path.join(fixtures, file), 'utf8')),
];
const severities = ['error', 'warning', 'info'];

let folder: string;
let remove: () => Promise<void>;

beforeAll(async () => {
  ({ folder, remove } = await temporaryFolder());
  await mkdir(path.join(folder, 'dante'));
  await writeFile(
    path.join(folder, 'dante', 'server.js'),
    "require('http').createServer().listen(process.env.PORT);\n",
  );
});
afterAll(() => remove());

/** A UserError has its three lines; anything else is our bug, and is thrown again. */
function expectForPeople(error: unknown): void {
  if (!(error instanceof UserError)) throw error;
  for (const line of [error.what, error.why, error.next]) expect(line.trim()).not.toBe('');
}

describe('ten thousand damaged web.configs', () => {
  it('are traced and patched, and 2,500 of them examined, without a crash, and every examination has a result', async () => {
    const directory = path.join(folder, 'dante');
    await fc.assert(
      fc.asyncProperty(mutated(seeds), async (text) => {
        await writeFile(path.join(directory, 'web.config'), text);
        // All rules take as long as ten traces: one text of four has to do.
        const report = text.length % 4 === 0 ? await diagnose(directory, { cwd: folder, environment: {} }) : undefined;
        for (const finding of report?.findings ?? []) {
          expect(severities).toContain(finding.severity);
          for (const said of [finding.message, finding.why, finding.help]) expect(said).not.toBe('');
          expect(`${finding.message}${finding.why}`).not.toMatch(/\bundefined\b|\[object |\bat .*\.[tj]s:\d/);
        }
        const model = serveSite({ directory, vdirPath: '/dante', environment: {} })();
        const { outcome } = traceUrl({ model, url: '/dante/socket.io/?EIO=4&transport=websocket' });
        expect(['handler', 'redirect', 'error', 'abort']).toContain(outcome.kind);
        try {
          const { text: patched } = patchWebConfig(text, wants, 'web.config');
          expect(patchWebConfig(patched, wants, 'web.config').text).toBe(patched);
        } catch (error) {
          expectForPeople(error);
        }
      }),
      { numRuns: 10_000 },
    );
  });
});
