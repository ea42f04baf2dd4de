import fc from 'fast-check';
import { expect, it } from 'vitest';
import { Answers } from '../../src/ssh/answers.js';
import { bootstrapLine, longestLine } from '../../src/ssh/bootstrap-line.js';

const marker = 'a1b2c3d4';
const text = (value: unknown): string =>
  JSON.stringify(value).replace(/[^!-~]/g, (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`);

it('messages are found between banners, however they are cut and wrapped', () => {
  const noise = fc.string().filter((one) => !one.includes('a'));
  fc.assert(
    fc.property(
      fc.array(fc.tuple(noise, fc.jsonValue())),
      fc.array(fc.nat({ max: 50 }), { minLength: 1 }),
      fc.integer({ min: 1, max: 90 }),
      (pairs, cuts, width) => {
        const all = pairs.map(([before, value]) => `${before}\n${marker}[${text(value)}]${marker}\r\n`).join('');
        // As a console of this width would wrap it.
        const wrapped = all.replace(new RegExp(`([!-~]{${width}})`, 'g'), '$1\r\n');
        const answers = new Answers(marker);
        const found: unknown[] = [];
        let at = 0;
        for (let turn = 0; at < wrapped.length; turn++) {
          const length = 1 + (cuts[turn % cuts.length] ?? 0);
          found.push(...answers.take(wrapped.slice(at, at + length)));
          at += length;
        }
        expect(found).toEqual(pairs.map(([, value]) => JSON.parse(JSON.stringify(value))));
      },
    ),
    { numRuns: 60 },
  );
});

it('what is no message is kept for errors', () => {
  const answers = new Answers(marker);
  expect(answers.take("'node' is not recognized as an internal or external command\r\n")).toEqual([]);
  expect(answers.other).toContain('not recognized');
});

it('the line is the same for cmd.exe, PowerShell and sh', () => {
  const line = bootstrapLine();
  expect(line.length).toBeLessThan(longestLine);
  const [, program, code = ''] = /^(\w+) -e "([^"]*)"$/.exec(line) ?? [];
  expect(program).toBe('node');
  // Between double quotes PowerShell changes $, ` and " (about_Quoting_Rules), cmd.exe % and with delayed expansion !, sh also \ and !.
  expect(code).toMatch(/^[A-Za-z0-9+/=(),.']+$/);
});
