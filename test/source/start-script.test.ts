import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { startedScript } from '../../src/source/start-script.js';

describe('scripts.start', () => {
  it.each([
    ['node server.js', 'server.js'],
    ['node ./bin/www', './bin/www'],
    ['node .', '.'],
    ['nodemon --watch server.js', 'server.js'],
    ['cross-env NODE_ENV=production node "my server.js"', 'my server.js'],
    ['npm run build && node dist/server.js', 'dist/server.js'],
    ['node --env-file .env server.js', 'server.js'],
    ['node --env-file=.env server.js', 'server.js'],
    ['C:\\nodejs\\node.exe server.js', 'server.js'],
    ['node -e "console.log(1)"', undefined],
    ['next start', undefined],
    ['', undefined],
  ])('%j starts %j', (command, script) => {
    expect(startedScript(command)).toBe(script);
  });

  it('is read without a fault, whatever stands there', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        for (const command of [text, `node ${text}`]) expect(() => startedScript(command)).not.toThrow();
      }),
      { numRuns: 500 },
    );
  });
});
