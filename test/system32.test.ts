import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, it } from 'vitest';
import { system32 } from '../src/system32.js';

it('a program of Windows is called by its full path, from whatever the variables are called', () => {
  expect(system32({ SYSTEMROOT: 'D:\\Win' }, 'icacls.exe')).toBe('D:\\Win\\System32\\icacls.exe');
  expect(system32({ SystemRoot: '', windir: 'E:\\W' }, 'inetsrv', 'appcmd.exe')).toBe(
    'E:\\W\\System32\\inetsrv\\appcmd.exe',
  );
  expect(system32({}, 'chcp.com')).toBe('C:\\Windows\\System32\\chcp.com');
});

it('no source starts one by its bare name, which Windows would look for in the current folder first', () => {
  const source = path.join(import.meta.dirname, '..', 'src');
  const starts = /\b(?:spawn|spawnSync|execFile|execFileSync|exec|execSync|execa)\(\s*(['"`])(?![/$])/;
  const found = readdirSync(source, { recursive: true, encoding: 'utf8' })
    .filter((file) => /\.[cm]?[jt]s$/.test(file))
    .filter((file) => starts.test(readFileSync(path.join(source, file), 'utf8')));
  // ps is a program of other systems, which do not look there.
  expect(found).toEqual([path.join('host', 'backend', 'process-tree.ts')]);
});
