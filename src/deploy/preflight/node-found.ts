import semver from 'semver';
import type { Obstacle, Preflight, PreflightCheck } from './check.js';

const install =
  'install Node.js for all users (https://nodejs.org), then run iisreset: services read the PATH when they start';

/** The PATH of the user who deploys is not that of the pool: node.exe of nvm, fnm or volta is in a folder of that user. */
async function look({ server, app }: Preflight): Promise<Obstacle | string | undefined> {
  const seen = await server();
  if (seen?.node === undefined) return 'node.exe of the pool was not seen';
  const { node, ownNode } = seen;
  if (node === null) {
    return {
      code: 'NODE_NOT_FOUND',
      what: 'the application pool finds no node.exe',
      why: `It is not in the PATH of the machine${ownNode === undefined ? '' : `: ${ownNode} is in that of your user only`}.`,
      next: install,
    };
  }
  const right = seen.rights?.find(({ of, allowed }) => of === 'node' && allowed === 'no');
  if (right !== undefined) {
    return {
      code: 'NODE_NOT_READABLE',
      what: `the application pool may not run ${node.target ?? node.path}`,
      why: `${right.account} has no right to execute it${node.target === undefined ? '' : ` (${node.path} leads there)`}.`,
      next: `${install}; or name a node.exe that it may run in nodeProcessCommandLine of web.config`,
    };
  }
  const { nodeRange } = app.manifest;
  const version = semver.coerce(node.version);
  const range = nodeRange === undefined ? null : semver.validRange(nodeRange);
  if (version === null || range === null || semver.satisfies(version, range)) return undefined;
  return {
    code: 'NODE_VERSION_REFUSED',
    what: `node.exe of the server is ${version.version}, and the app needs ${nodeRange}`,
    why: `engines.node in package.json says so; the pool runs ${node.path}.`,
    next: `install that version of Node.js on the server (https://nodejs.org), or change engines.node`,
  };
}

export const nodeFound: PreflightCheck = {
  id: 'node',
  title: 'The application pool finds node.exe, of a version that the app accepts',
  only: 'iis',
  look,
};
