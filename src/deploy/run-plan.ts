import { isDeepStrictEqual } from 'node:util';
import { debugLog } from '../debug-log.js';
import { interrupted, UserError } from '../errors.js';
import { failureFrom, messageOf } from './failure.js';
import type { DeployPlan } from './plan.js';
import { Reporter, type StepName, type StepReport } from './reporter.js';
import type { DeployContext, DeployStep, Lost, UndoStep } from './step.js';
import type { DeployEvent, DeployResult } from './types.js';
import { adviceFor, undoByHand } from './undo-commands.js';

const debug = debugLog('step');

/** The result of a run, or of a dry run. */
export interface PlanResult extends Pick<DeployResult, 'steps'> {
  /** False when nothing had to be changed. */
  readonly changed: boolean;
  /** The probe of the live app, if a step made one. */
  readonly probe: DeployResult['probe'];
  /** The end of the app during that. */
  readonly ended?: DeployResult['ended'];
}

export interface RunOptions {
  readonly dryRun?: boolean;
}

interface Started {
  readonly step: DeployStep;
  readonly name: StepName;
  readonly undo: UndoStep;
  readonly seen: unknown;
  readonly mentioned: boolean;
}

/**
 * Runs look, say and do of each step. When one fails, or `context.signal` interrupts, all started steps are undone in
 * reverse order; an undo has succeeded only if `look` then returns the same as before. What a step that could not be undone uses stays.
 * @throws UserError: the failed step's own code and exit `refused` when everything is undone, exit `interrupted` (code
 *   INTERRUPTED) when a signal was the cause; code UNDO_INCOMPLETE, exit `incomplete`, when something could not be undone; the step's
 *   own code and exit `incomplete`, when all is undone and the former files of the app are lost.
 */
export async function runPlan(
  steps: readonly DeployStep[],
  context: DeployContext,
  plan: DeployPlan,
  report: (event: DeployEvent) => void,
  options: RunOptions = {},
): Promise<PlanResult> {
  return new PlanRun(context, plan, new Reporter(report), options.dryRun === true).run(steps);
}

const nameOf = ({ id, title }: DeployStep, context: DeployContext, plan: DeployPlan): StepName => ({
  id,
  title: typeof title === 'string' ? title : title(context, plan),
});

class PlanRun {
  readonly #context: DeployContext;
  readonly #plan: DeployPlan;
  readonly #reporter: Reporter;
  readonly #dryRun: boolean;
  readonly #begun: Started[] = [];
  readonly #done: DeployStep[] = [];
  readonly #stays: string[] = [];
  readonly #said: DeployResult['steps'][number][] = [];
  #changed = false;
  #probe: DeployResult['probe'];
  #ended: DeployResult['ended'];
  /** A clean-up step has begun: the deployment is complete. */
  #stands = false;

  constructor(context: DeployContext, plan: DeployPlan, reporter: Reporter, dryRun: boolean) {
    this.#context = context;
    this.#plan = plan;
    this.#reporter = reporter;
    this.#dryRun = dryRun;
  }

  async run(steps: readonly DeployStep[]): Promise<PlanResult> {
    for (const step of steps) {
      const name = nameOf(step, this.#context, this.#plan);
      const work = step.undo === 'clean-up' ? this.#cleanUp : this.#doStep;
      try {
        await this.#reporter.step(name, (report) => work.call(this, step, name, report));
      } catch (cause) {
        throw await this.#rollBack({ step, name, cause });
      }
    }
    const last = steps.at(-1);
    if (last !== undefined && this.#isInterrupted()) {
      throw await this.#rollBack({
        step: last,
        name: nameOf(last, this.#context, this.#plan),
        cause: this.#context.signal.reason,
      });
    }
    return {
      steps: this.#said,
      changed: this.#changed,
      probe: this.#probe,
      ...(this.#ended !== undefined && { ended: this.#ended }),
    };
  }

  /** Where it cannot be looked at any more, nothing is known to be lost. */
  async #lost(back: DeployContext): Promise<Lost | undefined> {
    for (const step of this.#done) {
      const lost = await step.lost?.(back, this.#plan).catch(() => undefined);
      if (lost !== undefined) return lost;
    }
    return undefined;
  }

  #isInterrupted(): boolean {
    return this.#context.signal.aborted && !this.#stands;
  }

  async #doStep(step: DeployStep, name: StepName, report: StepReport): Promise<void> {
    const [context, plan] = [this.#context, this.#plan];
    if (this.#isInterrupted()) throw context.signal.reason;
    const seen = await step.look(context, plan);
    const commands = step.say(context, plan, seen);
    const needed = step.needed?.(context, plan, seen) ?? commands.length > 0;
    const mentioned = step.mentioned?.(context, plan, seen) ?? true;
    const setPhase: StepReport['setPhase'] = (...said) => mentioned && report.setPhase(...said);
    report.commands = commands;
    const changes = step.undo !== 'changes-nothing';
    if (mentioned && changes) this.#said.push({ ...name, commands });
    if (commands.length > 0) setPhase('looked');
    else if (changes || !needed) setPhase('looked', step.note?.(context, plan, seen) ?? context.target.idle);
    if (needed && changes) this.#changed = true;
    if (this.#isInterrupted()) throw context.signal.reason;
    if (this.#dryRun || !needed) return;
    const { undo } = step;
    // Recorded before it runs: a step that fails half-way is undone too.
    if (typeof undo === 'function') this.#begun.push({ step, name, undo, seen, mentioned });
    if (undo === 'clean-up') this.#stands = true;
    setPhase('doing', step.busy);
    debug('%s: %o', step.id, commands);
    await step.do(context, plan, seen, {
      progress: (note) => setPhase('doing', note),
      result: ({ probe, ended }) => {
        this.#probe = probe;
        this.#ended = ended;
      },
    });
    this.#done.push(step);
    if (typeof undo === 'object') this.#stays.push(undo.stays);
    setPhase('done');
  }

  /** The deployment is complete without it: a failure is only reported. */
  async #cleanUp(step: DeployStep, name: StepName, report: StepReport): Promise<void> {
    const before = this.#said.length;
    try {
      await this.#doStep(step, name, report);
    } catch (cause) {
      if (this.#isInterrupted()) throw cause;
      this.#said.length = before;
      const byHand = report.commands.length === 0 ? '' : `; by hand: ${report.commands.join('  &&  ')}`;
      report.commands = [];
      report.setPhase('looked', `not removed: ${messageOf(cause)}${byHand}`);
    }
  }

  /** Undoes the steps in reverse order and returns the error with the result. */
  async #rollBack(failure: Failure): Promise<UserError> {
    const { cause, step } = failure;
    // It created nothing on the server: its own error describes the result.
    if (this.#begun.length === 0 && typeof step.undo === 'object' && cause instanceof UserError) return cause;
    // The signal that interrupted the steps does not interrupt the rollback.
    const back: DeployContext = { ...this.#context, signal: new AbortController().signal };
    const notUndone: FailedUndo[] = [];
    for (const started of [...this.#begun].reverse()) {
      const user = notUndone.find(({ id }) => started.step.usedBy?.(started.seen).includes(id));
      const reason = user === undefined ? await this.#undo(started, back) : await this.#keep(started, user, back);
      if (reason !== undefined) notUndone.push(reason);
    }
    if (notUndone.length > 0) return incomplete(failure, notUndone);
    const undone = this.#begun.length > 0 ? 'everything done before was undone' : 'nothing was changed';
    const lost = await this.#lost(back);
    if (lost !== undefined) return notAsBefore(failure, lost, this.#context.signal.aborted);
    return refused(failure, [undone, ...this.#stays].join('; '), this.#context.signal.aborted);
  }

  /** @returns why it could not be undone. */
  async #undo({ step, name, undo, seen, mentioned }: Started, back: DeployContext): Promise<FailedUndo | undefined> {
    debug('%s: undo', step.id);
    return this.#reporter.step(name, async ({ setPhase }) => {
      try {
        const left = await undo(back, this.#plan, seen);
        const now = await step.look(back, this.#plan);
        if (!isDeepStrictEqual(now, left ? left.seen : seen)) throw new Error('it is not as it was before');
        if (left) this.#stays.push(left.stays);
        if (mentioned && step.isUndoShown !== false) setPhase('undone');
        return undefined;
      } catch (cause) {
        const byHand = await undoByHand({ undo, seen }, back, this.#plan);
        setPhase('failed', `could not be undone: ${messageOf(cause)}`);
        return { id: step.id, name, cause, byHand };
      }
    });
  }

  /** Does not undo it: IIS would still use what is gone then. */
  async #keep({ step, name, undo, seen }: Started, usedBy: FailedUndo, back: DeployContext): Promise<FailedUndo> {
    const byHand = await undoByHand({ undo, seen }, back, this.#plan);
    this.#reporter.note(name, 'looked', `stays, for IIS may still use it: "${usedBy.name.title}" could not be undone`);
    return { id: step.id, name, cause: undefined, byHand, isKept: true };
  }
}

interface Failure {
  readonly step: DeployStep;
  readonly name: StepName;
  readonly cause: unknown;
}

interface FailedUndo {
  readonly id: string;
  readonly name: StepName;
  readonly cause: unknown;
  readonly byHand: readonly string[];
  /** It was not tried, because another one that uses it could not be undone. */
  readonly isKept?: true;
}

function refused({ name, cause }: Failure, outcome: string, wasInterrupted: boolean): UserError {
  if (wasInterrupted) {
    return interrupted({
      what: `interrupted during: ${name.title}; ${outcome}`,
      why: 'you asked to stop',
      next: 'deploy again when you are ready',
      cause,
    });
  }
  const known = cause instanceof UserError ? cause : undefined;
  return failureFrom(cause, known?.code ?? 'STEP_FAILED', {
    what: `${known?.what ?? `${name.title} failed`}; ${outcome}`,
    why: known?.why ?? messageOf(cause),
    next: known?.next ?? 'run it again with --verbose to see more',
    exit: 'refused',
    cause,
  });
}

function incomplete({ name, cause }: Failure, notUndone: readonly FailedUndo[]): UserError {
  const [failed, kept] = [notUndone.filter(({ isKept }) => !isKept), notUndone.filter(({ isKept }) => isKept)];
  const left = failed.map((one) => `${one.name.title} (${messageOf(one.cause)})`).join('; ');
  const stays =
    kept.length === 0 ? '' : `; what IIS may still use stays: ${kept.map((one) => one.name.title).join(', ')}`;
  const commands = notUndone.flatMap(({ byHand }) => byHand);
  const advice = failed.filter(({ byHand }) => byHand.length === 0).map((one) => adviceFor(one.cause));
  return failureFrom(cause, 'UNDO_INCOMPLETE', {
    what: `${name.title} failed, and not everything could be undone: ${left}${stays}`,
    why: messageOf(cause),
    next: [...(commands.length === 0 ? [] : [`undo by hand: ${commands.join('  &&  ')}`]), ...new Set(advice)].join(
      '; ',
    ),
    exit: 'incomplete',
    cause: new AggregateError([cause, ...failed.map((one) => one.cause)], 'The step and its undo failed'),
  });
}

/** What deploy has done is undone, and the app is another one than before all the same. */
function notAsBefore(failure: Failure, lost: Lost, wasInterrupted: boolean): UserError {
  const { code, what, why, next } = refused(failure, `all else was undone, but ${lost.what}`, wasInterrupted);
  const { cause } = failure;
  return failureFrom(cause, code, { what, why, next: `${next}; ${lost.next}`, exit: 'incomplete', cause });
}
