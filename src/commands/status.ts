import { status as readStatus } from '../deploy/index.js';
import { exitCodes } from '../exit-codes.js';
import { openHome } from '../host/index.js';
import type { Command, CommonOptions } from './context.js';
import { unlessInterrupted } from './interruption.js';

/** `status` */
export const status: Command<CommonOptions> = async (_positionals, _options, { terminal, environment, signal }) => {
  const { home, host, sites, applications, pools } = await unlessInterrupted(readStatus(openHome(environment)), signal);
  const { out } = terminal;
  terminal.print(
    host
      ? `${out.good('running')}  pid ${host.pid}${host.since ? `, since ${host.since}` : ''}`
      : `${out.warning('not running')}  iisnode-sock deploy starts it`,
  );
  terminal.print(out.dim(home));
  for (const site of sites) {
    terminal.print(`site         ${site.name}  ${site.state}  ${site.bindings}`);
    for (const app of applications.filter((each) => each.site === site.name)) {
      terminal.print(`application  ${app.path}  ${app.pool}  ${app.physicalPath}`);
      if (app.url) terminal.print(`             ${out.url(app.url)}`);
    }
  }
  for (const pool of pools) terminal.print(`pool         ${pool.name}  ${pool.state}`);
  terminal.document({ home, host: host ?? null, sites, applications, pools });
  return exitCodes.done.code;
};
