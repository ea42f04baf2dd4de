import { serviceState } from '../parse.js';
import type { Probe } from '../types.js';

/** `[SC] EnumQueryServicesStatus:OpenService FAILED 1060:`; the words are in the server's language. */
const noSuchService = /\b1060:/;

/** A service of Windows (iis.md 5). */
export const service = (name: string, key: 'w3svc' | 'was'): Probe => ({
  about: `the service ${name}`,
  ask: () => ({ program: ['sc.exe'], args: ['query', name] }),
  answers: noSuchService,
  read: (text) => ({ [key]: noSuchService.test(text) ? 'missing' : serviceState(text) }),
});
