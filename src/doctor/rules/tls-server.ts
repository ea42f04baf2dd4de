import { iisnodeSock } from '../../typed-command.js';
import { hostedElsewhere } from '../facts/realtime.js';
import { defineRule } from './define-rule.js';
import { everythingFails } from './symptoms.js';

const unseenCertificates = {
  message: 'The server asks its clients for certificates (requestCert), and behind IIS it sees none.',
  why: 'TLS ends at IIS: who would not have been let in without a certificate now reaches the app.',
  fix: 'let IIS ask for them: <access sslFlags="Ssl, SslNegotiateCert, SslRequireCert" />, and promoteServerVars="CERT_SUBJECT"',
};

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
the loader serves an https server as plain http.
A server that asks its clients for certificates (requestCert) gets none from IIS, also with the loader: what it lets in without a further
look is open to everyone. IIS can ask for them: <access sslFlags="Ssl, SslNegotiateCert, SslRequireCert" /> in the site's part of
applicationHost.config, and promoteServerVars="CERT_SUBJECT,CERT_SERIALNUMBER" of <iisnode> sends node what IIS has seen, as the headers
x-iisnode-cert_subject and x-iisnode-cert_serialnumber.`,
  check(facts) {
    if (hostedElsewhere(facts)) return [];
    return facts.server.scripts.flatMap(({ habits }) =>
      habits.tls.flatMap(({ at, asksForCertificates }) => [
        {
          message: 'The server expects TLS, but iisnode sends it plain http.',
          fix: 'http.createServer(..), with the certificate in the https binding of the site',
          at,
          loader: { says: 'has an https server' },
        },
        ...(asksForCertificates ? [{ ...unseenCertificates, at }] : []),
      ]),
    );
  },
});
