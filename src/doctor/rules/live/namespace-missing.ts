import { defineLiveRule, findingOf } from './define-live-rule.js';

/** A page's client asks for a namespace that the server does not have (symptoms.md S38). */
export const namespaceMissing = defineLiveRule({
  code: 'LIVE_NAMESPACE_MISSING',
  severity: 'error',
  title: "The server does not have the namespace that the page's client asks for",
  why: 'The client gets connect_error "Invalid namespace" and no event.',
  help: `What is behind the host in io('/chat') is a namespace of socket.io, not a path: the request goes to /socket.io/, and the namespace is asked
for inside. In a virtual directory io('/dante') is a common mistake for io({ path: '/dante/socket.io' }). Otherwise io.of('/chat') is missing
in the server. The doctor connects to each namespace that the clients of the page name.`,
  check: ({ probe }) =>
    probe.steps
      .filter(({ id, ok, symptom }) => id === 'websocket' && !ok && symptom === 'namespace')
      .map((step) => findingOf(step)),
});
