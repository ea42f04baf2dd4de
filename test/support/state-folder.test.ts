import { realpathSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { describe, expect, it } from 'vitest';
import { openHome } from '../../src/host/index.js';
import { environmentOf } from './cli.js';

describe('the state folder of the tests', () => {
  it('is a temporary one, also where a test names none: that of the user stays as it is', () => {
    for (const environment of [undefined, environmentOf({})]) {
      const { directory } = openHome(environment);
      expect(directory.startsWith(realpathSync(tmpdir())), directory).toBe(true);
    }
  });
});
