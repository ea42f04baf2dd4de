import { allowsEIO3 } from '../facts/socket-versions.js';
import { defineRule } from './define-rule.js';

const name = 'nodeProcessStickySessions';

/** A setting that older versions of iisnode reject. */
export const stickySessionsNeedIisnode = defineRule({
  code: 'STICKY_SESSIONS_NEED_IISNODE',
  severity: 'info',
  title: "Sticky sessions need Azure's iisnode, 0.2.24 or later",
  why: 'An older iisnode cannot read a section with an attribute that it does not know, and answers every request with 500.1000.',
  help: `nodeProcessStickySessions is an attribute of Azure's fork of iisnode, from version 0.2.24 on; an older version rejects the whole
section. The version is in the properties of iisnode.dll on the server, and in process.env.IISNODE_VERSION. Without sticky sessions
several processes work when no client polls: transports: ['websocket'] on both ends (init --transports websocket). Clients of
socket.io 2 outside a browser keep no cookie, so they cannot poll with several processes: they have to send the Cookie header
themselves (transportOptions: { polling: { extraHeaders: { Cookie } } }), or use websocket only.`,
  check(facts) {
    const { iisnode, query } = facts;
    if (iisnode?.values[name] !== true || iisnode.sources[name] !== 'web.config') return [];
    const at = query.iisnodePlace(name);
    const oldClients =
      allowsEIO3(facts) === true
        ? ' Clients of socket.io 2 outside a browser keep no cookie, so they have to send the Cookie header themselves.'
        : '';
    return [
      {
        message: `web.config turns on sticky sessions, which need iisnode 0.2.24 or later.${oldClients}`,
        fix: "Install Azure's iisnode on the server; or transports: ['websocket'] on both ends, which needs no sticky sessions.",
        ...(at && { at }),
      },
    ];
  },
});
