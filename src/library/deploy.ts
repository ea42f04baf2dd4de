import {
  type DeployEvent,
  type DeployOptions,
  type DeployResult,
  type DeployResultWithWarnings,
  type DeployWarning,
  deployFarm,
  deployOptionNames,
  deployWithWarnings,
  findTarget,
  isAzure,
  type NamedTarget,
  overTarget,
  type ServerOutcome,
} from '../deploy/index.js';
import { farmFacts, runRulesAt } from '../doctor/index.js';
import { UserError } from '../errors.js';
import type { ExitReason } from '../exit-codes.js';
import { type OptionNames, refuseUnknownOptions } from '../known-options.js';
import { most } from '../most.js';
import {
  type ActionOptions,
  environmentOf,
  everyAction,
  folderOf,
  interruptible,
  type Versioned,
  versioned,
} from './action.js';

interface CommonDeployOptions<Event>
  extends ActionOptions<Event>,
    Partial<Omit<DeployOptions, keyof ActionOptions | 'to'>> {
  /** How many machines run the app behind a load balancer: deploy checks what that needs; by default as many as there are servers. */
  readonly machines?: number;
}

export interface LibraryDeployOptions extends CommonDeployOptions<DeployEvent> {
  /** One server, as `--to` takes it; by default IIS of this machine, or the embedded IIS. */
  readonly to?: string;
}

/** An event of one of several servers; '' while the app is built, before the first one. */
export type FarmEvent = DeployEvent & { readonly server: string };

interface OfServers extends CommonDeployOptions<FarmEvent> {
  /** How many servers at the same time; 1 by default. */
  readonly parallel?: number;
  /** A failure stops no other server, and what is done stays. */
  readonly keepGoing?: boolean;
}

/** Several servers, or a target of package.json in `directory`, whose options are those of the target where they are not given. */
export type FarmDeployOptions = OfServers &
  (
    | { readonly to: readonly string[]; readonly target?: string }
    | { readonly to?: readonly string[]; readonly target: string }
  );

/** What became of each server, in their order. */
export interface FarmResult {
  readonly servers: readonly ServerOutcome<DeployResult>[];
  readonly warnings: readonly DeployWarning[];
  readonly exit: ExitReason;
}

/** A server has failed: without `keepGoing` all are as they were before, or `exit` is 'incomplete'. `servers` has the outcome of each. */
export class FarmFailed extends UserError implements Pick<FarmResult, 'servers'> {
  readonly servers: FarmResult['servers'];

  constructor({ servers, exit }: Pick<FarmResult, 'servers' | 'exit'>) {
    const errors = servers.flatMap((each) => ('error' in each ? [{ ...each, error: each.error }] : []));
    const worst = errors.find(({ error }) => error instanceof UserError && error.exit === exit) ?? errors[0];
    const { error } = worst ?? {};
    super('FARM_FAILED', {
      what: `${servers.map(({ server, outcome }) => `${server}: ${outcome}`).join(', ')}`,
      why: error instanceof UserError ? `${worst?.server}: ${error.what}: ${error.why}` : 'it was interrupted',
      next: error instanceof UserError ? error.next : 'deploy again',
      exit,
      cause: error,
    });
    this.servers = servers;
  }
}

const deployOptions: OptionNames<CommonDeployOptions<never> & { to?: unknown }> = {
  ...everyAction,
  ...deployOptionNames,
  machines: true,
};
const farmOptions: OptionNames<OfServers & { to?: unknown; target?: unknown }> = {
  ...deployOptions,
  target: true,
  parallel: true,
  keepGoing: true,
};

/**
 * Puts an app on IIS, the embedded IIS or a server, all or nothing; on several servers, or on those of a target of package.json, one after the
 * other, all or nothing too. Throws UserError; DeployFailed has the results of the probe of the live app; FARM_FAILED has `servers`.
 */
export function deploy(given: FarmDeployOptions): Promise<Versioned<FarmResult>>;
export function deploy(given?: LibraryDeployOptions): Promise<Versioned<DeployResultWithWarnings>>;
export async function deploy(
  given: LibraryDeployOptions | FarmDeployOptions = {},
): Promise<Versioned<FarmResult | DeployResultWithWarnings>> {
  if (isFarm(given)) return versioned(await interruptible(given.signal, () => toServers(given)));
  refuseUnknownOptions('deploy', given, deployOptions);
  const { onEvent, directory, machines = 1, ...options } = given;
  const result = await interruptible(options.signal, () =>
    deployWithWarnings(
      { ...options, directory: folderOf(directory), environment: environmentOf(options) },
      (app) => runRulesAt(isAzure(options.to) ? 'azure' : 'deploy', app, machines),
      { event: (event) => onEvent?.(event), warning: () => undefined, assumed: () => undefined },
    ),
  );
  return versioned(result);
}

const isFarm = (given: LibraryDeployOptions | FarmDeployOptions): given is FarmDeployOptions =>
  Array.isArray(given.to) || ('target' in given && given.target !== undefined);

async function toServers(given: FarmDeployOptions): Promise<FarmResult> {
  refuseUnknownOptions('deploy', given, farmOptions);
  const { onEvent, directory, to, target: name, ...typed } = given;
  const folder = folderOf(directory);
  const target: NamedTarget | undefined = name === undefined ? undefined : findTarget(folder, name);
  const { machines: own, parallel = 1, keepGoing = false, ...options } = overTarget(target?.options ?? {}, typed);
  const servers = to ?? target?.to ?? [];
  if (servers.length === 0) throw noServer();
  if (!Number.isInteger(parallel) || parallel < 1 || parallel > most.machines) throw notParallel(parallel);
  const machines = Math.max(own ?? 1, servers.length);
  const { exit, ...run } = await deployFarm(
    {
      options: { ...options, directory: target?.directory ?? folder, environment: environmentOf(given) },
      servers,
      parallel,
      keepGoing,
    },
    {
      checkApp: (app) => runRulesAt(servers.some(isAzure) ? 'azure' : 'deploy', app, machines),
      farmFacts: (app) => farmFacts(app, machines),
    },
    {
      began: () => undefined,
      ended: () => undefined,
      putsBack: () => undefined,
      wasPutBack: () => undefined,
      event: (server, event) => onEvent?.({ ...event, server }),
      warning: () => undefined,
      assumed: () => undefined,
      note: () => undefined,
    },
  );
  if (exit === 'done') return { ...run, exit };
  const bug = run.servers.flatMap((each) =>
    'error' in each && !(each.error instanceof UserError) ? [each.error] : [],
  );
  if (bug.length > 0) throw bug[0];
  throw new FarmFailed({ ...run, exit });
}

const noServer = (): UserError =>
  new UserError('SERVERS_MISSING', {
    what: 'deploy() got an empty list of servers',
    why: 'the option to is one server, or a list with at least one',
    next: "for example deploy({ to: ['ssh://web1/', 'ssh://web2/'] })",
  });

const notParallel = (parallel: unknown): UserError =>
  new UserError('PARALLEL_INVALID', {
    what: `deploy() cannot work on ${String(parallel)} servers at the same time`,
    why: `the option parallel is a whole number from 1 to ${most.machines}`,
    next: 'omit it, to deploy to one server after the other',
  });
