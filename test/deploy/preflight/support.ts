import path from 'node:path';
import { isReading } from '../../../src/appcmd/index.js';
import { type DeployEvent, type DeployOptions, deploy } from '../../../src/deploy/index.js';
import { freshText, freshWorld } from '../../appcmd/support.js';
import { makeApp, temporaryDirectory } from '../support.js';

/** An IIS with one site, where these products are installed. */
export const iisWith = (installed: Parameters<typeof freshText>[0] = ['iisnode', 'rewrite']): string =>
  freshText(installed);

/** An IIS that is the embedded appcmd in memory; `ran` has the command lines that write. */
export function iisOf(text: string, directory = makeApp()) {
  const world = freshWorld(text);
  const ran: string[] = [];
  const events: DeployEvent[] = [];
  const appcmd: NonNullable<DeployOptions['appcmd']> = {
    format: (args) => world.appcmd.format(args),
    run(args) {
      if (!isReading(args)) ran.push(args.join(' '));
      return world.appcmd.run(args);
    },
  };
  const environment = { IISNODE_SOCK_HOME: path.join(temporaryDirectory(), 'home') };
  return {
    world,
    ran,
    events,
    appcmd,
    environment,
    directory,
    deploy: (more: Partial<DeployOptions> = {}) =>
      deploy({ directory, appcmd, environment, verify: false, ...more }, (event) => events.push(event)),
  };
}
