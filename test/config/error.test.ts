import { describe, expect, it } from 'vitest';
import { ConfigError, type ConfigErrorKind } from '../../src/config/index.js';

describe('the response of IIS', () => {
  it.each<[ConfigErrorKind, number, number]>([
    ['not-well-formed', 0x8007000d, 13],
    ['cannot-read', 0x80070003, 3],
    ['folder-gone', 0x80070003, 3],
    ['unknown-path', 0x80070003, 3],
    ['access-denied', 0x80070005, 5],
    ['too-large', 0x80070032, 50],
    ['unknown-section', 0x8007000d, 13],
    ['no-schema', 0x8007000d, 13],
    ['unknown-element', 0x8007000d, 13],
    ['unknown-attribute', 0x8007000d, 13],
    ['missing-attribute', 0x8007000d, 13],
    ['invalid-value', 0x8007000d, 13],
    ['bad-lock-list', 0x8007000d, 13],
    ['bad-order', 0x8007000d, 13],
    ['bad-location', 0x8007000d, 13],
    ['config-source', 0x8007000d, 13],
    ['duplicate-entry', 0x800700b7, 183],
    ['duplicate-section', 0x800700b7, 183],
    ['section-locked', 0x80070021, 33],
    ['lock-violation', 0x80070021, 33],
    ['not-at-this-path', 0x80070021, 33],
  ])('%s is 500.19', (kind, hresult, win32Status) => {
    expect(new ConfigError(kind, 'x')).toMatchObject({ status: 500, subStatus: 19, hresult, win32Status });
  });

  it('omits an unknown line, and the name if there is no file', () => {
    const file = 'C:\\dante\\web.config';
    const position = { line: 3, column: 1, offset: 0 };
    expect(new ConfigError('invalid-value', 'x', { file, position }).frame).toBe(
      'Filename: \\\\?\\C:\\dante\\web.config\r\nLine number: 3\r\nError: x\r\n\r\n',
    );
    expect(new ConfigError('cannot-read', 'x', { file }).frame).toBe(
      'Filename: \\\\?\\C:\\dante\\web.config\r\nError: x\r\n\r\n',
    );
    expect(new ConfigError('unknown-path', 'x').frame).toBe('Filename: \r\nError: x\r\n\r\n');
  });
});
