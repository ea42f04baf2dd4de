import type { App } from '../app/index.js';
import { gatherAppFacts } from './facts/gather.js';
import { allowedTransports } from './facts/processes.js';
import { usesSocketIo } from './facts/realtime.js';
import { findingsOf } from './rules-at-moment.js';
import type { Finding } from './types.js';

/** What an app that runs on several servers needs. */
export interface FarmFacts {
  /** No adapter connects the servers: a message reaches only the clients of one of them. */
  readonly apart: Finding | undefined;
  /** Clients may use polling, whose requests must all reach the server that knows the session. */
  readonly polls: boolean;
}

/** Reads them from an app's own files. @param servers How many run the app. @throws UserError MACHINES_INVALID. */
export function farmFacts(app: App, servers: number): FarmFacts {
  const facts = gatherAppFacts(app, servers);
  return {
    apart: findingsOf(facts, { only: ['PROCESSES_WITHOUT_ADAPTER'] })[0],
    polls: usesSocketIo(facts) && (allowedTransports(facts)?.includes('polling') ?? true),
  };
}
