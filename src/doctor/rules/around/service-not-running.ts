import type { ServiceState } from '../../../server/index.js';
import { defineRule } from '../define-rule.js';

/** iis.md 5: without these services no site is served. */
export const serviceNotRunning = defineRule({
  code: 'SERVICE_NOT_RUNNING',
  severity: 'error',
  title: 'A service of IIS is not running',
  why: 'Without the services WAS and W3SVC no worker process starts: browsers get no connection, or 503 from HTTP.sys.',
  help: `IIS needs two services: WAS (Windows Process Activation Service), which starts worker processes, and W3SVC (World Wide Web Publishing
Service), which listens. net start W3SVC starts both; a service that is disabled has to be enabled first: sc config W3SVC start= auto. If
W3SVC is missing, the role Web Server (IIS) is not installed. The doctor looks on Windows, where appcmd.exe is found, or over ssh with --server.`,
  check({ serverSeen: { w3svc, was } }) {
    const states = new Map<ServiceState, string[]>();
    for (const [name, state] of [['W3SVC', w3svc] as const, ['WAS', was] as const]) {
      if (state !== undefined && state !== 'running') states.set(state, [...(states.get(state) ?? []), name]);
    }
    return [...states].map(([state, names]) => {
      const isPending = state === 'pending';
      const named = names.length === 1 ? `The service ${names[0]} is` : `The services ${names.join(' and ')} are`;
      return {
        severity: isPending ? ('warning' as const) : ('error' as const),
        message: `${named} ${isPending ? 'starting or stopping' : state}.`,
        fix: state === 'missing' ? 'Install the role Web Server (IIS).' : 'net start W3SVC',
      };
    });
  },
});
