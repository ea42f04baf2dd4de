import { serviceState } from '../parse.js';
import type { Probe } from '../types.js';

/** [SC] EnumQueryServicesStatus:OpenService FAILED 1060: there is no such service. */
const noSuchService = /\bFAILED 1060\b/;

/** A service of Windows (iis.md 5). */
export const service = (name: string, key: 'w3svc' | 'was'): Probe => ({
  about: `the service ${name}`,
  ask: () => ({ program: ['sc.exe'], args: ['query', name] }),
  answers: noSuchService,
  read: (text) => ({ [key]: noSuchService.test(text) ? 'missing' : serviceState(text) }),
});
