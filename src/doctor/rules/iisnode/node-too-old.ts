import minVersion from 'semver/ranges/min-version.js';
import { isBelow, oldestNodeFor, pinnedVersion } from '../../facts/node-needed.js';
import { hasIisnodeHandler } from '../../facts/realtime.js';
import { rangeOf } from '../../facts/version-range.js';
import type { FileFacts, RuleFinding } from '../../types.js';
import { defineRule } from '../define-rule.js';

const name = 'nodeProcessCommandLine';

type Need = ReturnType<typeof oldestNodeFor>;

/** The node.exe that the pool finds on the server, where that is known. */
function seenTooOld(
  { serverSeen, package: { nodeRange } }: FileFacts,
  need: Need | undefined,
): RuleFinding | undefined {
  const { version, path } = serverSeen.node ?? {};
  if (version === undefined || path === undefined) return undefined;
  if (need !== undefined && isBelow(version, need.node)) {
    return {
      message: `The pool finds node ${version} (${path}), and ${need.name} needs node ${need.node} or newer.`,
      fix: `Install node ${need.node} or newer for all users, then iisreset.`,
    };
  }
  const range = rangeOf(nodeRange);
  const lowest = range && minVersion(range)?.version;
  if (lowest === undefined || !isBelow(version, lowest)) return undefined;
  return {
    severity: 'warning',
    message: `The pool finds node ${version} (${path}), and engines.node in package.json is ${nodeRange}.`,
    fix: `Install node ${lowest} or newer for all users, then iisreset.`,
  };
}

/** The code needs a newer node than the one that is named (symptoms.md S16). */
export const nodeTooOld = defineRule({
  code: 'NODE_TOO_OLD',
  severity: 'error',
  explains: [{ finding: 'APP_CRASHED', saying: /SyntaxError|Unexpected token/ }],
  title: 'The version of node is too old for the packages',
  why: 'node ends with "SyntaxError: Unexpected token" or a missing function when it loads the package, and every request is answered with 500.1002.',
  help: `A path in nodeProcessCommandLine (web.config or iisnode.yml) often names one version of node, and stays when the packages move on.
socket.io 3 and 4 and ws 8 need node 10.2, express 5 needs node 18. Name a newer node.exe, or leave the attribute out: iisnode then takes
the node.exe in the PATH. On Azure engines.node of package.json and WEBSITE_NODE_DEFAULT_VERSION (~20) choose the version.`,
  check(facts) {
    const { iisnode } = facts;
    const need = oldestNodeFor(facts);
    if (!hasIisnodeHandler(facts)) return [];
    const onServer = seenTooOld(facts, need);
    if (onServer !== undefined || need === undefined) return onServer === undefined ? [] : [onServer];
    const pinned = iisnode && pinnedVersion(iisnode.values[name]);
    if (pinned !== undefined && isBelow(pinned, need.node)) {
      const at = facts.query.iisnodePlace(name);
      const found: RuleFinding = {
        message: `${name} starts node ${pinned}, and ${need.name} needs node ${need.node} or newer.`,
        fix: `${name} with a newer node.exe, or without a version`,
        ...(at && { at }),
      };
      return [found];
    }
    const { nodeRange } = facts.package;
    if (nodeRange === undefined || !isBelow(nodeRange, need.node)) return [];
    return [
      {
        severity: 'warning',
        message: `engines.node in package.json is ${nodeRange}, and ${need.name} needs node ${need.node} or newer.`,
        fix: `"engines": { "node": ">=${need.node}" }`,
      },
    ];
  },
});
