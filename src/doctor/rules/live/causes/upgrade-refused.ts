import { azureSwitchOff, moduleOn, path } from '../../../seen/known/causes.js';
import type { Failure, LiveCauses } from './live-cause.js';
import { arrInFront, handshakeWorks, onAzure, proxyInFront, whereHandshakeWorks } from './signs.js';

const isIis = ({ step: { signs } }: Failure): string | undefined =>
  signs !== undefined && /IIS/.test(signs.server) && (signs.by === 'iis' || signs.isEmpty)
    ? `Server: ${signs.server}, and no word of the app in the answer ${signs.status}`
    : undefined;

/** socket.io answered: the upgrade came to node, as an upgrade or without its headers. */
const byEngine = ({ step: { signs } }: Failure): string | undefined =>
  signs?.code !== undefined ? `socket.io answers code ${signs.code}: the request reaches node` : undefined;

/** The upgrade of a WebSocket is not answered with 101. */
export const upgradeRefused: LiveCauses = {
  causes: [
    { ...moduleOn, speaks: isIis, refuted: byEngine },
    {
      says: 'a proxy in front does not pass the headers Upgrade and Connection on',
      fix: 'nginx: proxy_http_version 1.1, proxy_set_header Upgrade $http_upgrade and Connection "upgrade"; Cloudflare: the switch WebSockets; ARR: <webSocket enabled="true" /> where ARR is',
      rules: ['WEBSOCKET_OFF_BEHIND_PROXY', 'PROXY_SETS_UPGRADE'],
      speaks: (failure) =>
        failure.step.signs?.code === 3
          ? 'socket.io answers code 3: the upgrade came as a plain GET'
          : (proxyInFront(failure) ?? arrInFront(failure)),
    },
    {
      ...azureSwitchOff,
      speaks: onAzure,
      refuted: (failure) => (onAzure(failure) === undefined ? 'the host is not azurewebsites' : undefined),
    },
    {
      ...path,
      speaks: (failure) => (handshakeWorks(failure) ? undefined : 'the handshake at this path fails as well'),
      refuted: whereHandshakeWorks,
    },
    {
      says: "the server does not take WebSockets from this client: transports: ['polling'], allowRequest, or another library that answers upgrades on the same server",
      fix: "compare the server's transports and allowRequest; one WebSocket library on one server, or each with its own path (destroyUpgrade: false)",
      rules: ['TRANSPORTS_UNKNOWN'],
      speaks: byEngine,
      refuted: isIis,
    },
    {
      says: 'IIS asks for a Windows sign-in, which browsers do not send on an upgrade',
      fix: 'anonymous authentication for the path of the sockets (<location path="socket.io">)',
      rules: ['WINDOWS_AUTH_ON_SOCKETS'],
      speaks: ({ step }) => (step.status === 401 ? 'the status is 401' : undefined),
      refuted: ({ step }) =>
        step.status !== undefined && step.status !== 401 ? `the status is ${step.status}` : undefined,
    },
  ],
  apart:
    "A wordless 200 or 400 with Server: Microsoft-IIS is IIS's own module. A JSON with a code is socket.io. nginx, Cloudflare or Via in the headers is a proxy: ask the server past it.",
};
