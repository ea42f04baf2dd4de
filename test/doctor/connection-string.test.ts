import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect, it } from 'vitest';
import { diagnose } from '../../src/doctor/index.js';
import { adapters } from '../../src/scaffold/adapters.js';
import { copyOf } from './expect-codes.js';

const only = ['CONNECTION_STRING_IS_EXAMPLE'];
const name = 'WEB_PUBSUB_CONNECTION_STRING';

/** A site whose web.config has this connection string. */
function siteWith(value: string): string {
  const cwd = copyOf('connection-string-of-ones-own');
  const file = path.join(cwd, 'web.config');
  writeFileSync(file, readFileSync(file, 'utf8').replace(/value="Endpoint=[^"]*"/, `value="${value}"`));
  return cwd;
}

it('what init writes is known for an example, and shown with its line', async () => {
  const example = adapters().find((adapter) => adapter.name === 'azure')?.settings?.[name];
  const { findings } = await diagnose('.', { cwd: siteWith(example ?? ''), only });
  expect(findings).toMatchObject([{ rule: only[0], severity: 'warning', line: 4 }]);
  expect(findings[0]?.fix).toContain('Keys page');
});

it('a key that is no example is not shown', async () => {
  const cwd = siteWith('Endpoint=https://NAME.webpubsub.azure.com;AccessKey=c2VjcmV0;Version=1.0;');
  const { findings } = await diagnose('.', { cwd, only });
  expect(findings).toMatchObject([{ line: 4, evidence: expect.stringContaining('AccessKey=...;Version') }]);
  expect(JSON.stringify(findings)).not.toContain('c2VjcmV0');
});

it.each([
  ['the service alone is written', 'Endpoint=https://dante.webpubsub.azure.com;AccessKey=KEY;Version=1.0;', 1],
  ['the key alone is written', 'Endpoint=https://NAME.webpubsub.azure.com;AccessKey=c2VjcmV0;Version=1.0;', 1],
  [
    'a service has such a name in it',
    'Endpoint=https://my-name.webpubsub.azure.com;AccessKey=KEYc2Vj=;Version=1.0;',
    0,
  ],
  ['it is left empty', '', 0],
])('where %s: %s', async (_what, value, count) => {
  expect((await diagnose('.', { cwd: siteWith(value), only })).findings).toHaveLength(count);
});
