import { lookupOf } from './address.js';
import { type Exposed, type ExposedOptions, findExposed } from './exposed.js';
import { probeApp } from './probe-app.js';
import type { TransportOptions } from './tls-look.js';
import { type Exchange, Traffic } from './traffic.js';
import { lookAtTransport, type TransportLook } from './transport.js';
import type { ProbeOptions, ProbeReport, ProbeStep } from './types.js';
import { Visitor } from './visitor.js';

/** All that was seen of a live app from outside. */
export interface LiveLook {
  readonly probe: ProbeReport;
  /** Of the host; a second one where the page is redirected from http to https. */
  readonly transports: readonly TransportLook[];
  /** Every request, in order. */
  readonly exchanges: readonly Exchange[];
  /** Files that are not for visitors, and that they get. */
  readonly exposed: readonly Exposed[];
}

export type LiveOptions = Omit<ProbeOptions, 'traffic'> &
  Pick<TransportOptions, 'lookup' | 'authorities'> &
  Pick<ExposedOptions, 'scripts'>;

const usualTimeout = 10_000;
/** ms for a file that is perhaps not there. */
const mostForFile = 5_000;

/** Looks at an app from outside: name, connection and TLS first; where they allow it, the app as a browser sees it. Never throws for what the site does. */
export async function lookAtLive(target: string, options: LiveOptions = {}): Promise<LiveLook> {
  const { timeout = usualTimeout, signal, lookup, authorities, scripts, ...others } = options;
  const asked = { timeout, signal, lookup, authorities };
  const first = await lookAtTransport(new URL(target), asked);
  if (first.fault !== undefined || first.tls?.isOld === true) {
    const nothing = { url: target, ok: false, steps: [], transport: undefined, ms: 0 };
    return { probe: nothing, transports: [first], exchanges: [], exposed: [] };
  }
  const traffic = new Traffic();
  const probing = { ...others, ...(signal && { signal }), traffic };
  const limited = options.timeout === undefined ? probing : { ...probing, timeout: options.timeout };
  const sent = withoutSecrets(target, first);
  const probe = await probeApp(sent, limited);
  const app = answeringAt(sent, probe);
  const address = options.address === undefined ? undefined : lookupOf(new URL(target), options.address);
  const visitor = new Visitor({ signal, servesHttps: true, lookup: address, traffic });
  const patience = Math.min(timeout, mostForFile);
  const exposed = app === undefined ? [] : await findExposed(app, visitor, { timeout: patience, scripts, signal });
  const { exchanges } = traffic;
  const secure = secureOriginOf(exchanges, first);
  const transports = secure === undefined ? [first] : [first, await lookAtTransport(secure, asked)];
  return { probe: reportWithoutLogin(probe, target), transports, exchanges, exposed };
}

/** A name and a password in the URL are not for a server that may be another one than it says. */
function withoutSecrets(target: string, { tls }: TransportLook): string {
  if (tls === undefined || (tls.distrust === undefined && tls.coversHost)) return target;
  const url = new URL(target);
  url.username = '';
  url.password = '';
  return url.href;
}

/** Where the app answers; undefined where nothing does, all of it is elsewhere, or IIS refuses its configuration, which is its answer to everything. */
function answeringAt(sent: string, { steps }: ProbeReport): URL | undefined {
  const page = steps.find(({ id }) => id === 'page');
  const isRedirect = page?.status !== undefined && page.status >= 300 && page.status < 400;
  if (page?.status === undefined || isRedirect || page.symptom === 'config-invalid') return undefined;
  const { pathname, username, password } = new URL(sent);
  const app = new URL(pathname.endsWith('/') ? pathname : `${pathname}/`, page.url);
  app.username = username;
  app.password = password;
  return app;
}

/** Where requests for the same host went over https, after a redirect from http. */
function secureOriginOf(exchanges: readonly Exchange[], first: TransportLook): URL | undefined {
  if (first.tls !== undefined) return undefined;
  return exchanges
    .map(({ url }) => new URL(url))
    .find(({ protocol, hostname }) => protocol === 'https:' && hostname.replace(/^\[|\]$/g, '') === first.host);
}

/** A report in whose texts the name and the password of its target are not shown. */
function reportWithoutLogin(probe: ProbeReport, target: string): ProbeReport {
  const { username, password } = new URL(target);
  if (username === '' && password === '') return probe;
  const hide = (text: string): string =>
    [`${username}:${password}@`, `${username}@`].reduce((rest, login) => rest.replaceAll(`//${login}`, '//'), text);
  const hideIn = ({ url, seen, why, next, note, ...rest }: ProbeStep): ProbeStep => ({
    ...rest,
    url: hide(url),
    seen: hide(seen),
    ...(why !== undefined && { why: hide(why) }),
    ...(next !== undefined && { next: hide(next) }),
    ...(note !== undefined && { note: hide(note) }),
    ...(rest.missing && {
      missing: rest.missing.map((each) => ({ ...each, url: hide(each.url), page: hide(each.page) })),
    }),
  });
  return { ...probe, url: hide(probe.url), steps: probe.steps.map(hideIn) };
}
