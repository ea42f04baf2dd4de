import { expect, it } from 'vitest';
import { rules } from '../../src/doctor/index.js';

/** Does the rule explain such a symptom of the trial run? */
function explains(code: string, message: string): boolean {
  const explained = rules.find((rule) => rule.code === 'RELATIVE_URL_AT_DEPTH')?.explains ?? [];
  return explained.some((each) => typeof each === 'object' && each.finding === code && each.saying.test(message));
}

it.each([
  ['PAGE_FILE_MISSING', 'The script js/room.js (/rooms/lobby:5): HTTP 404.', true],
  ['PAGE_FILE_MISSING', 'The script nothing.js (/:1): HTTP 404.', false],
  ['PAGE_FILE_MISSING', 'The script nothing.js (/dante/:1): HTTP 404.', false],
  ['CLIENT_SCRIPT_FAILED', "Socket.io's client script at /rooms/socket.io/socket.io.js: HTTP 404.", true],
  ['CLIENT_SCRIPT_FAILED', "Socket.io's client script at /socket.io/socket.io.js: HTTP 404.", false],
] as const)('a page at a depth explains what such a page misses alone: %s %s', (code, message, isIts) => {
  expect(explains(code, message)).toBe(isIts);
});
