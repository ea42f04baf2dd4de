import { iisnodeSock } from '../../typed-command.js';
import { hostedElsewhere } from '../facts/realtime.js';
import { defineRule } from './define-rule.js';
import { everythingFails } from './symptoms.js';

/** The server expects TLS, which ends at IIS. */
export const tlsServer = defineRule({
  code: 'TLS_SERVER',
  severity: 'error',
  explains: [...everythingFails, { finding: 'APP_CRASHED', saying: /ENOENT|PEM|key|cert/i }],
  title: 'The server expects TLS',
  why: 'TLS ends at IIS: iisnode sends node plain http, which an https server does not understand, and clients get 500.1013 or nothing.',
  help: `In a site with an https binding IIS decrypts the requests and iisnode passes them to node as plain http. So the server of the
app must be one of http: http.createServer(app) instead of https.createServer(options, app); the certificate belongs to the binding of
the site. A server that depends on an environment variable is not reported. Or let ${iisnodeSock} init . --loader always start the app:
the loader serves an https server as plain http.`,
  check(facts) {
    if (hostedElsewhere(facts)) return [];
    return facts.server.scripts.flatMap(({ habits }) =>
      habits.tls.map((at) => ({
        message: 'The server expects TLS, but iisnode sends it plain http.',
        fix: 'http.createServer(..), with the certificate in the https binding of the site',
        at,
        loader: { says: 'has an https server' },
      })),
    );
  },
});
