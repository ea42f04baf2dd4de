import { size } from '../amounts.js';
import { isAzure, listReleases, type ReleaseList } from '../deploy/index.js';
import { exitCodes } from '../exit-codes.js';
import { printable } from '../printable.js';
import { azureReleases } from './azure.js';
import type { Command, CommonOptions } from './context.js';
import { forEachServer } from './each-server.js';
import { unlessInterrupted } from './interruption.js';
import { journalLine } from './journal-line.js';
import { type DeploymentOptions, namedDeployments } from './named-deployment.js';

interface ReleasesCommandOptions extends CommonOptions, DeploymentOptions {}

/** `releases [dir]`, `releases TARGET` */
export const releases: Command<ReleasesCommandOptions> = async ([dir], options, context) => {
  const { cwd, environment, signal } = context;
  const { servers, on } = namedDeployments(dir, options, cwd);
  return forEachServer(servers, context, async (to, terminal) => {
    if (isAzure(to)) return azureReleases(to, { ...context, terminal });
    const list = await unlessInterrupted(listReleases({ ...on(to), environment }), signal);
    for (const release of list.releases) {
      const line = lineOf(release);
      terminal.print(release.live ? terminal.out.good(line) : line);
    }
    for (const name of list.leftovers) terminal.print(`  ${name}  incomplete: the next deployment removes it`);
    terminal.say(terminal.err.dim(`${list.path} of "${list.site}": the newest ${list.keep} are kept in ${list.base}`));
    terminal.document(list);
    return exitCodes.done.code;
  });
};

/** `* 20261129-071500-1a2b3c4d  4.1 kB  2026-11-29T07:15:02.123Z  deploy by ann@web1: done` */
function lineOf({ id, live, size: bytes, last, created, who }: ReleaseList['releases'][number]): string {
  const seen = last === undefined ? `${created}  copied by ${who}, not checked` : journalLine(last);
  return `${live ? '*' : ' '} ${id}  ${size(bytes)}  ${printable(seen)}`;
}
