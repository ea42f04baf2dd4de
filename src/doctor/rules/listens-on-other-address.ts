import type { Listen } from '../../source/index.js';
import { activeListens } from '../facts/active-listens.js';
import { httpPlatformOf, startsEntry } from '../facts/http-platform.js';
import { placeOfRule } from '../facts/rewrite-rules.js';
import { socketUrls } from '../facts/socket-route.js';
import type { FileFacts } from '../types.js';
import { defineRule } from './define-rule.js';
import { everythingFails } from './symptoms.js';

/** Where IIS asks for the app on this machine. */
interface Asked {
  readonly host: string;
  readonly by: string;
  /** undefined: the port that the module chooses. */
  readonly port: number | undefined;
}

/** The module connects to 127.0.0.1 (httpplatformhandler.md 4); a rule says it. */
function askedAt(facts: FileFacts): Asked | undefined {
  const platform = httpPlatformOf(facts);
  if (platform !== undefined)
    return startsEntry(facts, platform) ? { host: '127.0.0.1', by: 'HttpPlatformHandler', port: undefined } : undefined;
  if (!facts.site || facts.site.iisnodeHandlers.length > 0) return undefined;
  const [handshake] = socketUrls(facts);
  const end = handshake === undefined ? undefined : facts.query.journey(handshake);
  const rule = end?.applied.at(-1)?.rule;
  if (rule === undefined || end?.rewrite.kind !== 'proxy' || !URL.canParse(end.rewrite.url)) return undefined;
  const { hostname, port, protocol } = new URL(end.rewrite.url);
  if (!/^(?:127\.[\d.]+|\[::1\])$/.test(hostname)) return undefined;
  const at = placeOfRule(facts, rule).at;
  const line = at === undefined ? '' : ` (line ${at.line})`;
  return { host: hostname, by: `rule "${rule.name}"${line}`, port: Number(port || (protocol === 'https:' ? 443 : 80)) };
}

/** 'never': a server there does not get what is asked at the other address; 'may': it depends on how the machine reads the name. */
function missesIt(asked: string, host: string | undefined): 'never' | 'may' | undefined {
  if (host === undefined) return undefined;
  if (asked === '[::1]') return /^(?:127\.[\d.]+|0\.0\.0\.0)$/.test(host) ? 'never' : undefined;
  if (host === 'localhost') return asked === '127.0.0.1' ? 'may' : undefined;
  return host === '::1' ? 'never' : undefined;
}

/** The app listens on the other one of the two addresses of its machine. */
export const listensOnOtherAddress = defineRule({
  code: 'LISTENS_ON_OTHER_ADDRESS',
  severity: 'error',
  explains: everythingFails,
  title: 'The app does not listen on the address at which IIS asks',
  why: 'A machine has two addresses of its own, 127.0.0.1 and ::1: a server on one of them refuses connections to the other, and IIS answers 502.3.',
  help: `server.listen(3000, '::1') takes connections over IPv6 alone, and '127.0.0.1' those over IPv4 alone. HttpPlatformHandler asks at
127.0.0.1; a rule of URL Rewrite at the address in its target. 'localhost' is either of them: node 17 and newer takes the first that
Windows names, usually ::1. Leave the address out, and the server listens on both, or name the same one in the code and in the rule.
Fastify listens on both for 'localhost'.`,
  check(facts) {
    const asked = askedAt(facts);
    if (asked === undefined || !facts.server.isWhole) return [];
    const isMeant = ({ port }: Listen): boolean =>
      asked.port === undefined || port.kind !== 'literal' || Number(port.value) === asked.port;
    const listens = activeListens(facts).filter(isMeant);
    const [first] = listens;
    const misses = listens.map(({ host }) => missesIt(asked.host, host));
    if (first?.host === undefined || misses.includes(undefined)) return [];
    const isCertain = misses.includes('never');
    const right = asked.host.replace(/[[\]]/g, '');
    return [
      {
        severity: isCertain ? 'error' : 'warning',
        message: isCertain
          ? `The server listens on ${first.host} alone, and ${asked.by} asks at ${right}.`
          : `The server listens on localhost, which is usually ::1 for node 17 and newer on Windows, and ${asked.by} asks at ${right}.`,
        fix: `'${right}' in place of '${first.host}', or no address: listen(port)`,
        at: first.at,
      },
    ];
  },
});
