import { withoutEnd } from '../trimmed.js';
import { iisnodeSock } from '../typed-command.js';
import type { Explanation } from './explain.js';
import type { Stop } from './visitor.js';

const isSamePlace = (to: URL, asked: URL): boolean => withoutSlash(to.pathname) === withoutSlash(asked.pathname);
const withoutSlash = (path: string): string => withoutEnd(path, '/');

/**
 * Why a redirect of a client's request is wrong that was not followed; undefined when it may be right.
 * @param mayLeave The page is on that other host as well, and its clients with it.
 */
export function explainStop({ to, because }: Stop, asked: URL, mayLeave: boolean): Explanation | undefined {
  if (because === 'other-host') {
    if (mayLeave) return undefined;
    return {
      why: `the request is redirected to another host, ${to.origin}, where clients of socket.io do not follow`,
      next: "leave socket.io's URLs out of the redirect, or redirect the page as well",
      symptom: 'rule-order',
    };
  }
  if (because === 'https-on-port-of-http') {
    return {
      why: `the redirect leads to ${to.href}: https on the port that answers http, which cannot work`,
      next: 'remove the port from the redirect ({HTTP_HOST} contains it): https://{SERVER_NAME}/{R:1}',
      symptom: 'https',
    };
  }
  if (because !== 'no-https' || isSamePlace(to, asked)) return undefined;
  return {
    why: `the redirect to https leads to ${to.pathname}, not to ${asked.pathname}: the rule that redirects comes after one that rewrites the URL`,
    next: `put the rule that redirects to https before all others, with stopProcessing="true"; then: ${iisnodeSock} doctor`,
    symptom: 'rule-order',
  };
}

/** What is to be said where a redirect ends the look and is right. */
export function noteOfStop({ to, because }: Stop): { readonly note: string; readonly elsewhere?: string } {
  if (because === 'other-host') {
    const note = `the redirect leads to another host, ${to.origin}, which is not checked; to check it: ${iisnodeSock} doctor ${to.href}`;
    return { note, elsewhere: to.origin };
  }
  return {
    note: `the redirect to https is correct for a site with an https binding; this host serves only http, so nothing behind the redirect could be checked (${to.href})`,
  };
}
