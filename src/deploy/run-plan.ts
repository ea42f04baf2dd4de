import { isDeepStrictEqual } from 'node:util';
import { debugLog } from '../debug-log.js';
import { interrupted, UserError } from '../errors.js';
import { failureFrom, messageOf } from './failure.js';
import type { DeployContext, DeployEvent, DeployPlan, DeployStep } from './types.js';
import { adviceFor, undoByHand } from './undo-commands.js';

const debug = debugLog('step');

/** What a run did, or in a dry run would do. */
export interface PlanResult {
  readonly steps: readonly { readonly id: string; readonly title: string; readonly commands: readonly string[] }[];
  /** False when everything was as wanted already. */
  readonly changed: boolean;
}

export interface RunOptions {
  readonly dryRun?: boolean;
  /** Runs behind the last step; when it throws or is interrupted, everything is undone as well. */
  readonly last?: () => Promise<void>;
  /** What was done before the first step and is not undone: said when something fails. */
  readonly stays?: string;
}

interface Started {
  readonly step: DeployStep;
  readonly seen: unknown;
}

/**
 * Looks, says and does, step by step. When one fails, or `context.signal` interrupts, all that was begun is undone in
 * reverse; an undo counts only if looking again shows what was there before.
 * @throws UserError: the failing step's own code and exit `refused` when everything is undone, exit `interrupted` (code
 *   INTERRUPTED) when a signal was the cause; code UNDO_INCOMPLETE, exit `incomplete`, when something is left behind.
 */
export async function runPlan(
  steps: readonly DeployStep[],
  context: DeployContext,
  plan: DeployPlan,
  report: (event: DeployEvent) => void,
  options: RunOptions = {},
): Promise<PlanResult> {
  const begun: Started[] = [];
  const said: PlanResult['steps'][number][] = [];
  let changed = false;
  for (const step of steps) {
    const began = performance.now();
    let commands: readonly string[] = [];
    const tell = (phase: DeployEvent['phase'], note?: string): void =>
      report({
        step: step.id,
        title: step.title,
        phase,
        commands,
        ms: performance.now() - began,
        ...(note === undefined ? {} : { note }),
      });
    try {
      context.signal.throwIfAborted();
      const found = await step.look(context, plan);
      commands = step.say(context, plan, found);
      said.push({ id: step.id, title: step.title, commands });
      tell('looked', commands.length === 0 ? (step.note?.(context, plan) ?? unsaid(context)) : undefined);
      const needed = step.needed?.(context, plan, found) ?? commands.length > 0;
      if (needed) changed = true;
      context.signal.throwIfAborted();
      if (options.dryRun === true || !needed) continue;
      // Remembered before it is done: a step that fails half-way is undone too.
      begun.push({ step, seen: found });
      tell('doing');
      debug('%s: %o', step.id, commands);
      await step.do(context, plan, found);
      tell('done');
    } catch (cause) {
      tell('failed', messageOf(cause));
      throw await rollBack(begun, context, plan, report, { step, cause, stays: options.stays });
    }
  }
  try {
    await options.last?.();
    context.signal.throwIfAborted();
  } catch (cause) {
    const step = { id: 'verify', title: 'Look at the live app' };
    throw await rollBack(begun, context, plan, report, { step, cause, stays: options.stays });
  }
  return { steps: said, changed };
}

/** Nobody has looked at the server a script is for. */
const unsaid = ({ target }: DeployContext): string | undefined =>
  target === 'script' ? 'a fresh IIS needs nothing here' : undefined;

interface Failure {
  readonly step: Pick<DeployStep, 'id' | 'title'>;
  readonly cause: unknown;
  readonly stays: string | undefined;
}

interface Stuck {
  readonly step: DeployStep;
  readonly cause: unknown;
  readonly byHand: readonly string[];
}

/** Undoes in reverse and gives the error that says truthfully what came of it. */
async function rollBack(
  begun: readonly Started[],
  context: DeployContext,
  plan: DeployPlan,
  report: (event: DeployEvent) => void,
  failure: Failure,
): Promise<UserError> {
  // The rollback is not interrupted by what interrupted the steps.
  const back: DeployContext = { ...context, signal: new AbortController().signal };
  const stuck: Stuck[] = [];
  for (const { step, seen } of [...begun].reverse()) {
    debug('%s: undo', step.id);
    const began = performance.now();
    const tell = (phase: 'undone' | 'failed', note?: string): void =>
      report({
        step: step.id,
        title: step.title,
        phase,
        commands: [],
        ms: performance.now() - began,
        ...(note === undefined ? {} : { note }),
      });
    try {
      await step.undo(back, plan, seen);
      const now = await step.look(back, plan);
      if (!isDeepStrictEqual(now, seen)) throw new Error('it is not as it was before');
      tell('undone');
    } catch (cause) {
      stuck.push({ step, cause, byHand: await undoByHand(step, seen, back, plan) });
      tell('failed', `could not be undone: ${messageOf(cause)}`);
    }
  }
  return stuck.length > 0
    ? incomplete(failure, stuck)
    : refused(context, failure, begun.length > 0 ? 'everything done before was undone' : 'nothing was changed');
}

function refused(context: DeployContext, { step, cause, stays }: Failure, undone: string): UserError {
  const outcome = stays === undefined ? undone : `${undone}; ${stays}`;
  if (context.signal.aborted) {
    return interrupted({
      what: `interrupted while at: ${step.title}; ${outcome}`,
      why: 'you asked to stop',
      next: 'deploy again when you are ready',
      cause,
    });
  }
  const known = cause instanceof UserError ? cause : undefined;
  return failureFrom(cause, known?.code ?? 'STEP_FAILED', {
    what: `${known?.what ?? `${step.title} failed`}; ${outcome}`,
    why: known?.why ?? messageOf(cause),
    next: known?.next ?? 'run it again with --verbose to see more',
    exit: 'refused',
    cause,
  });
}

function incomplete({ step, cause }: Failure, stuck: readonly Stuck[]): UserError {
  const left = stuck.map((one) => `${one.step.title} (${messageOf(one.cause)})`).join('; ');
  const commands = stuck.flatMap(({ byHand }) => byHand);
  const advice = stuck.filter(({ byHand }) => byHand.length === 0).map((one) => adviceFor(one.cause));
  return failureFrom(cause, 'UNDO_INCOMPLETE', {
    what: `${step.title} failed, and not everything could be undone: ${left}`,
    why: messageOf(cause),
    next: [...(commands.length === 0 ? [] : [`undo by hand: ${commands.join('  &&  ')}`]), ...new Set(advice)].join(
      '; ',
    ),
    exit: 'incomplete',
    cause: new AggregateError([cause, ...stuck.map((one) => one.cause)], 'The step and its undo failed'),
  });
}
