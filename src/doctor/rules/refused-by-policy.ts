import type { ProbeStep } from '../../probe/index.js';
import type { RuleFinding } from '../types.js';

/** Why it matters, in both rules about it. */
export const whyRefused =
  'Browsers refuse what a policy does not name: the console says "Refused to execute inline script" or "Refused to connect", and the server gets no request.';

/** What to know and to do, in both rules about it. */
export const helpRefused = `The policy is that of the header Content-Security-Policy in the answer, or of a meta element in the page. It was compared with what the
page's clients of socket.io need: script-src (else default-src) must allow the script that has the client, and the client script itself;
connect-src (else default-src) the sockets: 'self' is the page's own host by https: and wss:, a host or https: allows polling alone. A
header comes from the app's code (helmet, a middleware), from customHeaders in web.config, from IIS's own configuration, or from a proxy in between. A
nonce or a hash may fit; nothing is reported then.`;

const fixes = {
  'inline script':
    "Move the script into a file of its own: <script src=\"app.js\"></script>; or script-src 'self' 'unsafe-inline'",
  script: 'script-src \'self\', and the client from <script src="socket.io/socket.io.js"></script>',
  connection: "connect-src 'self', which is the own host by https: and by wss:",
} as const;

/**
 * A finding for a page whose policy keeps its clients of socket.io from running, or from connecting.
 *
 * @param where The page, as the report names it.
 * @param nameOf A URL, as the report names it.
 */
export function refusedByPolicy(
  { policy }: ProbeStep,
  where: string,
  nameOf: (url: string) => string = (url) => url,
): RuleFinding[] {
  if (policy === undefined) return [];
  const { what, subject, by, directive, isWhole } = policy;
  const whose = by === 'header' ? 'the header Content-Security-Policy' : 'its meta element Content-Security-Policy';
  const whats = {
    'inline script': `the inline script with a client of socket.io (${subject})`,
    script: `the script ${nameOf(subject)}`,
    connection: `the connection of its client of socket.io to the own host by ${subject}`,
  };
  return [
    {
      message: `The page at ${where}: ${whose} refuses ${whats[what]}: ${directive}`,
      fix: fixes[what],
      ...(!isWhole && {
        severity: 'warning' as const,
        why: 'Chrome and Edge refuse the WebSocket, and the client stays on polling.',
      }),
    },
  ];
}
