import { loadedPackages } from '../../facts/loaded-packages.js';
import { hasIisnodeHandler } from '../../facts/realtime.js';
import { defineRule } from '../define-rule.js';

const packages = new Set(['node-sspi', 'node-expose-sspi', 'express-ntlm']);

/** NTLM signs a connection in, and node's connections are iisnode's pipes (symptoms.md S14). */
export const ntlmInNode = defineRule({
  code: 'NTLM_IN_NODE',
  severity: 'warning',
  title: 'The server does a sign-in by NTLM itself',
  why: 'NTLM signs a connection in, but iisnode sends requests of all visitors over the same few pipes: the browser asks for the password again and again, or one visitor is taken for another.',
  help: `Packages such as node-sspi and node-expose-sspi keep the state of the sign-in with the connection to the browser. Behind iisnode node sees
no such connection. Let IIS do it: windowsAuthentication enabled="true" for the pages, and promoteServerVars="AUTH_USER,LOGON_USER" in
the iisnode section; node then reads the name in the header x-iisnode-auth_user. Sockets authorise with a token.`,
  check(facts) {
    if (!hasIisnodeHandler(facts)) return [];
    const used = loadedPackages(facts).find(({ name }) => packages.has(name));
    if (used === undefined) return [];
    const message = `The server loads ${used.name}, and iisnode shares its connections between visitors.`;
    return [{ message, fix: 'windowsAuthentication in IIS, and promoteServerVars="AUTH_USER"', at: used.at }];
  },
});
