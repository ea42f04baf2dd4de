import { hasIisnodeHandler, openedSockets } from '../../facts/realtime.js';
import type { FileFacts, RuleFinding } from '../../types.js';
import { defineRule } from '../define-rule.js';

/** Is a version such as '0.2.21.0' below another? */
function isBelow(version: string, other: readonly number[]): boolean {
  const parts = version.split('.').map(Number);
  for (const [index, number] of other.entries()) {
    const part = parts[index] ?? 0;
    if (part !== number) return part < number;
  }
  return false;
}

const variable = 'NODE_PENDING_PIPE_INSTANCES';

function findingFor(version: string, facts: FileFacts): RuleFinding | undefined {
  if (isBelow(version, [0, 2])) {
    return {
      message: `iisnode ${version} has no WebSockets: every upgrade fails.`,
      fix: 'Install iisnode 0.2.21 or later.',
    };
  }
  if (!isBelow(version, [0, 2, 21]) || facts.query.appSetting(variable) !== undefined) return undefined;
  return {
    severity: 'warning',
    message: `iisnode ${version} does not set ${variable}: few connections can wait at the pipe of node.`,
    why: 'When many clients reconnect at the same time, some get 503 (sub-status 1003), because the pipe of node is busy.',
    fix: `Install iisnode 0.2.21 or later, or <add key="${variable}" value="5000" /> in appSettings.`,
  };
}

/** symptoms.md S05 and S13. */
export const iisnodeTooOld = defineRule({
  code: 'IISNODE_TOO_OLD',
  severity: 'error',
  explains: ['WEBSOCKET_FAILED'],
  title: 'iisnode on the server is too old for the app',
  why: 'Builds of iisnode before 0.2 have no support for upgrades, so WebSockets never open.',
  help: `iisnode 0.1 has no WebSockets. Before 0.2.21 it did not set NODE_PENDING_PIPE_INSTANCES for node, so that a burst of connections is refused
with 503.1003; set it in appSettings (a number such as 5000), or install a later iisnode. The doctor reads the version of iisnode.dll on
Windows, and takes --iisnode-version 0.2.21 elsewhere.`,
  check(facts) {
    const { iisnode: version } = facts.serverSeen;
    if (version === undefined || !hasIisnodeHandler(facts) || openedSockets(facts) === undefined) return [];
    const found = findingFor(version, facts);
    return found === undefined ? [] : [found];
  },
});
