import { hasIisnodeHandler, hostedElsewhere, isBehindProxy } from '../../facts/realtime.js';
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
function missing({ iisnode, loader, server }: FileFacts): Lack | undefined {
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

const setsHeader = (name: string): boolean => /^HTTP_X_FORWARDED_PROTO$/i.test(name);

/** Application Request Routing does not say the scheme by itself (httpplatformhandler.md 10). */
function missingBehindProxy({ site, server }: FileFacts, isOfHeader: boolean): Lack | undefined {
  const isSent = (site?.rewrite?.rules ?? []).some(({ serverVariables }) =>
    serverVariables.some(({ name }) => setsHeader(name)),
  );
  const trusts = isOfHeader || server.scripts.some(({ habits }) => habits.clientScheme.trusts);
  if (isSent && trusts) return undefined;
  const trust = "app.set('trust proxy', 1)";
  const set =
    '<serverVariables><set name="HTTP_X_FORWARDED_PROTO" value="https" /></serverVariables> in the proxy rule';
  const severity = trusts ? 'warning' : 'error';
  return { fix: isSent ? trust : trusts ? set : `${set}, and ${trust}`, severity };
}

type Lack = Pick<RuleFinding, 'fix' | 'severity'>;

/** TLS ends at IIS (iisnode.md 5.4). */
export const clientSchemeNotSeen = defineRule({
  code: 'CLIENT_SCHEME_NOT_SEEN',
  severity: 'error',
  explains: redirectsEverything,
  title: 'The app asks whether a request came by https, and always gets no',
  why: 'TLS ends at IIS, and node gets plain http: req.secure is false, and req.protocol is "http", whatever the browser used.',
  help: `With enableXFF="true" iisnode sends X-Forwarded-Proto, and Express reads it where it trusts the proxy: app.set('trust proxy', 1). The values
'loopback' and addresses do not fit, for a pipe has no address. Koa: app.proxy = true; Fastify: trustProxy: true; express-session has proxy: true
of its own. The loader needs enableXFF alone. A reverse proxy (Application Request Routing) sends no X-Forwarded-Proto: its rule has to set
the server variable HTTP_X_FORWARDED_PROTO, which the server must allow. A redirect to https is better made by a rule of URL Rewrite, which knows {HTTPS}. Only what
is written out is reported: secure: true, and a test of req.secure or req.protocol alone.`,
  check(facts) {
    const isProxied = isBehindProxy(facts);
    if (!isProxied && (hostedElsewhere(facts) || !hasIisnodeHandler(facts))) return [];
    const uses = facts.server.scripts.flatMap(({ habits }) => habits.clientScheme.uses);
    return uses.flatMap(({ kind, by, at, isOfHeader = false }) => {
      // Under iisnode a proxy in front is the usual reason for such a test.
      const lack = isProxied ? missingBehindProxy(facts, isOfHeader) : isOfHeader ? undefined : missing(facts);
      return lack === undefined ? [] : [{ message: effects[kind](by), why: whys[kind], at, ...lack }];
    });
  },
});
