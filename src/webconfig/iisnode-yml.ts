import { withoutEnd, withoutStart } from '../trimmed.js';
import { IisnodeConfigError } from './iisnode-error.js';

/** One `key: value` of iisnode.yml, as written. */
export interface YmlEntry {
  readonly key: string;
  /** Without the spaces around it; quotes belong to it. */
  readonly value: string;
  /** From 1. */
  readonly line: number;
}

/**
 * Reads iisnode.yml like iisnode, which is not YAML: one `key: value` per line, `#` ends a line anywhere, a tab is not white
 * space, there is no nesting and no quoting (iisnode 0.2.27, cmoduleconfiguration.cpp ApplyYamlConfigOverrides). Keys
 * without a value are skipped.
 *
 * @param source The file; bytes are read in Windows' Western code page, a byte-order mark is part of the first line.
 * @throws IisnodeConfigError 1032 at the first line that iisnode cannot read.
 */
export function parseIisnodeYml(source: string | Uint8Array): readonly YmlEntry[] {
  const text = typeof source === 'string' ? source : new TextDecoder('windows-1252').decode(source);
  // A NUL byte ends the file.
  const [content = ''] = text.split('\0', 1);
  const entries: YmlEntry[] = [];
  content.split(/\r\n|\n|\r/).forEach((whole, index) => {
    const entry = readLine(whole, index + 1);
    if (entry) entries.push(entry);
  });
  return entries;
}

function readLine(whole: string, line: number): YmlEntry | undefined {
  // The space is the only white space: a tab belongs to the key or the value.
  const text = whole.replace(/^ +/, '');
  if (text === '' || text.startsWith('#')) return undefined;
  const colon = text.indexOf(':');
  const comment = text.indexOf('#');
  if (colon < 0) throw bad(line, 'has no colon');
  if (colon === 0) throw bad(line, 'starts with a colon');
  if (comment >= 0 && comment < colon) throw bad(line, 'has a # before its colon');
  const key = withoutEnd(text.slice(0, colon), ' ');
  if (key.includes(' ')) throw bad(line, 'has a space inside its key');
  const value = withoutEnd(withoutStart(text.slice(colon + 1, comment < 0 ? undefined : comment), ' '), ' ');
  return value === '' ? undefined : { key, value, line };
}

function bad(line: number, why: string): IisnodeConfigError {
  return new IisnodeConfigError(
    1032,
    `Line ${line} of iisnode.yml ${why}: iisnode accepts only lines like "key: value".`,
    {
      line,
    },
  );
}
