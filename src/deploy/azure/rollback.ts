import { UserError } from '../../errors.js';
import { openHome } from '../../host/index.js';
import type { Expectation } from '../../probe/index.js';
import { typedCommand } from '../../typed-command.js';
import { failureWith, messageOf } from '../failure.js';
import type { DeployPlan } from '../plan.js';
import { whoIsIt } from '../releases/journal.js';
import { Reporter, type StepReport, waitsForAzure, waitsForOthers } from '../reporter.js';
import { withAppLock } from '../server-lock.js';
import type { DeployEvent, DeployResult } from '../types.js';
import { lookAtKudu } from './checks.js';
import type { AzureAsked } from './deployments.js';
import { beforeChanges, interruptedAt, overTimeAt, type Phase } from './ending.js';
import { hashIn, KeptPackages } from './kept-packages.js';
import type { KuduDeployment } from './kudu.js';
import { isAgain } from './message.js';
import { patienceOf, TimeLimit, timeToLook } from './patience.js';
import { restoreFormer } from './restore.js';
import { type AzureSession, openAzure, swapCommand, withPatience } from './session.js';
import { swapSlot } from './swap.js';
import { verifySite } from './verify-site.js';

export interface AzureRollbackOptions extends AzureAsked {
  /** The id of a deployment or its beginning, or that of a package's hash; default: the one before the live one. */
  readonly release?: string;
  readonly dryRun?: boolean;
  readonly verify?: boolean;
  readonly expect?: readonly Expectation[];
}

/** What was done, as plain data. */
export interface AzureRollback {
  readonly target: 'azure';
  readonly app: string;
  readonly slot?: string;
  readonly dryRun: boolean;
  readonly changed: boolean;
  /** The id of the deployment that is live again; undefined: the slot was swapped. */
  readonly release?: string;
  /** The requests, in order. */
  readonly commands: readonly string[];
  readonly url: string;
  readonly probe: DeployResult['probe'];
  readonly ms: number;
}

const timeLimit = 1_800_000;

/**
 * Makes a former deployment live again: Kudu deploys it where it has a repository, else the package that this machine has kept is sent. With
 * a slot, which has the former app after a deployment, the slot is swapped with production.
 * @throws UserError AZURE_NO_FORMER, AZURE_NOT_KEPT, RELEASE_NOT_FOUND, AZURE_SWAP_FAILED; DeployFailed.
 */
export async function rollbackAzure(
  options: AzureRollbackOptions,
  report: (event: DeployEvent) => void = () => undefined,
): Promise<AzureRollback> {
  const began = performance.now();
  const { to, environment = process.env, signal = new AbortController().signal, dryRun = false } = options;
  const onWait = waitsForAzure(report);
  const looking = patienceOf(timeLimit, signal, { question: timeToLook, onWait });
  const looked = await openAzure(to, environment, looking).catch((error: unknown) => {
    throw beforeChanges(error, signal);
  });
  const session = withPatience(looked, patienceOf(timeLimit, signal, { onWait }));
  const { app, slot } = session.access.address;
  const kept = new KeptPackages(openHome(environment), session.access.address);
  const run = new Rollback(session, looked, kept, { options, reporter: new Reporter(report), signal });
  const work = (): Promise<Pick<AzureRollback, 'changed' | 'release' | 'commands' | 'probe' | 'url'>> =>
    (slot === undefined ? run.redeploy() : run.swap(slot)).catch((error: unknown) => {
      throw run.ended(error);
    });
  if (!dryRun) kept.make();
  const lock = { command: `rollback --to ${session.access.address.text}`, signal, onWait: waitsForOthers(report) };
  const done = dryRun ? await work() : await withAppLock(kept.folder, lock, work);
  return {
    target: 'azure',
    app,
    ...(slot !== undefined && { slot }),
    dryRun,
    ...done,
    ms: performance.now() - began,
  };
}

class Rollback {
  readonly #session: AzureSession;
  /** The same, before anything is changed. */
  readonly #looked: AzureSession;
  readonly #kept: KeptPackages;
  readonly #options: AzureRollbackOptions;
  readonly #reporter: Reporter;
  readonly #signal: AbortSignal;
  #probe: DeployResult['probe'];
  #phase: Phase = 'before';

  constructor(
    session: AzureSession,
    looked: AzureSession,
    kept: KeptPackages,
    {
      options,
      reporter,
      signal,
    }: { readonly options: AzureRollbackOptions; readonly reporter: Reporter; readonly signal: AbortSignal },
  ) {
    this.#session = session;
    this.#looked = looked;
    this.#kept = kept;
    this.#options = options;
    this.#reporter = reporter;
    this.#signal = signal;
  }

  async redeploy(): Promise<Pick<AzureRollback, 'changed' | 'release' | 'commands' | 'probe' | 'url'>> {
    const { kudu, site } = this.#session;
    const { deployments } = await lookAtKudu(this.#looked);
    const live = deployments.find(({ active }) => active);
    const release =
      this.#options.release === undefined && isBegun(live, this.#kept)
        ? live
        : chooseDeployment(deployments, live, this.#options.release, { kept: this.#kept, app: kudu.name });
    const { id } = release;
    const commands = release === live ? [] : [`PUT ${kudu.client.urlOf(`/api/deployments/${id}`)}`];
    const changed = commands.length > 0;
    if (this.#options.dryRun === true) return { changed, release: id, commands, probe: undefined, url: site.href };
    if (changed) await this.#deploy(release);
    if (changed) this.#phase = 'verify';
    await this.#verify(site).catch(async (error: unknown) => {
      throw changed ? await this.#undone(error, live) : error;
    });
    this.#kept.ended();
    return { changed, release: id, commands, probe: this.#probe, url: site.href };
  }

  async #deploy(release: KuduDeployment): Promise<void> {
    const title = `Deploy ${release.id} again`;
    await this.#kept.begin({ release: { id: release.id, message: release.message } });
    this.#phase = 'follow';
    await this.#reporter.step({ id: 'restore-package', title }, async (report) => {
      const { isComplete, isUntouched, text } = await restoreFormer(
        this.#session,
        release,
        this.#kept,
        whoIsIt(),
        report,
      );
      this.#signal.throwIfAborted();
      if (!isComplete) throw notKept(release, text, isUntouched);
      report.setPhase('done');
    });
  }

  /** The former deployment does not work either: what was live becomes live again. */
  async #undone(error: unknown, live: KuduDeployment | undefined): Promise<unknown> {
    if (!(error instanceof UserError) || this.#signal.aborted) return error;
    this.#kept.ended();
    const { isComplete, text } = await this.#reporter.step(
      { id: 'restore-package', title: 'Deploy again what was live' },
      async (report) => {
        const restored = await restoreFormer(this.#session, live, this.#kept, whoIsIt(), report);
        report.setPhase(restored.isComplete ? 'undone' : 'failed', restored.text);
        return restored;
      },
    );
    return failureWith(error, text, isComplete ? 'refused' : 'incomplete');
  }

  async swap(slot: string): Promise<Pick<AzureRollback, 'changed' | 'commands' | 'probe' | 'url'>> {
    const { manager, productionKudu, production, site } = this.#session;
    const url = (production ?? site).href;
    if (manager === undefined || productionKudu === undefined || production === undefined)
      throw cannotSwap(this.#session);
    if (this.#options.release !== undefined) throw noReleaseOfSlot(this.#session);
    const live = (await (this.#looked.productionKudu ?? productionKudu).deployments()).find(({ active }) => active);
    const { swappedFrom } = this.#kept.begun() ?? {};
    const isSwapped = swappedFrom !== undefined && live !== undefined && live.message !== swappedFrom;
    const commands = isSwapped ? [] : [manager.swapLine(slot)];
    if (this.#options.dryRun === true) return { changed: !isSwapped, commands, probe: undefined, url };
    if (isSwapped) {
      await this.#verify(production);
      this.#kept.ended();
      return { changed: false, commands, probe: this.#probe, url };
    }
    await this.#verify(site);
    await this.#kept.begin({ swappedFrom: live?.message ?? '' });
    await this.#reporter.step({ id: 'swap-slots', title: `Swap the slot ${slot} with production` }, async (report) => {
      report.commands = commands;
      this.#phase = 'swap';
      await swapSlot(this.#session, slot, live?.message ?? '', progressOf(report), 'away');
      report.setPhase('done');
    });
    this.#phase = 'verify-production';
    await this.#verify(production).catch(async (error: unknown) => {
      if (!(error instanceof UserError) || this.#signal.aborted) throw error;
      this.#kept.ended();
      throw await this.#swappedBack(error, slot, live?.message ?? '');
    });
    this.#kept.ended();
    return { changed: true, commands, probe: this.#probe, url };
  }

  /** The error of what does not work in production, and what became of the swap back. */
  async #swappedBack(error: UserError, slot: string, message: string): Promise<UserError> {
    try {
      await this.#reporter.step({ id: 'swap-back', title: `Swap ${slot} and production back` }, async (report) => {
        await swapSlot(this.#session, slot, message, progressOf(report));
        report.setPhase('undone');
      });
    } catch (cause) {
      if (this.#signal.aborted) throw cause;
      const left = `it could not be swapped back (${messageOf(cause)}): the former app is live; ${swapCommand(this.#session)} swaps it back`;
      return failureWith(error, left, 'incomplete');
    }
    return failureWith(error, 'swapped back: production is as it was', 'refused');
  }

  /** The error to throw: what is there when the user interrupts or the time is over. */
  ended(error: unknown): unknown {
    if (!this.#signal.aborted && !(error instanceof TimeLimit)) return error;
    if (this.#phase === 'before') return beforeChanges(error, this.#signal);
    const { kudu, patience } = this.#session;
    const ending = {
      phase: this.#phase,
      isThere: undefined,
      host: kudu.host,
      place: kudu.host,
      look: `look at it: ${typedCommand(['status', '--to', kudu.name])}`,
      swapBack: swapCommand(this.#session),
    };
    return this.#signal.aborted ? interruptedAt(ending) : overTimeAt(ending, patience.limit, error);
  }

  async #verify(url: URL): Promise<void> {
    const { verify = true, environment = process.env, expect } = this.#options;
    if (!verify) return;
    await this.#reporter.step({ id: 'verify', title: `Check ${url.href}` }, async (report) => {
      const plan = planOf(this.#session, expect);
      const { patience, access } = this.#session;
      const to = access.address.text;
      const progress = (note: string): void => report.setPhase('doing', note);
      this.#probe = await verifySite({ url, to, plan, environment, signal: this.#signal, patience, progress });
      report.setPhase('done');
    });
  }
}

const progressOf =
  (report: Pick<StepReport, 'setPhase'>) =>
  (note: string): void =>
    report.setPhase('doing', note);

/** The app's own files are not here: what is known of it is its URL. */
const planOf = ({ access: { address } }: AzureSession, expect: readonly Expectation[] | undefined): DeployPlan => ({
  directory: '.',
  siteName: address.app,
  vdirPath: '/',
  poolName: address.app,
  entry: 'server.js',
  sections: [],
  port: undefined,
  verify: true,
  ...(expect && { expect }),
});

/** @throws UserError RELEASE_NOT_FOUND, AZURE_NO_FORMER. */
function chooseDeployment(
  all: readonly KuduDeployment[],
  live: KuduDeployment | undefined,
  asked: string | undefined,
  { kept, app }: { readonly kept: KeptPackages; readonly app: string },
): KuduDeployment {
  const done = all.filter(({ status }) => status === 4);
  const names = done.map(({ id, active }) => `${id}${active ? ' (live)' : ''}`).join(', ');
  if (asked !== undefined) {
    const fitting = done.filter(({ id, message }) => id.startsWith(asked) || hashIn(message)?.startsWith(asked));
    const [found] = fitting;
    const isOne = new Set(fitting.map(({ id, message }) => hashIn(message) ?? id)).size === 1;
    if (found !== undefined && isOne) return fitting.find(({ active }) => active) ?? found;
    throw new UserError('RELEASE_NOT_FOUND', {
      what:
        found === undefined
          ? `there is no deployment "${asked}"`
          : `"${asked}" is the beginning of several deployments`,
      why: names === '' ? 'Kudu has none that succeeded' : `succeeded: ${names}`,
      next: `${typedCommand(['releases', '--to', app])}     (shows them; then name one)`,
    });
  }
  const others = done.filter((one) => one !== live && !isSame(one, live));
  const { received: since = '' } = firstOf(done, live) ?? {};
  const before = others.filter(({ received = '' }) => live === undefined || received < since);
  const found = before.find(({ message }) => kept.find(message) !== undefined) ?? before[0];
  if (found !== undefined) return found;
  throw new UserError('AZURE_NO_FORMER', {
    what: 'there is no deployment before the live one',
    why: names === '' ? 'Kudu has none that succeeded' : `succeeded: ${names}`,
    next: `${typedCommand(['releases', '--to', app])}     (shows the deployments; then: rollback ID)`,
    exit: 'refused',
  });
}

/** The deployment that has brought the live package: sent again, it is Kudu's newest, and what came between is not before it. */
function firstOf(all: readonly KuduDeployment[], live: KuduDeployment | undefined): KuduDeployment | undefined {
  if (live === undefined || !isAgain(live.message)) return live;
  return all.find((one) => one !== live && !isAgain(one.message) && isSame(one, live)) ?? live;
}

/** A rollback that was killed has made it live: it is made complete, for the next one would make another one live. */
function isBegun(live: KuduDeployment | undefined, kept: KeptPackages): live is KuduDeployment {
  const { release } = kept.begun() ?? {};
  if (live === undefined || release === undefined) return false;
  const hash = hashIn(live.message);
  return live.id === release.id || (hash !== undefined && hash === hashIn(release.message));
}

const isSame = (one: KuduDeployment, other: KuduDeployment | undefined): boolean =>
  hashIn(one.message) !== undefined && hashIn(one.message) === hashIn(other?.message ?? '');

const notKept = ({ id }: KuduDeployment, why: string, isUntouched: boolean): UserError =>
  new UserError('AZURE_NOT_KEPT', {
    what: `${id} was not deployed again${isUntouched ? '; nothing was changed' : ''}`,
    why,
    next: 'deploy that version of the app again from its sources',
    exit: isUntouched ? 'refused' : 'incomplete',
  });

const cannotSwap = (session: AzureSession): UserError =>
  new UserError('AZURE_CANNOT_SWAP', {
    what: 'only the Azure Resource Manager swaps slots, and it cannot be asked',
    why: 'That needs AZURE_ACCESS_TOKEN, AZURE_SUBSCRIPTION_ID and AZURE_RESOURCE_GROUP.',
    next: `${swapCommand(session)}     (or set the three variables)`,
  });

const noReleaseOfSlot = ({ access: { address } }: AzureSession): UserError =>
  new UserError('RELEASE_NOT_FOUND', {
    what: 'a rollback with a slot swaps it with production, and takes no release',
    why: 'The slot has what production had before the last swap.',
    next: `${typedCommand(['rollback', '--to', address.text])}     (swaps back; for a release name the app alone: --to azure://${address.app})`,
  });
