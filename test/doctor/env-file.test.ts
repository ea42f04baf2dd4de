import { expect, it } from 'vitest';
import { inEnvFile } from '../../src/doctor/facts/env-file.js';

it.each([
  ['PORT=3000', '3000'],
  ['\uFEFFA=1\r\n  export PORT = "3000" # local\r\n', '3000'],
  ["PORT='1'\nPORT=2\nOTHER_PORT=3\n", '2'],
  ['PORT=\nOTHER=3', ''],
])('the last value of a variable in a .env file is read: %j', (text, value) => {
  expect(inEnvFile(text, 'PORT')?.value).toBe(value);
  expect(text.slice(inEnvFile(text, 'PORT')?.index)).toMatch(/^(?:export )?PORT/);
});

it('is none where no line sets it', () => {
  expect(inEnvFile('# PORT=1\nMY_PORT=2\nPORTS=3', 'PORT')).toBeUndefined();
  expect(inEnvFile(undefined, 'PORT')).toBeUndefined();
});
