import { hasIisnodeHandler, hostedElsewhere } from '../../facts/realtime.js';
import type { FileFacts, RuleFinding } from '../../types.js';
import { defineRule } from '../define-rule.js';
import { redirectsEverything } from '../symptoms.js';

const effects = {
  cookie: (by: string) => `${by} has secure: true, but takes every request for one of http: it sets no cookie.`,
  redirect: (by: string) =>
    `The server redirects to https by ${by}, which says the same of every request here: it redirects without end.`,
};

const whys = {
  cookie: 'Visitors get no session, and do not stay logged in; cookie-session answers with an error.',
  redirect: 'Browsers say ERR_TOO_MANY_REDIRECTS.',
};

/** What is missing for the app to see the scheme of the client; undefined where nothing is. */
function missing({ iisnode, loader, server }: FileFacts): Pick<RuleFinding, 'fix' | 'severity'> | undefined {
  const hasHeader = iisnode?.values.enableXFF === true;
  const trusts = loader !== undefined || server.scripts.some(({ habits }) => habits.clientScheme.trusts);
  if (trusts && hasHeader) return undefined;
  // A proxy in front may send the header: App Service does.
  if (trusts)
    return {
      fix: '<iisnode enableXFF="true" />, unless a proxy in front sends X-Forwarded-Proto',
      severity: 'warning',
    };
  const trust = "app.set('trust proxy', 1)";
  return { fix: hasHeader ? trust : `<iisnode enableXFF="true" />, and ${trust}` };
}

/** TLS ends at IIS (iisnode.md 5.4). */
export const clientSchemeNotSeen = defineRule({
  code: 'CLIENT_SCHEME_NOT_SEEN',
  severity: 'error',
  explains: redirectsEverything,
  title: 'The app asks whether a request came by https, and always gets no',
  why: 'TLS ends at IIS, and node gets plain http through a pipe: req.secure is false, and req.protocol is "http", whatever the browser used.',
  help: `With enableXFF="true" iisnode sends X-Forwarded-Proto, and Express reads it where it trusts the proxy: app.set('trust proxy', 1). The values
'loopback' and addresses do not fit, for a pipe has no address. Koa: app.proxy = true; Fastify: trustProxy: true; express-session has proxy: true
of its own. The loader needs enableXFF alone. A redirect to https is better made by a rule of URL Rewrite, which knows {HTTPS}. Only what
is written out is reported: secure: true, and a test of req.secure or req.protocol alone.`,
  check(facts) {
    if (hostedElsewhere(facts) || !hasIisnodeHandler(facts)) return [];
    const uses = facts.server.scripts.flatMap(({ habits }) => habits.clientScheme.uses);
    const lack = uses.length > 0 ? missing(facts) : undefined;
    if (lack === undefined) return [];
    return uses.map(({ kind, by, at }) => ({ message: effects[kind](by), why: whys[kind], at, ...lack }));
  },
});
