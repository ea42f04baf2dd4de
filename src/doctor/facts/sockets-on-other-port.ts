import type { Listen, ServerScript } from '../../source/index.js';

/** Where all of socket.io is on servers with a port of their own, while another server listens on the pipe: the calls that make those listen. */
export function socketsOnOtherPort(scripts: readonly ServerScript[]): readonly Listen[] {
  const listens = scripts.flatMap((script) => script.listens.map((listen) => ({ script, listen })));
  const isPipe = listens.some(({ listen: { port, guarded } }) => port.kind === 'environment' && !guarded);
  const servers = scripts.flatMap((script) => script.sockets.servers.map(({ on }) => ({ script, on })));
  if (!isPipe) return [];
  const found = servers.map(({ script, on }) => {
    const own = listens.filter(({ listen, script: other }) => other === script && on !== undefined && listen.on === on);
    return own.every(({ listen: { port, guarded } }) => port.kind === 'literal' && !guarded)
      ? own[0]?.listen
      : undefined;
  });
  // One that is on the pipe, or of which nothing is known, may be the one that pages use.
  const known = found.filter((listen) => listen !== undefined);
  return known.length === found.length ? known : [];
}
