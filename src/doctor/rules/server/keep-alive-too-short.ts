import { readKeepAlive } from '../../../source/index.js';
import { hasIisnodeHandler } from '../../facts/realtime.js';
import type { RuleFinding } from '../../types.js';
import { defineRule } from '../define-rule.js';
import { setIisnodeAttribute, settingText } from '../iisnode-edits.js';

const name = 'maxNamedPipePooledConnectionAge';
/** node 8 and later, in milliseconds. */
const nodesOwn = 5000;
/** iisnode's own, in milliseconds: the sample of all settings repeats it. */
const usualAge = 30_000;

/** node closes connections that iisnode uses again (symptoms.md S26). */
export const keepAliveTooShort = defineRule({
  code: 'KEEP_ALIVE_TOO_SHORT',
  severity: 'warning',
  title: 'node closes connections that iisnode still uses',
  why: 'iisnode sends a request on a pipe that node has just closed: a few requests, mostly after a pause of some seconds, are answered with 500.1013 or 500.1011.',
  help: `iisnode keeps the connections to node and uses them again for maxNamedPipePooledConnectionAge (30 seconds by default). node closes a connection
that is idle for server.keepAliveTimeout (5 seconds by default). The first must be shorter than the second: server.keepAliveTimeout = 0
(never), or more than the age, with server.headersTimeout above it; or maxNamedPipePooledConnectionAge="4000". Reported where a value is
set, and set wrong; with both defaults the failure is possible too, but rare. --fix sets the age where that is enough.`,
  check(facts) {
    const { iisnode } = facts;
    if (iisnode === undefined || !hasIisnodeHandler(facts)) return [];
    const age = iisnode.values[name];
    const set = facts.server.scripts.flatMap(({ context }) => (context ? readKeepAlive(context) : []));
    const short = set.find(({ value }) => value !== undefined && value > 0 && value <= age);
    if (short?.value !== undefined) {
      const fixed: RuleFinding = {
        message: `keepAliveTimeout is ${short.value} ms, and iisnode uses a connection for ${age} ms.`,
        fix: `keepAliveTimeout = ${age + 5000}, headersTimeout = ${age + 6000}; or ${settingText(facts, name, '4000')}`,
        at: short.at,
      };
      return [fixed];
    }
    const isLonger = iisnode.sources[name] !== 'default' && age > usualAge;
    if (set.length > 0 || !isLonger || facts.server.scripts.length === 0) return [];
    const at = facts.query.iisnodePlace(name);
    return [
      {
        message: `${name} is ${age} ms, and node closes idle connections after ${nodesOwn} ms.`,
        fix: `${settingText(facts, name, '4000')}, or server.keepAliveTimeout = ${age + 5000}`,
        ...(at && { at }),
      },
    ];
  },
  fix(facts, { at }) {
    const isInCode = at !== undefined && /\.[cm]?[jt]sx?$/i.test(at.file);
    return isInCode ? [] : setIisnodeAttribute(facts, name, '4000');
  },
});
