import { otherHosts } from '../../../webconfig/index.js';
import { hostedElsewhere } from '../../facts/realtime.js';
import type { FileFacts, RuleFinding } from '../../types.js';
import { defineRule } from '../define-rule.js';

/** A rule may take the browser's offer away, and then nothing is compressed. */
const clearsOffer = ({ site }: FileFacts): boolean =>
  (site?.rewrite?.rules ?? []).some(({ serverVariables }) =>
    serverVariables.some(({ name, value }) => /^HTTP_SEC_WEBSOCKET_EXTENSIONS$/i.test(name) && value === ''),
  );

/** ARR passes the offer to compress, and breaks compressed frames (symptoms.md S57, httpplatformhandler.md 10). */
export const deflateBehindProxy = defineRule({
  code: 'DEFLATE_BEHIND_PROXY',
  severity: 'error',
  title: 'Compressed WebSocket messages do not pass the reverse proxy',
  why: 'Application Request Routing passes the offer of the browser on but does not know compressed frames: the upgrade succeeds, and the connection ends with "Invalid frame header", or stays silent.',
  help: `perMessageDeflate compresses the messages of a WebSocket. The reverse proxy of IIS (ARR 3) does not support it. Write perMessageDeflate: false in
the options of the server; it is the default since socket.io 3. Where the server cannot be changed, let the rule take the offer away:
<serverVariables><set name="HTTP_SEC_WEBSOCKET_EXTENSIONS" value="" /></serverVariables>, with that name in allowedServerVariables.`,
  check(facts) {
    const { document } = facts.webConfig;
    const isProxied =
      document !== undefined &&
      hostedElsewhere(facts) &&
      otherHosts(document).some(({ kind }) => kind === 'a reverse proxy');
    if (!isProxied || clearsOffer(facts)) return [];
    const { major } = facts.package.socketIo;
    const isDefault = major !== undefined && major >= 1 && major < 3;
    return facts.server.scripts.flatMap(({ sockets }) =>
      sockets.servers.flatMap(({ settings: { compresses }, options, at }): RuleFinding[] => {
        const byDefault = compresses === undefined && isDefault && options.known;
        if (compresses?.value !== true && !byDefault) return [];
        const message = byDefault
          ? `socket.io ${major} compresses messages by default, and the reverse proxy breaks them.`
          : 'perMessageDeflate is on, and the reverse proxy breaks compressed messages.';
        return [
          {
            ...(byDefault && { severity: 'warning' as const }),
            message,
            fix: 'perMessageDeflate: false',
            at: compresses?.at ?? at,
          },
        ];
      }),
    );
  },
});
