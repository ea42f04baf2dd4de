import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type DeployOptions, type DeployResult, deploy } from '../../src/deploy/index.js';
import type { UserError } from '../../src/errors.js';
import { generateWebConfig } from '../../src/webconfig/index.js';
import { environmentOf, temporaryFolder } from '../support/cli.js';
import { type IisOverSsh, startIisOverSsh } from '../support/iis-over-ssh.js';

let folder: string;
let remove: () => Promise<void>;
let server: IisOverSsh;
let app: string;

beforeAll(async () => {
  ({ folder, remove } = await temporaryFolder());
  server = await startIisOverSsh(path.join(folder, 'web1'));
  app = path.join(folder, 'dante');
  mkdirSync(app);
  const web = { entry: 'server.js', vdirPath: '/dante', processes: 1, transports: ['websocket'] as const };
  writeFileSync(path.join(app, 'web.config'), generateWebConfig(web));
}, 300_000);

afterAll(async () => {
  await server?.close();
  await remove();
});

/** Deploys an app that answers with this text; `broken` ends at its start. */
function release(text: string, more: Partial<DeployOptions> = {}): Promise<DeployResult> {
  const listens = `require('node:http').createServer((_q, s) => s.end('${text}')).listen(process.env.PORT);\n`;
  const source = text.startsWith('broken') ? `throw new Error('${text}');\n` : listens;
  writeFileSync(path.join(app, 'server.js'), source);
  const environment = environmentOf({
    IISNODE_SOCK_HOME: path.join(folder, 'own-home'),
    PATH: `${server.sshd.programs}:${process.env.PATH}`,
  });
  return deploy({ directory: app, path: '/dante', to: server.url, releases: 5, environment, ...more });
}

const page = async (): Promise<string> => (await fetch(`http://127.0.0.1:${server.port}/dante/`)).text();

/** As node there leaves it when it is killed between the switch and the check. */
async function killed(text: string): Promise<void> {
  await release(text, { verify: false });
  const journal = path.join(server.base, 'journal.jsonl');
  writeFileSync(journal, readFileSync(journal, 'utf8').replace(/[^\n]*\n$/, ''));
}

it('a release that a killed deployment over ssh has left unchecked makes room for the one before it', async () => {
  const first = await release('one');
  expect(await page()).toBe('one');
  await killed('broken two');
  for (const text of ['broken two', 'broken three']) {
    const error = await release(text).then(
      () => expect.fail('it did not fail'),
      (thrown: UserError) => thrown,
    );
    expect(error).toMatchObject({ code: 'VERIFICATION_FAILED', exit: 'refused' });
    expect(await page()).toBe('one');
    if (text !== 'broken two') continue;
    expect(error.what).toContain(`release ${first.plan.release?.id}, which was live before it, is live again`);
  }
  expect((await release('four')).changed).toBe(true);
  expect(await page()).toBe('four');
}, 300_000);
