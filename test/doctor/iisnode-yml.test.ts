import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect, it } from 'vitest';
import { diagnose, type Finding } from '../../src/doctor/index.js';
import { copyOf } from './expect-codes.js';

async function found(yml: string): Promise<readonly Finding[]> {
  const cwd = copyOf('everything-right');
  writeFileSync(path.join(cwd, 'iisnode.yml'), yml);
  return (await diagnose('.', { cwd })).findings;
}

it.each([
  ['loggingEnabled: true\n- item\n', 2, 'has no colon'],
  ['a b: 1', 1, 'has a space inside its key'],
  ['# ok\nloggingEnabled: maybe', 2, 'loggingEnabled must be true, 1, yes, false, 0 or no'],
  ['maxLogFiles: 99999999999', 1, 'does not fit into 32 bits'],
  ['\ufeff# comment', 1, 'has no colon'],
])('%j is refused at line %i: %s', async (yml, line, message) => {
  const [finding, ...others] = await found(yml);
  expect(others).toEqual([]);
  expect(finding).toMatchObject({ rule: 'IISNODE_YML_INVALID', severity: 'error', line });
  expect(finding?.file).toMatch(/iisnode\.yml$/);
  expect(finding?.message).toContain(message);
});

it.each([
  ['debuggerPortRange: 5058', 'Did you mean debugPortRange?'],
  ['configOverrides: x.yml', 'Set it in <iisnode>: iisnode.yml cannot set its own name.'],
  ['\ufeffmaxLogFiles: 1', 'Save the file without a byte-order mark.'],
  ['parent:\n\tmaxLogFiles: 1', 'Remove the tab: iisnode reads it as a part of the key.'],
  ['nonsense: 1', undefined],
  ['maxLogFiles: twenty', 'Write the number in digits.'],
])('%j has a line that does nothing, or something else', async (yml, fix) => {
  const findings = await found(yml);
  expect(findings.map(({ rule, severity }) => [rule, severity])).toEqual([['IISNODE_YML_INVALID', 'warning']]);
  expect(findings[0]?.fix).toBe(fix);
});

it('is the folder itself where configOverrides is empty', async () => {
  const cwd = copyOf('everything-right');
  const file = path.join(cwd, 'web.config');
  const text = readFileSync(file, 'utf8').replace(/<iisnode[^>]*>/, '');
  writeFileSync(file, text.replace('</system.webServer>', '<iisnode configOverrides="" /></system.webServer>'));
  const { findings } = await diagnose('.', { cwd });
  expect(findings.map(({ rule, severity }) => [rule, severity])).toEqual([['IISNODE_YML_INVALID', 'error']]);
  expect(findings[0]?.file).toMatch(/web\.config$/);
  expect(findings[0]?.message).toContain('configOverrides is empty');
});

it('says what infinite is in it', async () => {
  const findings = await found('maxConcurrentRequestsPerProcess: infinite\n');
  expect(findings.map(({ rule, line, message }) => [rule, line, message])).toEqual([
    ['IISNODE_YML_INVALID', 1, expect.stringContaining('which is not a number: iisnode uses 0')],
    ['FEW_CONCURRENT_REQUESTS', 1, expect.stringContaining('is 0: every request is refused')],
  ]);
});

it('is quiet where nothing is wrong with it, and where it is not there', async () => {
  expect(await found('MAXLOGFILES: 3 # in any case\nmaxRequestBufferSize: 65536 bytes\nnode_env:\n')).toEqual([]);
  expect(await found('')).toEqual([]);
});
