import type { AttributeSchema } from './types.js';

const DAY = 86400;
const pattern = /^(-)?(?:(\d{1,8})\.)?(\d{1,4}):(\d{1,2})(?::(\d{1,2}))?(?:\.\d{1,7})?$/;

/**
 * The seconds of a time in a config file: `[d.]hh:mm:ss`, or a number where the schema says seconds or minutes.
 * Undefined when it is invalid. Hours may exceed 23: the schema itself has `29:00:00`.
 */
export function parseTimeSpan(text: string, format: AttributeSchema['timeFormat'] = 'string'): number | undefined {
  const trimmed = text.trim();
  if (format !== 'string' && /^\d{1,10}$/.test(trimmed)) return Number(trimmed) * (format === 'minutes' ? 60 : 1);
  const match = pattern.exec(trimmed);
  if (match === null) return undefined;
  const [, minus, days = '0', hours = '0', minutes = '0', secs = '0'] = match;
  if (Number(minutes) > 59 || Number(secs) > 59) return undefined;
  const total = Number(days) * DAY + Number(hours) * 3600 + Number(minutes) * 60 + Number(secs);
  return minus === undefined ? total : -total;
}

/** `[d.]hh:mm:ss` of a number of seconds, as the native library prints it. */
export function formatTimeSpan(total: number): string {
  const rest = Math.abs(total) % DAY;
  const days = Math.floor(Math.abs(total) / DAY);
  const two = (value: number): string => String(Math.floor(value)).padStart(2, '0');
  const clock = `${two(rest / 3600)}:${two((rest % 3600) / 60)}:${two(rest % 60)}`;
  return `${total < 0 ? '-' : ''}${days === 0 ? '' : `${days}.`}${clock}`;
}
