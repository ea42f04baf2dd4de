import { type ServerScript, setsTransportsLater } from '../source/index.js';
import type { Transport } from './options.js';

/**
 * The transports that an app's code allows, whatever its web.config says: those of all its servers behind IIS together.
 * Undefined where one of them has no list that can be read, or takes it from elsewhere.
 */
export function transportsInCode(scripts: readonly ServerScript[]): readonly Transport[] | undefined {
  if (setsTransportsLater(scripts)) return undefined;
  const servers = scripts.flatMap(({ sockets }) => sockets.servers).filter(({ hasOwnPort }) => !hasOwnPort);
  const lists = servers.map(({ options }) => options.transports);
  if (lists.includes(undefined)) return undefined;
  const names = new Set(lists.flatMap((list) => list ?? []));
  const allowed = (['websocket', 'polling'] as const).filter((name) => names.has(name));
  return allowed.length > 0 ? allowed : undefined;
}
