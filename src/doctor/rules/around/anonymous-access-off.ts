import { defineRule } from '../define-rule.js';
import { everythingFails } from '../symptoms.js';

const folder = 'system.webServer/security/authentication';
const methods = ['basic', 'digest', 'windows', 'clientCertificateMapping', 'iisClientCertificateMapping'];

/** iis.md 4.2: 401.2 to everybody who does not sign in. */
export const anonymousAccessOff = defineRule({
  code: 'ANONYMOUS_ACCESS_OFF',
  severity: 'error',
  explains: everythingFails,
  title: 'IIS lets no client in without a sign-in',
  why: 'Where anonymous access is off IIS answers 401.2 before it asks iisnode: node sees no request of a client that has not signed in to Windows.',
  help: `anonymousAuthentication enabled="false" makes IIS ask each client to sign in with what else is enabled; with nothing else enabled it refuses
all of them. Users of the app itself have nothing to do with it: their sign-in is node's own. Switch it on for the app, at the server:
appcmd set config "SITE/PATH" -section:system.webServer/security/authentication/anonymousAuthentication /enabled:true /commit:apphost. The sections
are locked on most servers, so that the doctor sees them with --apphost FILE. serve and the doctor's trial know no accounts: they answer 401 too.`,
  check({ query, iis }) {
    const anonymous = query.section(`${folder}/anonymousAuthentication`);
    if (anonymous === undefined || anonymous.boolean('enabled')) return [];
    const on = methods.filter((name) => query.section(`${folder}/${name}Authentication`)?.boolean('enabled'));
    const origin = anonymous.origin('enabled');
    const at = origin && query.placeOf(origin);
    const where = iis !== undefined && !at && origin ? ` (${iis.file}, line ${origin.line})` : '';
    const how =
      on.length === 0
        ? 'no other authentication is on: every request gets 401.2'
        : `a client has to sign in by ${on.map((name) => `${name}Authentication`).join(' or ')}`;
    return [
      {
        ...(on.length > 0 && { severity: 'info' as const }),
        message: `anonymousAuthentication is off${where}, and ${how}.`,
        fix: '<anonymousAuthentication enabled="true" />',
        ...(at && { at }),
      },
    ];
  },
});
