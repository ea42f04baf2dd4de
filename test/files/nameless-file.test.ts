import { spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { NamelessFile } from '../../src/files/index.js';
import { folderWith } from '../host/harness.js';

describe.runIf(process.platform !== 'win32')('a nameless file', () => {
  it('is in no folder, and returns the end of the children’s output, once', () => {
    const folder = folderWith();
    const file = new NamelessFile(folder);
    expect(readdirSync(folder)).toEqual([]);
    const write = (text: string): unknown =>
      spawnSync('/bin/sh', ['-c', `printf %s ${text} >&2`], { stdio: ['ignore', 'ignore', file.writer] }).status;
    expect([write('one'), write('two')]).toEqual([0, 0]);
    expect(file.size).toBe(6);
    expect(file.takeEnd(4).toString()).toBe('etwo');
    expect(file.size).toBe(0);
    expect(write('three')).toBe(0);
    expect(file.takeEnd(100).toString()).toBe('three');
    expect(file.takeEnd(100).toString()).toBe('');
    file.closeWriter();
    file.close();
  });

  it('that cannot be made leaves nothing', () => {
    expect(() => new NamelessFile('/no/such/folder')).toThrow('ENOENT');
  });
});
