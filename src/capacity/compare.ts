import path from 'node:path';
import type { ConfiguredApp } from '../app/index.js';
import { UserError } from '../errors.js';
import { requireFolder } from '../files/index.js';
import { most } from '../most.js';
import { quoteForShell } from '../quoting.js';
import { iisnodeSock } from '../typed-command.js';
import type { IisnodeAttribute } from '../webconfig/index.js';
import { limits, targets } from './limits.js';
import { planCapacity } from './plan.js';
import { requestsInApplication, requestsInProcess } from './settings.js';
import type {
  CapacityChange,
  CapacityComparison,
  CapacityPlan,
  CapacityQuestion,
  CapacitySetting,
  Division,
} from './types.js';

/** An app whose configuration can be compared. */
export type CapacityApp = ConfiguredApp & { readonly iisnode: NonNullable<ConfiguredApp['iisnode']> };

/**
 * Reads an app, and refuses one that cannot be compared with a plan.
 *
 * @param dir The app's folder, relative to `cwd`.
 * @param readApp Reads the files of a folder; the doctor's `readConfiguredApp`.
 * @throws UserError DIRECTORY_NOT_FOUND, DIRECTORY_UNREADABLE; CAPACITY_UNREADABLE when IIS or iisnode could not use its configuration, or iisnode is not
 *   in it; those of `readApp`.
 */
export function readCapacityApp(dir: string, cwd: string, readApp: (dir: string) => ConfiguredApp): CapacityApp {
  const next = `create one with: ${iisnodeSock} init ${quoteForShell(dir)}`;
  requireFolder(path.resolve(cwd, dir), { shown: dir, next });
  const app = readApp(dir);
  const { iisnode, problem } = app;
  if (!app.hasWebConfig) throw unreadable(dir, 'has no web.config', 'There is nothing to compare with.', 'init');
  if (iisnode === undefined || problem !== undefined) {
    const why = problem ?? 'IIS or iisnode stops at an error in it.';
    throw unreadable(dir, 'has a configuration that cannot be used', why, 'doctor');
  }
  if (!app.hasIisnodeHandler) {
    throw unreadable(dir, 'does not use iisnode', 'Its web.config has no handler mapping for it.', 'init');
  }
  return { ...app, iisnode };
}

const unreadable = (dir: string, what: string, why: string, command: 'doctor' | 'init'): UserError =>
  new UserError('CAPACITY_UNREADABLE', {
    what: `${dir} ${what}`,
    why: why.replace(/\s+/g, ' '),
    next: `${iisnodeSock} ${command} ${quoteForShell(dir)}`,
  });

/**
 * The plan for an app: with its own transports if none are given, and its own number of processes if none is given and it is more than
 * needed. Throws like `planCapacity`.
 */
export function planForApp(app: CapacityApp, asked: CapacityQuestion, pool?: string): CapacityPlan {
  const { iisnode } = app;
  const transports = asked.transports ?? knownTransports(app.transports);
  const question = { ...asked, ...(transports !== undefined && { transports }) };
  const plan = planCapacity(question, pool);
  const { values, sources } = iisnode.settings;
  const name = 'nodeProcessCountPerApplication';
  // 0 is one per processor of the machine in the question.
  const now = sources[name] === 'computed' ? (question.processors ?? targets.processors) : values[name];
  if (question.processes !== undefined || now <= plan.processes) return plan;
  return planCapacity({ ...question, processes: Math.min(now, most.processes) }, pool);
}

/** The transports of an app that iisnode can carry: not webtransport. */
function knownTransports(names: readonly string[] | undefined): readonly string[] | undefined {
  const known = names?.filter((name) => name === 'websocket' || name === 'polling');
  return known && known.length > 0 ? [...new Set(known)] : undefined;
}

/** The app can serve the viewers without these, but they reconnect later, or at a higher cost. */
const onlyBetter = new Set(['gracefulShutdownTimeout', 'maxNamedPipeConnectionPoolSize']);

/** The machines and processes for the viewers, and their transports. */
type Wanted = Division & Pick<CapacityPlan, 'transports' | 'processors'>;

/** Is the app's value sufficient for the plan? */
const isSufficient: Readonly<Record<string, (now: number | boolean, plan: Wanted) => boolean>> = {
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
    isRight: typeof now !== 'string' && (isSufficient[name]?.(now, plan) ?? true),
    isNeeded: !onlyBetter.has(name),
    from: sources[name],
    ...(at && { file: at.file, line: at.line }),
    why: setting.why,
  };
}

/** Only if web.config sets it: the server's own configuration is unknown here. */
function applicationLimit({ requestLimit }: CapacityApp, plan: Wanted): CapacityChange[] {
  if (requestLimit === undefined) return [];
  const need = requestsInApplication(plan.viewersPerMachine, plan.transports);
  const { value: now, file, line } = requestLimit;
  const why = `above it 503.2; the default is ${limits.requestsPerApplication.value}`;
  return [
    {
      name: 'appConcurrentRequestLimit',
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

/** Compares an app's settings with a plan; no changes when no plan is possible. */
export function compareCapacity(app: CapacityApp, plan: CapacityPlan): CapacityComparison {
  const { directory } = app;
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

function adapterOf({ broadcasts, hasAdapter }: CapacityApp, plan: CapacityPlan): CapacityChange[] {
  const need = plan.needs.find(({ name }) => name === 'adapter');
  if (need?.needed !== true || hasAdapter) return [];
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
      ...(first && { file: first.file, line: first.line }),
      why: isRight ? 'its code was not found to send to the clients of other processes' : need.why,
    },
  ];
}

/** A plan, and what an app's configuration needs for it. */
export type CapacityAnswer = CapacityPlan & { readonly comparison?: CapacityComparison };

/** The plan for a number of viewers; with an app the plan for that app, compared with its configuration. Throws like `planCapacity`. */
export function answerCapacity(question: CapacityQuestion, app?: CapacityApp, pool?: string): CapacityAnswer {
  if (app === undefined) return planCapacity(question, pool);
  const plan = planForApp(app, question, pool);
  return { ...plan, comparison: compareCapacity(app, plan) };
}
