import { statSync } from 'node:fs';
import path from 'node:path';
import { type Facts, gatherFacts, hasAdapter, serverTransports } from '../doctor/index.js';
import { UserError } from '../errors.js';
import { quoteForCmd } from '../quoting.js';
import type { IisnodeAttribute } from '../webconfig/index.js';
import { limits, targets } from './limits.js';
import { planCapacity } from './plan.js';
import { most } from './question.js';
import { requestsInApplication, requestsInProcess } from './settings.js';
import type {
  CapacityChange,
  CapacityComparison,
  CapacityPlan,
  CapacityQuestion,
  CapacitySetting,
  Division,
} from './types.js';

/** An app whose configuration can be read. */
export interface CapacityApp {
  readonly facts: Facts;
  readonly iisnode: NonNullable<Facts['iisnode']>;
  /** What its servers, or its appSettings, allow; undefined: nobody says. */
  readonly transports: readonly string[] | undefined;
}

/**
 * Reads an app as the doctor does.
 *
 * @throws UserError DIRECTORY_NOT_FOUND; CAPACITY_UNREADABLE when IIS or iisnode could not use its configuration, or iisnode has no
 *   part in it; those of `gatherFacts`.
 */
export function readCapacityApp(
  dir: string,
  cwd: string,
  environment: Readonly<Record<string, string | undefined>> = {},
): CapacityApp {
  if (statSync(path.resolve(cwd, dir), { throwIfNoEntry: false })?.isDirectory() !== true) {
    throw new UserError('DIRECTORY_NOT_FOUND', {
      what: `${dir} is no folder`,
      why: 'It has to be the folder of an app, with its web.config.',
      next: `make one with: iisnode-sock init ${quoteForCmd(dir)}`,
    });
  }
  const facts = gatherFacts(dir, { cwd, environment });
  const { iisnode, site, webConfig } = facts;
  if (webConfig.bytes === undefined)
    throw unreadable(dir, 'has no web.config', 'There is nothing to compare with.', 'init');
  const [problem] = [...(site?.problems ?? []), ...(site?.rewriteProblems ?? [])];
  if (iisnode === undefined || site === undefined || problem !== undefined) {
    const why = problem?.message ?? 'IIS or iisnode stops at an error in it.';
    throw unreadable(dir, 'has a configuration that cannot be used', why, 'doctor');
  }
  if (site.iisnodeHandlers.length === 0) {
    throw unreadable(dir, 'gives nothing to iisnode', 'Its web.config has no handler mapping for it.', 'init');
  }
  const servers = facts.server.scripts.flatMap(({ sockets }) => sockets.servers);
  const transports = servers.map((server) => serverTransports(facts, server)).find((names) => names !== undefined);
  return { facts, iisnode, transports };
}

const unreadable = (dir: string, what: string, why: string, command: 'doctor' | 'init'): UserError =>
  new UserError('CAPACITY_UNREADABLE', {
    what: `${dir} ${what}`,
    why: why.replace(/\s+/g, ' '),
    next: `iisnode-sock ${command} ${quoteForCmd(dir)}`,
  });

/**
 * The plan for an app: with its own number of processes where that is not asked for and is more than needed.
 * Throws as `planCapacity`.
 */
export function planForApp({ iisnode }: CapacityApp, question: CapacityQuestion, pool?: string): CapacityPlan {
  const plan = planCapacity(question, pool);
  const { values, sources } = iisnode.settings;
  const name = 'nodeProcessCountPerApplication';
  // 0 is one for each processor, of a machine as it is asked about.
  const now = sources[name] === 'computed' ? (question.processors ?? targets.processors) : values[name];
  if (question.processes !== undefined || now <= plan.processes) return plan;
  return planCapacity({ ...question, processes: Math.min(now, most.processes) }, pool);
}

/** Without these the viewers are carried too: they come back later, or at more cost. */
const onlyBetter = new Set(['gracefulShutdownTimeout', 'maxNamedPipeConnectionPoolSize']);

/** What carries the viewers, and over which transports. */
type Wanted = Division & Pick<CapacityPlan, 'transports' | 'processors'>;

/** Is what the app has enough for what the plan asks for? */
const isEnough: Readonly<Record<string, (now: number | boolean, plan: Wanted) => boolean>> = {
  nodeProcessCountPerApplication: (now, { processes }) => now === processes,
  nodeProcessStickySessions: (now) => now === true,
  maxConcurrentRequestsPerProcess: (now, { viewersPerProcess, transports }) =>
    Number(now) >= requestsInProcess(viewersPerProcess, transports),
  maxNamedPipeConnectionPoolSize: (now, { viewersPerProcess }) => Number(now) >= viewersPerProcess,
  gracefulShutdownTimeout: (now) => Number(now) <= targets.gracefulShutdownTimeout,
};

function compare({ iisnode }: CapacityApp, setting: CapacitySetting, plan: Wanted): CapacityChange {
  const name = setting.name as IisnodeAttribute; // what goes into web.config is an attribute of its section
  const { values, sources } = iisnode.settings;
  const isPerProcessor = sources[name] === 'computed';
  const now = isPerProcessor ? plan.processors : values[name];
  const at = iisnode.placeOf(name);
  return {
    name,
    now: isPerProcessor ? '0' : now === Number.POSITIVE_INFINITY ? 'infinite' : String(now),
    wanted: setting.value,
    isRight: typeof now !== 'string' && (isEnough[name]?.(now, plan) ?? true),
    isNeeded: !onlyBetter.has(name),
    from: sources[name],
    ...(at && { file: at.file, line: at.line }),
    why: setting.why,
  };
}

/** Only where web.config says it: what the server's own configuration says is not seen from here. */
function applicationLimit({ facts }: CapacityApp, plan: Wanted): CapacityChange[] {
  const need = requestsInApplication(plan.viewersPerMachine, plan.transports);
  const name = 'appConcurrentRequestLimit';
  const section = facts.site?.section('system.webServer/serverRuntime');
  const origin = section?.origin(name);
  if (section === undefined || origin === undefined) return [];
  const now = section.number(name);
  const { file, line } = origin;
  const why = `beyond it 503.2; the default is ${limits.requestsPerApplication.value}`;
  return [
    {
      name,
      now: String(now),
      wanted: String(need),
      isRight: now >= need,
      isNeeded: true,
      from: 'web.config',
      file,
      line,
      why,
    },
  ];
}

/** What an app has, against what a plan asks for; no changes where nothing would do. */
export function compareCapacity(app: CapacityApp, plan: CapacityPlan): CapacityComparison {
  const { directory } = app.facts;
  if (plan.enough === undefined) return { directory, changes: [], carries: false };
  const wanted: Wanted = { ...plan, ...plan.enough };
  const written = plan.settings.filter(({ where }) => where === 'web.config');
  const changes = [
    ...written.map((setting) => compare(app, setting, wanted)),
    ...applicationLimit(app, wanted),
    ...adapterOf(app, plan),
  ];
  const carries = plan.fits && changes.every(({ isRight, isNeeded }) => isRight || !isNeeded);
  return { directory, changes, carries };
}

function adapterOf({ facts }: CapacityApp, plan: CapacityPlan): CapacityChange[] {
  const need = plan.needs.find(({ name }) => name === 'adapter');
  const broadcasts = facts.server.scripts.flatMap(({ reach }) => reach.broadcasts);
  if (need?.needed !== true || hasAdapter(facts)) return [];
  const [first] = broadcasts;
  const isRight = first === undefined;
  return [
    {
      name: 'adapter',
      now: 'none',
      wanted: isRight ? 'none' : 'redis',
      isRight,
      isNeeded: true,
      from: 'source',
      ...(first && { file: first.at.file, line: first.at.line }),
      why: isRight ? 'its code is not seen to send to the clients of other processes' : need.why,
    },
  ];
}
