import type { App } from '../../app/index.js';
import { UserError } from '../../errors.js';
import { iisnodeSock } from '../../typed-command.js';
import { failureWith } from '../failure.js';
import type { DeployPlan } from '../plan.js';
import { Reporter } from '../reporter.js';
import type { DeployEvent, DeployResult } from '../types.js';
import type { KuduSeen } from './checks.js';
import { interruptedAt, overTimeAt, type Phase } from './ending.js';
import { followDeployment } from './follow.js';
import type { KeptPackages } from './kept-packages.js';
import type { PackageFile } from './package-file.js';
import { patienceOf, TimeLimit } from './patience.js';
import { type Push, pushPackage, pushTargets } from './push.js';
import { restoreFormer } from './restore.js';
import { type AzureSession, swapCommand, withPatience } from './session.js';
import { swapSlot } from './swap.js';
import { verifySite } from './verify-site.js';

/** A deployment that is about to begin. */
export interface AzureWork {
  readonly session: AzureSession;
  readonly seen: KuduSeen;
  readonly app: App;
  readonly plan: DeployPlan;
  readonly kept: KeptPackages;
  /** undefined: the package is there already. */
  readonly pack: PackageFile | undefined;
  readonly message: string;
  readonly author: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly signal: AbortSignal;
  readonly report: (event: DeployEvent) => void;
}

/** What was done, and what is left for the user. */
export interface AzureDone {
  readonly steps: DeployResult['steps'];
  readonly probe: DeployResult['probe'];
  /** The id of the deployment at Kudu. */
  readonly deployment: string | undefined;
  readonly swapped: boolean;
  /** The command that makes it live; undefined: it is. */
  readonly next: string | undefined;
}

/** ms for finding out, and restoring, after a failure: the time limit may be over. */
const timeToRestore = 600_000;
const timeToLook = 15_000;

/**
 * Sends the package, follows its deployment to the end, checks the live app, and swaps the slot where one is named and the Resource Manager
 * can be asked. A failure deploys the former package again, or swaps back.
 * @throws UserError, whose text says what is there; DeployFailed.
 */
export async function carryOut(work: AzureWork): Promise<AzureDone> {
  const run = new AzureRun(work);
  try {
    return await run.run();
  } catch (error) {
    throw await run.ended(error);
  }
}

class AzureRun {
  readonly #work: AzureWork;
  readonly #reporter: Reporter;
  readonly #push: Push | undefined;
  readonly #steps: DeployResult['steps'][number][] = [];
  #phase: Phase = 'before';
  #probe: DeployResult['probe'];

  constructor(work: AzureWork) {
    this.#work = work;
    this.#reporter = new Reporter(work.report);
    const { pack, message, author, seen } = work;
    this.#push = pack && { pack, message, author, known: new Set(seen.deployments.map(({ id }) => id)) };
  }

  async run(): Promise<AzureDone> {
    const { session, plan } = this.#work;
    const { slot } = session.access.address;
    const deployment = this.#push === undefined ? undefined : await this.#deploy(this.#push);
    if (plan.verify === true) {
      this.#phase = 'verify';
      await this.#verify(session.site, slot === undefined ? 'Check the live app' : `Check the slot ${slot}`).catch(
        (error) => this.#notWorking(error),
      );
    }
    const done = { steps: this.#steps, deployment };
    if (slot === undefined || session.production === undefined)
      return { ...done, probe: this.#probe, swapped: false, next: undefined };
    if (session.manager === undefined)
      return { ...done, probe: this.#probe, swapped: false, next: swapCommand(session) };
    this.#phase = 'checked';
    const { manager } = session;
    const title = `Swap the slot ${slot} with production`;
    await this.#step('swap-slots', title, [manager.swapLine(slot)], (progress) => this.#swap(slot, progress));
    if (plan.verify === true) {
      this.#phase = 'verify-production';
      await this.#verify(session.production, 'Check the live app').catch((error) => this.#swapBack(error, slot));
    }
    return { ...done, probe: this.#probe, swapped: true, next: undefined };
  }

  /** @returns the id of the deployment. */
  async #deploy(push: Push): Promise<string> {
    const { session } = this.#work;
    const { kudu, patience } = session;
    const line = `POST ${kudu.client.urlOf(pushTargets.zipdeploy(push))} (${push.pack.file})`;
    try {
      const { id } = await this.#step(
        'push-package',
        `Deploy the package at ${kudu.host}`,
        [line],
        async (progress) => {
          this.#phase = 'push';
          const accepted = await pushPackage(kudu, push, patience, progress);
          this.#phase = 'follow';
          return followDeployment(kudu, accepted, patience, progress);
        },
      );
      return id;
    } catch (error) {
      if (!(error instanceof UserError) || error.code !== 'AZURE_DEPLOYMENT_FAILED') throw error;
      return this.#notWorking(error);
    }
  }

  /** App Service swaps both or none. */
  async #swap(slot: string, progress: (note: string) => void): Promise<void> {
    const { session, signal, message } = this.#work;
    signal.throwIfAborted();
    this.#phase = 'swap';
    try {
      await swapSlot(session, slot, message, progress);
    } catch (error) {
      if (!(error instanceof UserError) || error.code !== 'AZURE_SWAP_FAILED') throw error;
      throw failureWith(error, `production is as it was; the slot ${slot} has the new package`, 'refused');
    }
  }

  async #verify(url: URL, title: string): Promise<void> {
    const { app, plan, session, signal, environment } = this.#work;
    await this.#step('verify', title, [], async (progress) => {
      const { patience, access } = session;
      const to = access.address.text;
      this.#probe = await verifySite({ url, to, app, plan, signal, environment, patience, progress });
    });
  }

  /** The deployed package does not work. In a slot it harms nothing; else the former one is deployed again. */
  async #notWorking(error: unknown): Promise<never> {
    const { session, seen, kept, author, signal } = this.#work;
    if (signal.aborted || !(error instanceof UserError)) throw error;
    const { slot } = session.access.address;
    if (slot !== undefined) {
      throw failureWith(error, `production is as it was; the slot ${slot} has the new package`, 'refused');
    }
    if (this.#push === undefined) throw failureWith(error, 'it was there before: nothing was changed', 'refused');
    const former = seen.deployments.find(({ active }) => active);
    const later = withPatience(session, patienceOf(timeToRestore, new AbortController().signal));
    const restored = await this.#reporter.step(
      { id: 'restore-package', title: 'Deploy the former package again' },
      async (report) => {
        const result = await restoreFormer(later, former, kept, author, report);
        report.setPhase(result.isComplete ? 'undone' : 'failed', result.text);
        return result;
      },
    );
    throw failureWith(error, restored.text, restored.isComplete ? 'refused' : 'incomplete');
  }

  async #swapBack(error: unknown, slot: string): Promise<never> {
    const { session, signal } = this.#work;
    if (signal.aborted || !(error instanceof UserError)) throw error;
    const later = withPatience(session, patienceOf(timeToRestore, new AbortController().signal));
    const former = this.#work.message;
    try {
      await this.#reporter.step({ id: 'swap-back', title: `Swap ${slot} and production back` }, async (report) => {
        await swapSlot(later, slot, former, (note) => report.setPhase('doing', note), 'away');
        report.setPhase('undone');
      });
    } catch (cause) {
      const why = cause instanceof Error ? cause.message : String(cause);
      throw failureWith(
        error,
        `it could not be swapped back (${why}): the new package is live; ${swapCommand(session)} swaps it back`,
        'incomplete',
      );
    }
    throw failureWith(
      error,
      `swapped back: production is as it was, and the slot ${slot} has the new package`,
      'refused',
    );
  }

  /** The error to throw: what is there, and what goes on there, when the user interrupts or the time is over. */
  async ended(error: unknown): Promise<unknown> {
    const { session, signal } = this.#work;
    if (!signal.aborted && !(error instanceof TimeLimit)) return error;
    const { kudu, access, patience } = session;
    const ending = {
      phase: this.#phase,
      isThere: this.#phase === 'push' ? await this.#isThere().catch(() => undefined) : undefined,
      host: kudu.host,
      place: access.address.slot === undefined ? kudu.host : `the slot ${access.address.slot}`,
      look: `look at it: ${iisnodeSock} status --to ${kudu.name}`,
      swapBack: swapCommand(session),
    };
    return signal.aborted ? interruptedAt(ending) : overTimeAt(ending, patience.limit, error);
  }

  async #isThere(): Promise<boolean> {
    const later = withPatience(this.#work.session, patienceOf(timeToLook, AbortSignal.timeout(timeToLook)));
    return (await later.kudu.deployments()).some(({ message }) => message === this.#work.message);
  }

  async #step<T>(
    id: string,
    title: string,
    commands: readonly string[],
    act: (progress: (note: string) => void) => Promise<T>,
  ): Promise<T> {
    return this.#reporter.step({ id, title }, async (report) => {
      report.commands = commands;
      report.setPhase('doing');
      const result = await act((note) => report.setPhase('doing', note));
      if (commands.length > 0) this.#steps.push({ id, title, commands });
      report.setPhase('done');
      return result;
    });
  }
}
