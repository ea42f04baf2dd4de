import { iisnodeSock } from '../../../typed-command.js';
import { defineLiveRule } from './define-live-rule.js';

/** HTTP.SYS or IIS's WebSocket module adds its own header to the one of node (symptoms.md S08; iisnode, SetupUpgrade). */
export const connectionHeaderTwice = defineLiveRule({
  code: 'LIVE_CONNECTION_HEADER_TWICE',
  severity: 'warning',
  title: 'The answer to the upgrade has "Upgrade" twice in its header Connection',
  why: "Browsers take it; strict clients refuse it: .NET says \"The 'Connection' header value 'Upgrade, Upgrade' is invalid\".",
  help: `iisnode passes node's header Connection on, and the WebSocket module of IIS, or HTTP.SYS, adds another one. <webSocket enabled="false" />
in the app's web.config takes the module out. Where the header is still there twice, clients that refuse it (ClientWebSocket of .NET, some
libraries) can use polling, or go through a proxy that does not double it (HttpPlatformHandler).`,
  check: ({ probe }) =>
    probe.steps
      .filter(({ id, connection = [] }) => id === 'websocket' && upgradesIn(connection) > 1)
      .slice(0, 1) // each WebSocket of the site has it
      .map(({ url, connection = [] }) => ({
        message: `The answer 101 at ${url} has ${connection.map((each) => `"Connection: ${each}"`).join(' and ')}.`,
        fix: `<webSocket enabled="false" /> in the app's web.config: ${iisnodeSock} doctor --fix`,
      })),
});

const upgradesIn = (lines: readonly string[]): number =>
  lines.flatMap((line) => line.split(',')).filter((word) => /^\s*upgrade\s*$/i.test(word)).length;
