import { embeddedAppcmd } from '../../appcmd/index.js';
import {
  embeddedStore,
  type Home,
  hostStatus,
  type PreparedHost,
  prepareBackgroundHost,
  startBackgroundHost,
  stopBackgroundHost,
} from '../../host/index.js';
import { fileRecords } from '../records.js';
import type { DeployContext, HostControl } from '../types.js';
import { choosePort } from './choose-port.js';
import { runCommand } from './run-command.js';
import type { DeployTarget } from './target.js';

/** The embedded IIS of a home: its own appcmd, and the background host that obeys its applicationHost.config. */
export function embeddedTarget(home: Home, signal: AbortSignal): DeployTarget {
  const context: DeployContext = {
    appcmd: embeddedAppcmd(embeddedStore(home)),
    signal,
    run: runCommand,
    target: 'embedded',
    host: hostControl(home),
    records: fileRecords(home.directory),
  };
  return {
    name: 'embedded',
    logFile: home.logFile,
    context,
    home,
    choosePort: (options, plan, report) => choosePort(context, home, options, plan, report),
    async url(plan) {
      return `http://127.0.0.1:${plan.port ?? 80}${plan.vdirPath}`;
    },
  };
}

function hostControl(home: Home): HostControl {
  let prepared: PreparedHost | undefined;
  return {
    command: '(start the background host of the embedded IIS)',
    stopCommand: '(end the background host: iisnode-sock status says its process)',
    running: async () => (await hostStatus(home)) !== undefined,
    async prepare() {
      if ((await hostStatus(home)) === undefined) prepared = prepareBackgroundHost(home);
    },
    release: () => prepared?.cancel(),
    async start() {
      await (prepared?.start() ?? startBackgroundHost(home));
    },
    stop: () => stopBackgroundHost(home),
  };
}
