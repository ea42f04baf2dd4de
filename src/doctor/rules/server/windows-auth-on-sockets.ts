import { sectionAt } from '../../../webconfig/index.js';
import { attribute, findElements, type XmlDocument, type XmlElement } from '../../../xml/index.js';
import { isPollingOnly, realtimeLibraries, socketFolder } from '../../facts/realtime.js';
import { defineRule } from '../define-rule.js';

const anonymous = 'anonymousAuthentication';
const windows = 'windowsAuthentication';
const inScope = 'system.webServer/security/authentication';

/** The sections are locked on most servers, so that IIS refuses them there: they are read as they are written. */
const stateOf = (section: XmlElement | undefined): string | undefined =>
  section && attribute(section, 'enabled')?.toLowerCase();

/** Does a <location> for one of these URLs allow anonymous access? */
const isExempt = ({ root }: XmlDocument, urls: readonly string[]): boolean =>
  findElements(root, 'location').some((location) => {
    const place = (attribute(location, 'path') ?? '').replace(/^\/|\/$/g, '').toLowerCase();
    return urls.includes(place) && stateOf(findElements(location, `${inScope}/${anonymous}`)[0]) === 'true';
  });

/** Browsers do not sign in with Windows for a WebSocket (symptoms.md S14). */
export const windowsAuthOnSockets = defineRule({
  code: 'WINDOWS_AUTH_ON_SOCKETS',
  severity: 'warning',
  explains: [
    { finding: 'HANDSHAKE_FAILED', saying: /\b401\b/ },
    { finding: 'WEBSOCKET_FAILED', saying: /\b401\b/ },
  ],
  title: 'WebSockets need a sign-in by Windows',
  why: 'Browsers do not complete a Negotiate or NTLM exchange for a WebSocket: the handshake is answered with 401, and clients stay on polling or never connect.',
  help: `Windows authentication without anonymous access asks for a sign-in at each new connection. Pages and fetch do that; a WebSocket handshake
does not. Allow anonymous access for the URL that answers the sockets, and authorise inside the connection: a page that is signed in
gives its client a token, which the server checks in io.use(). After a rewrite IIS uses the settings of the program's own URL, so a
<location path="socket.io"> alone may not be enough. The identity of the pages reaches node with promoteServerVars="AUTH_USER,LOGON_USER".`,
  check(facts) {
    const { document } = facts.webConfig;
    const libraries = realtimeLibraries(facts);
    if (!document || libraries.length === 0 || isPollingOnly(facts)) return [];
    const section = sectionAt(document, `${inScope}/${windows}`);
    // Where both are on, IIS asks no client to sign in.
    if (stateOf(section) !== 'true' || stateOf(sectionAt(document, `${inScope}/${anonymous}`)) !== 'false') return [];
    const urls = [socketFolder(facts), ...facts.entries.map(({ name }) => name)].map((url) => url.toLowerCase());
    if (!section || isExempt(document, urls)) return [];
    const at = facts.query.place(section);
    return [
      {
        message: `Windows authentication is on and anonymous access is off, also for the WebSockets of ${libraries.join(' and ')}.`,
        fix: 'anonymousAuthentication enabled="true" for the sockets, and a token in the connection',
        at,
      },
    ];
  },
});
