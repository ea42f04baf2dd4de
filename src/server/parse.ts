/** What Windows's own programs print: pure functions, for any text. */
import type { ServiceState } from './types.js';

/** The words of sc are the same in every language of Windows. */
const states: Readonly<Record<string, ServiceState>> = {
  RUNNING: 'running',
  STOPPED: 'stopped',
  START_PENDING: 'pending',
  STOP_PENDING: 'pending',
  CONTINUE_PENDING: 'pending',
  PAUSE_PENDING: 'pending',
  PAUSED: 'paused',
};

/** `sc query W3SVC`: the line `STATE : 4 RUNNING` (iis.md 5); undefined where there is none. */
export function serviceState(text: string): ServiceState | undefined {
  const [, word = ''] = /:[ \t]*[1-7][ \t]+([A-Z_]{1,20})\b/.exec(withoutType(text)) ?? [];
  return states[word];
}

/** The line above the state has a number and words as well. */
const withoutType = (text: string): string =>
  text
    .split(/\r\n|\r|\n/)
    .filter((line) => !/\bWIN32/.test(line))
    .join('\n');

/** `reg query KEY /v NAME`: `    MajorVersion    REG_DWORD    0xa`; numbers are decimal text. undefined where the value is not there. */
export function registryValue(text: string, name: string): string | undefined {
  for (const line of text.split(/\r\n|\r|\n/)) {
    const [key, type, ...rest] = line.trim().split(/ {2,}|\t+/);
    if (key?.toLowerCase() !== name.toLowerCase() || type === undefined || !/^REG_/.test(type)) continue;
    const value = rest.join('  ');
    return type === 'REG_DWORD' && /^0x[0-9a-f]{1,8}$/i.test(value) ? String(Number(value)) : value;
  }
  return undefined;
}

/** A version of a file: '0.2.26.0' in a line of its own; undefined where there is none. */
export function fileVersion(text: string): string | undefined {
  return /^[ \t]*(\d{1,5}(?:[.,][ ]?\d{1,5}){1,3})[ \t]*$/m.exec(text)?.[1]?.replaceAll(/,[ ]?/g, '.');
}
