import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fileVersion, registryValue, serviceState } from '../../src/server/parse.js';
import { fileSeen } from '../../src/server/probes/installed-files.js';
import { probes } from '../../src/server/probes.js';
import { answersOf } from '../../src/server/scripts.js';
import { dante, registry, sc } from './recorded.js';

describe('what the programs of Windows print', () => {
  it.each([
    ['4  RUNNING', 'running'],
    ['1  STOPPED', 'stopped'],
    ['2  START_PENDING', 'pending'],
    ['7  PAUSED', 'paused'],
    ['9  ODD', undefined],
  ])('sc query: %s', (state, expected) => expect(serviceState(sc(state))).toBe(expected));

  it('reg query: numbers and texts', () => {
    expect(registryValue(registry, 'majorversion')).toBe('10');
    expect(registryValue(registry, 'VersionString')).toBe('Version 10.0');
    expect(registryValue(registry, 'PathWWWRoot')).toBeUndefined();
  });

  it.each([
    ['0.2.26.0\r\n', '0.2.26.0'],
    ['0, 2, 21, 0\r\n', '0.2.21.0'],
    ['', undefined],
    ['Get-Item : Cannot find path 1.2', undefined],
  ])('the version of a file: %j', (text, expected) => expect(fileVersion(text)).toBe(expected));

  it.each([
    [
      'rewrite\tC:\\rewrite.dll\t7, 1, 1993, 2336\t34404',
      { path: 'C:\\rewrite.dll', version: '7.1.1993.2336', bits: 64 },
    ],
    ['iisnode32\tC:\\x86\\iisnode.dll\t0.2.21.0\t332', { path: 'C:\\x86\\iisnode.dll', version: '0.2.21.0', bits: 32 }],
    [
      'iisnodeSchema\tC:\\iisnode_schema.xml\t\t',
      { path: 'C:\\iisnode_schema.xml', version: undefined, bits: undefined },
    ],
    ['iisnode\t', null],
    ['', null],
  ])('a file: %j', (line, expected) => expect(fileSeen(line)).toEqual(expected));

  it('of several scripts in one process: each by itself, one that failed and one that was cut included', () => {
    const text = 'noise\r\n#0\r\none\r\ntwo\r\n#.\r\n#1\r\n#!UnauthorizedAccess no\r\n#2\r\n#.\r\n#3\r\nhalf';
    expect(answersOf(text)).toEqual([
      { printed: 'one\ntwo' },
      { failed: 'UnauthorizedAccess no' },
      { printed: '' },
      undefined,
    ]);
  });

  const words = [
    'STATE',
    ':',
    ' ',
    '4',
    '  RUNNING',
    '\r\n',
    'MajorVersion',
    '    ',
    'REG_DWORD',
    '0xa',
    '\t',
    '1.2',
    '\0',
    '#0',
    '#.',
    '#!',
    'iisnode\t',
    '__proto__\t',
    'C:\\x',
  ];
  const pieces = fc.array(fc.constantFrom(...words), { maxLength: 60 });
  const output = fc.oneof(
    fc.string(),
    pieces.map((all) => all.join('')),
  );

  it.each([
    ['sc', (text: string) => serviceState(text) ?? 'stopped', /^(running|stopped|pending|paused)$/],
    ['reg', (text: string) => registryValue(text, 'MajorVersion') ?? '', /^[^\r\n]*$/],
    ['powershell', (text: string) => fileVersion(text) ?? '0.0', /^\d+(\.\d+){1,3}$/],
  ])('%s: any text gives a value of the kind, or none', (_name, read, kind) =>
    fc.assert(
      fc.property(output, (text) => kind.test(read(text))),
      { numRuns: 200 },
    ),
  );

  it('any text gives plain data to every probe', () =>
    fc.assert(
      fc.property(output, (text) => {
        for (const probe of probes) expect(JSON.parse(JSON.stringify(probe.read(text, dante)))).toBeTypeOf('object');
        for (const answer of answersOf(text))
          expect(answer === undefined || 'printed' in answer || 'failed' in answer).toBe(true);
      }),
      { numRuns: 100 },
    ));
});
