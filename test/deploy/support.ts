import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { type Appcmd, rememberLists } from '../../src/appcmd/index.js';
import type {
  AtWork,
  DeployContext,
  DeploymentRecord,
  DeploymentRecords,
  DeployPlan,
  DeployStep,
  HostControl,
  UndoStep,
} from '../../src/deploy/index.js';
import { embeddedTarget } from '../../src/deploy/targets/embedded.js';
import { generateWebConfig } from '../../src/webconfig/index.js';
import { freshWorld, type World } from '../appcmd/support.js';
import { temporaryDirectory } from '../appcmd/temporary.js';

export { temporaryDirectory };

/** An app's folder as init writes it, with an entry of our own. */
export function makeApp(
  options: { readonly vdirPath?: string; readonly server?: string; readonly name?: string } = {},
): string {
  const directory = path.join(temporaryDirectory(), options.name ?? 'dante');
  mkdirSync(directory, { recursive: true });
  const webConfig = generateWebConfig({
    entry: 'server.js',
    vdirPath: options.vdirPath ?? '/dante',
    processes: 1,
    transports: ['websocket'],
  });
  writeFileSync(path.join(directory, 'web.config'), webConfig);
  writeFileSync(path.join(directory, 'server.js'), options.server ?? '');
  return directory;
}

export const planFor = (directory: string, changes: Partial<DeployPlan> = {}): DeployPlan => ({
  directory,
  siteName: 'Default Web Site',
  vdirPath: '/dante',
  poolName: 'dante',
  entry: 'server.js',
  sections: ['system.webServer/handlers', 'system.webServer/webSocket', 'system.webServer/modules'],
  port: 8080,
  ...changes,
});

/** Nobody hears what a step says while it is at work. */
export const atWork: AtWork = { progress: () => undefined, result: () => undefined };

/** The undo of a step that has one. */
export function undoing({ id, undo }: DeployStep): UndoStep {
  if (typeof undo !== 'function') throw new Error(`${id} is not undone`);
  return undo;
}

export interface TestRecords extends DeploymentRecords {
  list: DeploymentRecord[];
}

export function memoryRecords(): TestRecords {
  const is = (target: string, site: string, at: string) => (one: DeploymentRecord) =>
    one.target === target && one.site === site && one.path === at;
  const records: TestRecords = {
    list: [],
    all: async () => records.list,
    find: async (target, site, at) => records.list.find(is(target, site, at)),
    async save(record) {
      await records.remove(record.target, record.site, record.path);
      records.list.push(record);
    },
    async remove(target, site, at) {
      records.list = records.list.filter((one) => !is(target, site, at)(one));
    },
  };
  return records;
}

export interface DeployWorld {
  readonly world: World;
  readonly context: DeployContext;
  readonly records: TestRecords;
  readonly host: HostControl & { up: boolean; obstacle: { code: string; why: string } | undefined };
  /** Every command line run that is not a `list`. */
  readonly ran: string[][];
  /** All that deploying can change, to compare. */
  snapshot(): unknown;
}

/** The embedded appcmd in memory, a host that is only a flag, and a recorder in between. */
export function deployWorld(text?: string, wrap: (appcmd: Appcmd) => Appcmd = (appcmd) => appcmd): DeployWorld {
  const world = freshWorld(text, false);
  const ran: string[][] = [];
  const host = {
    name: 'the embedded IIS',
    up: false,
    obstacle: undefined as { code: string; why: string } | undefined,
    notBound: async () => host.obstacle,
    async bind() {},
    command: '(start the host)',
    stopCommand: '(stop the host)',
    running: async () => host.up,
    async start() {
      host.up = true;
      world.store.isRunning = true;
      appcmd.forget();
    },
    async stop() {
      const was = host.up;
      host.up = false;
      world.store.isRunning = false;
      appcmd.forget();
      return was;
    },
  };
  const records = memoryRecords();
  const recorder: Appcmd = {
    run(args) {
      if (args[0] !== 'list') ran.push([...args]);
      return world.appcmd.run(args);
    },
    format: (args) => world.appcmd.format(args),
  };
  const appcmd = rememberLists(wrap(recorder));
  return {
    world,
    ran,
    host,
    records,
    context: {
      appcmd,
      signal: new AbortController().signal,
      run: async () => ({ exitCode: 0, stdout: '' }),
      target: embeddedTarget(host, 'host.log'),
      records,
    },
    snapshot: () => ({ text: world.store.text, up: host.up, records: structuredClone(records.list) }),
  };
}
