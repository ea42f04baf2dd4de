import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parse, stringify } from 'yaml';
import { readPlainYaml } from '../../src/source/plain-yaml.js';

describe('plain YAML', () => {
  it.each([
    "apps:\n  - script   : ./api.js\n    name     : \"api app\"\n    instances: 4\n    env:\n      PORT: 3000\n      DEBUG: 'it''s'\n",
    '---\n# all\napps:\n- script: a.js # the first\n- script: b.js\n  args: ["--x", -y, "a, b"]\n  watch: false\n',
    '- a\n-\n  b: 1\n  c: { d: x, e: [1, 2] }\n- - nested\n  - list\n',
    'a: http://host:80/x#y\nb: "#no comment"\nc:\nd: ~\n"e f": null\n',
    '{ apps: [{ script: x.js, env: { A: "1" } }] }',
    'text',
    'a: 1\r\nb: 2\r\n',
    'a: -x\nd: "\\t"\n',
  ])('is read as a parser of YAML reads it: %j', (text) => {
    expect(asTexts(readPlainYaml(text))).toEqual(asTexts(parse(text)));
  });

  it.each([
    'a: *b',
    'a: &b 1',
    'a: |\n  x\n',
    'a: !!str x',
    'a: >\n  x',
    'a: [1',
    'a: {b}',
    '- a\nb: 1',
    'a: "x',
    'a:\n    b: 1\n  c: 2',
  ])('what it does not have is not read: %j', (text) => {
    expect(readPlainYaml(text)).toBeUndefined();
  });

  it('what a library writes is read, or refused', () => {
    const word = fc.stringMatching(/^[a-z][a-z0-9 ./:#'"-]{0,10}$/);
    const value = fc.letrec((tie) => ({
      any: fc.oneof({ depthSize: 'small' }, word, fc.nat(), fc.boolean(), tie('list'), tie('map')),
      list: fc.array(tie('any'), { minLength: 1, maxLength: 3 }),
      map: fc.dictionary(fc.stringMatching(/^[a-z_]{1,6}$/), tie('any'), { minKeys: 1, maxKeys: 3 }),
    })).map;
    fc.assert(
      fc.property(value, (each) => {
        const read = readPlainYaml(stringify(each, { lineWidth: 0 }));
        if (read !== undefined) expect(asTexts(read)).toEqual(asTexts(each));
      }),
      { numRuns: 300 },
    );
  });

  it('nothing is a fault, and all is read in linear time', () => {
    fc.assert(
      fc.property(fc.string(), (text) => void readPlainYaml(text)),
      { numRuns: 500 },
    );
    for (const part of ['- ', 'a: ', "'", '"', '[', '{a: ', ' #', 'a:\n ']) {
      const start = performance.now();
      readPlainYaml(part.repeat(20_000));
      expect(performance.now() - start).toBeLessThan(2000);
    }
  });
});

/** Numbers may be written in other forms: a configuration has texts. */
function asTexts(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(asTexts);
  if (typeof value !== 'object' || value === null) return String(value);
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, asTexts(each)]));
}
