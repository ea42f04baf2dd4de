import type { Place } from '../source/index.js';
import type { Advice } from './types.js';

/** '/dante/socket.io'. */
export const socketPath = (vdirPath: string): string => `${vdirPath.replace(/\/$/, '')}/socket.io`;

/** The line that advice is about. */
export function quoted(
  topic: Advice['topic'],
  { file, line, evidence }: Place,
): Pick<Advice, 'topic' | 'file' | 'line' | 'code'> {
  return { topic, file, line, code: evidence.trim() };
}
