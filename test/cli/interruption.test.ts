import { existsSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { temporaryFolder } from '../support/cli.js';
import { hasPseudoTerminal, onTerminal } from '../support/pseudo-terminal.js';

let folder: string;
let remove: () => Promise<void>;

beforeAll(async () => {
  ({ folder, remove } = await temporaryFolder());
});
afterAll(() => remove());

describe.runIf(hasPseudoTerminal)('Ctrl-C on a terminal', () => {
  it.each(Array.from({ length: 17 }, (_, index) => index * 25))(
    'ends init %d ms after its start, and nothing is written',
    async (interruptAfter) => {
      const { ended, text } = await onTerminal(['init', 'app'], { cwd: folder, interruptAfter });
      // Before the program's first line the signal is node's, and ends it as such.
      expect(ended, text).toMatch(text.includes('error') ? /^exit 130$/ : /^(exit 130|signal 2)$/);
      expect(existsSync(path.join(folder, 'app'))).toBe(false);
    },
  );
});
