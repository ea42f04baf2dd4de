import { iisnodeSock } from '../../../../typed-command.js';
import { notAttached, path, rewrite } from '../../../seen/known/causes.js';
import type { Failure, LiveCause, LiveCauses } from './live-cause.js';
import { byApp, byHttpSys, byIis, handshakeWorks, whereHandshakeWorks } from './signs.js';

const isPage = ({ step: { signs } }: Failure): string | undefined =>
  signs?.status === 200 && signs.isHtml ? 'the answer is an HTML page' : undefined;

const isOutside = ({ step: { url }, facts }: Failure): string | undefined => {
  const target = new URL(facts.target).pathname;
  const app = target.slice(0, target.lastIndexOf('/') + 1);
  const { pathname } = new URL(url);
  return app !== '/' && !pathname.startsWith(app) ? `${pathname} is not below the app, which is at ${app}` : undefined;
};

const reachesNode = (failure: Failure): string | undefined => {
  const seen = byApp(failure);
  return seen && `${seen}: the request reaches node`;
};
const staysInIis = (failure: Failure): string | undefined => {
  const seen = byIis(failure);
  return seen && `${seen}: the request does not reach node`;
};

/** socket.io's server serves its script unless it is told not to. */
const notServed: LiveCause = {
  says: "the server does not serve the client script (serveClient: false, or a bundle without socket.io's client-dist)",
  fix: 'remove serveClient: false, or let the page load a copy of the script of the same version',
  speaks: (failure) =>
    failure.step.id === 'client-script' && handshakeWorks(failure) ? 'the handshake at the same path works' : undefined,
  refuted: ({ step }) => (step.id === 'handshake' ? 'the handshake fails as well' : undefined),
};

/** Something answers where socket.io should, and it is not socket.io. */
export const socketNotFound: LiveCauses = {
  causes: [
    { ...path, speaks: (failure) => isOutside(failure) ?? reachesNode(failure), refuted: whereHandshakeWorks },
    {
      ...rewrite,
      rules: [...(rewrite.rules ?? []).filter((code) => !/^(?:LIVE_|CLIENT_)/.test(code)), 'REWRITE_TARGET_UNHANDLED'],
      speaks: (failure) => staysInIis(failure) ?? isPage(failure),
      refuted: reachesNode,
    },
    { ...notAttached, speaks: reachesNode, refuted: (failure) => whereHandshakeWorks(failure) ?? staysInIis(failure) },
    notServed,
    {
      says: 'another application answers at this address: the binding or the application of the site is another one',
      fix: `compare the host, port and path with the bindings in IIS Manager; ${iisnodeSock} status`,
      speaks: byHttpSys,
    },
  ],
  apart: `A page of IIS: no rule leads to node. The app's own 404: the path or the server is another one. HTML with 200: another rule, or a catch-all route, takes the URL. ${iisnodeSock} trace URL shows the rule.`,
};
