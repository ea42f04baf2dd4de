import type { ReleaseList } from '../deploy/index.js';
import { printable } from '../printable.js';

type Entry = NonNullable<ReleaseList['releases'][number]['last']>;

/** `2026-11-29T07:15:02.123Z  deploy by ann@web1: done` */
export function journalLine({ time, command, who, outcome, error }: Entry): string {
  return printable(`${time}  ${command} by ${who}: ${outcome}${error === undefined ? '' : ` (${error})`}`);
}
