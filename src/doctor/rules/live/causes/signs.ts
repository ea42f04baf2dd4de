import { servedBy } from '../../../../probe/index.js';
import type { Failure } from './live-cause.js';

/** Evidence that several causes have; each is one clause, or undefined where it was not seen. */

/** What is between the browser and IIS, by the headers of the answers. */
export function proxyInFront({ facts }: Failure): string | undefined {
  const found = servedBy(facts.exchanges).filter((name) =>
    /nginx|cloudflare|front door|proxy|cache|apache/i.test(name),
  );
  return found.length === 0 ? undefined : `the answers name ${found.join(', ')}`;
}

/** ARR, or Azure's front end, which is ARR as well. */
export function arrInFront({ facts }: Failure): string | undefined {
  const found = servedBy(facts.exchanges).filter((name) => /\bARR\b|Azure/.test(name));
  return found.length === 0 ? undefined : `the answers name ${found.join(', ')}`;
}

/** The host is one of Azure App Service. */
export const onAzure = ({ step, facts }: Failure): string | undefined =>
  /\.azurewebsites\.(?:net|us|cn)$/i.test(new URL(step.url).hostname)
    ? 'the host is azurewebsites'
    : facts.probe.sockets?.session?.inFront.includes('azure')
      ? 'the answers have headers of Azure'
      : undefined;

/** HTTP.SYS answered before any site of IIS. */
export const byHttpSys = ({ step }: Failure): string | undefined =>
  step.signs?.by === 'http.sys' ? `Server: ${step.signs.server}, which is not a site of IIS` : undefined;

/** IIS or its static files answered, not node. */
export function byIis({ step: { signs } }: Failure): string | undefined {
  if (signs?.by === 'iis') {
    const sub = signs.subStatus === undefined ? '' : `.${signs.subStatus}`;
    return `the answer is a page of IIS itself (${signs.status}${sub})`;
  }
  return undefined;
}

/** The app answered, so that the request reached node. */
export const byApp = ({ step: { signs } }: Failure): string | undefined =>
  signs?.by === 'app' && signs.status >= 400 && !signs.isEmpty ? `the app itself answers ${signs.status}` : undefined;

/** Did the handshake of the same look succeed? */
export const handshakeWorks = ({ facts }: Failure): boolean =>
  facts.probe.steps.some(({ id, ok, status }) => id === 'handshake' && ok && status === 200);

/** The path is the right one. */
export const whereHandshakeWorks = (failure: Failure): string | undefined =>
  handshakeWorks(failure) ? 'the handshake at this path works' : undefined;
