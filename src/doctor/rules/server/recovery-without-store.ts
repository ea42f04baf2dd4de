import { defineRule } from '../define-rule.js';

/** Adapters that publish packets and keep none (socket.io/docs/v4/connection-state-recovery, "Compatibility with existing adapters"). */
const storeless = ['@socket.io/redis-adapter', 'socket.io-redis', '@socket.io/postgres-adapter'];

/** An adapter that cannot restore what connectionStateRecovery promises (symptoms.md, ground fact 12). */
export const recoveryWithoutStore = defineRule({
  code: 'RECOVERY_WITHOUT_STORE',
  severity: 'warning',
  title: 'The adapter keeps nothing for connectionStateRecovery',
  why: 'A client that was away for a moment gets a new session without the packets it missed: socket.recovered is always false, and there is no error.',
  help: `connectionStateRecovery restores rooms and missed packets after a short interruption. That needs an adapter that stores packets: the one in
memory (one process), Redis Streams (@socket.io/redis-streams-adapter) or MongoDB. The Redis adapter publishes packets and stores none.
Use one of those, or remove the option and let the client ask for what it missed.`,
  check({ server }) {
    const [at] = server.scripts.flatMap(({ sockets }) =>
      sockets.servers.flatMap(({ settings }) => settings.recovers ?? []),
    );
    const used = storeless.find((name) => server.modules.has(name));
    const attached = server.scripts.some(({ reach }) => reach.adapters.length > 0);
    if (at === undefined || used === undefined || !attached) return [];
    const message = `connectionStateRecovery is on, and ${used} stores no packets.`;
    return [{ message, fix: '@socket.io/redis-streams-adapter, or no connectionStateRecovery', at }];
  },
});
