import { defineLiveRule, perhaps } from './define-live-rule.js';

/** The app switches off what several machines need (symptoms.md S29). */
export const affinityOff = defineLiveRule({
  code: 'LIVE_AFFINITY_OFF',
  severity: 'warning',
  title: 'The app asks ARR not to keep a client at one machine',
  why: 'With a second machine polls reach one that does not know the session: 400 "Session ID unknown".',
  help: `The header Arr-Disable-Session-Affinity: true in an answer tells ARR, and the front of Azure App Service, to set no cookie ARRAffinity. That
is right for an app without sessions. socket.io on polling has one: every request of it must reach the same process. Remove the header
(customHeaders in web.config, or the app's code), or use transports: ['websocket'] on both ends. With one machine nothing fails.`,
  check: ({ probe: { sockets, steps } }) =>
    perhaps(
      sockets?.session?.affinityOff && steps.every(({ id, ok }) => id !== 'polls' || ok)
        ? {
            message: `The handshake at ${sockets.url} has the header Arr-Disable-Session-Affinity: true, and polling is allowed.`,
            fix: "Remove the header, or transports: ['websocket'] on both ends.",
          }
        : undefined,
    ),
});
