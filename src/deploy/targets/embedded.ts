import { connect, createServer } from 'node:net';
import { embeddedAppcmd } from '../../appcmd/index.js';
import { UserError } from '../../errors.js';
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
import { findSite } from '../steps/acting.js';
import type { DeployContext, DeployOptions, HostControl } from '../types.js';
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
    choosePort: (options) => choosePort(context, home, options),
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

/**
 * The port asked for (0: the one it listens on already, else a free one), else the one the site has; when another program holds that one and the host does not run yet, the
 * next free one. @throws UserError BAD_PORT, PORT_TAKEN.
 */
async function choosePort(context: DeployContext, home: Home, options: DeployOptions): Promise<number> {
  const site = await findSite(context, { ...emptyPlan, siteName: options.site ?? 'Default Web Site' });
  const ports = [...(site?.get('bindings') ?? '').matchAll(/http\/[^,]*?:(\d+):/g)].map((match) => Number(match[1]));
  const status = await hostStatus(home);
  const held = (port: number): boolean => status?.addresses.some((address) => address.port === port) === true;
  const asked = options.port;
  if (asked !== undefined) {
    if (!Number.isInteger(asked) || asked < 0 || asked > 65535) {
      throw new UserError('BAD_PORT', {
        what: `${asked} is no port`,
        why: 'a port is a whole number from 0 to 65535; 0 takes a free one',
        next: 'give another one with --port',
      });
    }
    if (asked === 0) return ports[0] !== undefined && held(ports[0]) ? ports[0] : freePort();
    if (held(asked) || (await isFree(asked))) return asked;
    throw new UserError('PORT_TAKEN', {
      what: `port ${asked} is taken`,
      why: 'another program listens on it',
      next: 'end that program, or give another port with --port (0 takes a free one)',
      exit: 'refused',
    });
  }
  const present = ports[0] ?? 8080;
  if (held(present) || (await isFree(present))) return present;
  for (let port = present + 1; port < present + 50 && port <= 65535; port++) if (await isFree(port)) return port;
  return freePort();
}

const emptyPlan = {
  directory: '',
  siteName: '',
  vdirPath: '/',
  poolName: '',
  entry: '',
  sections: [],
  port: undefined,
} as const;

/** Somebody who accepts a connection holds the port, also where binding it a second time would succeed. */
async function isFree(port: number): Promise<boolean> {
  const answered = await new Promise<boolean>((resolve) => {
    const socket = connect({ port, host: '127.0.0.1' });
    const finish = (result: boolean): void => {
      socket.destroy();
      resolve(result);
    };
    socket.once('connect', () => finish(true)).once('error', () => finish(false));
    socket.setTimeout(500, () => finish(false));
  });
  return !answered && (await listenOn(port)) !== undefined;
}

const freePort = async (): Promise<number> => (await listenOn(0)) ?? 8080;

/** The port listened on for a moment; undefined when that was refused. */
function listenOn(port: number): Promise<number | undefined> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(undefined));
    server.listen(port, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address !== null ? address.port : undefined));
    });
  });
}
