import { clientTarget } from '../../../source/index.js';
import type { FileFacts, RuleFinding } from '../../types.js';
import { defineRule } from '../define-rule.js';

/** Does the site send visitors from http to https? */
function isOnlyHttps({ query }: FileFacts): boolean {
  const end = query.journey('', { address: { scheme: 'http', host: 'localhost' }, followed: false });
  return end?.outcome.kind === 'redirect' && /^https:/i.test(end.outcome.location);
}

/** A page on https may not connect to http (symptoms.md S66). */
export const insecureClientUrl = defineRule({
  code: 'INSECURE_CLIENT_URL',
  severity: 'error',
  title: 'A page on https connects to an http address',
  why: 'Browsers block it as mixed content: the console says "requested an insecure XMLHttpRequest endpoint", and the client never connects.',
  help: `web.config redirects visitors to https, so the pages are on https, and browsers then block http:// and ws:// addresses. io() without an
address connects to the page's own host with its scheme; for another host write https://. A rule on the server that redirects http does
not help: the browser blocks the request before it is sent.`,
  check(facts) {
    const clients = facts.pages.flatMap((page) => page.clients);
    const insecure = clients.flatMap((client): RuleFinding[] => {
      const value = client.url?.value;
      const address = value?.kind === 'literal' ? String(value.value) : '';
      if (clientTarget(client) !== 'elsewhere' || !/^(http|ws):\/\//i.test(address)) return [];
      const secure = address.replace(/^http:/i, 'https:').replace(/^ws:/i, 'wss:');
      const message = `The client connects to ${address}, and web.config redirects visitors to https.`;
      return [{ message, fix: `io() for the page's own host, or ${secure}`, at: client.at }];
    });
    return insecure.length > 0 && isOnlyHttps(facts) ? insecure : [];
  },
});
