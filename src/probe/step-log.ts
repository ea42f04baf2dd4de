import { forUrl } from '../typed-command.js';
import { type Finding, useLoader } from './finding.js';
import type { ProbeOptions, ProbeStep } from './types.js';

const titles: Readonly<Record<ProbeStep['id'], string>> = {
  page: 'the page',
  'client-script': "socket.io's client script",
  handshake: 'the handshake',
  polls: 'the polls of one session',
  websocket: 'the WebSocket',
  expect: 'the URL',
};

/** The steps of a probe, with their times. */
export class StepLog {
  readonly #steps: ProbeStep[] = [];
  readonly #began = performance.now();
  readonly #onStep: ProbeOptions['onStep'];

  readonly #hasLoader: () => boolean;

  /** @param hasLoader Is the app started by the loader? Asked only where a step advises it. */
  constructor(onStep: ProbeOptions['onStep'], hasLoader: () => boolean) {
    this.#onStep = onStep;
    this.#hasLoader = hasLoader;
  }

  /** The commands of the advice are for the URL; to use the loader is no advice for an app that has it. */
  #possible({ problem: found, url }: Finding): Finding['problem'] {
    const problem = found && { ...found, next: forUrl(found.next, url) };
    if (problem?.next.includes(useLoader) !== true || !this.#hasLoader()) return problem;
    return { ...problem, next: problem.next.replace(useLoader, '') };
  }

  get steps(): readonly ProbeStep[] {
    return this.#steps;
  }

  /** ms since the probe's start. */
  now(): number {
    return performance.now() - this.#began;
  }

  async step<Found extends Finding>(
    id: ProbeStep['id'],
    method: ProbeStep['method'],
    look: () => Promise<Found>,
  ): Promise<Found> {
    const startedAt = this.now();
    const found = await look();
    this.add(id, method, found, startedAt);
    return found;
  }

  add(id: ProbeStep['id'], method: ProbeStep['method'], finding: Finding, startedAt: number): void {
    const title = finding.of === undefined ? titles[id] : `${titles[id]} ${finding.of}`;
    const step = {
      id,
      title,
      method,
      ...plain(finding),
      ...this.#possible(finding),
      startedAt,
      ms: this.now() - startedAt,
    };
    this.#steps.push(step);
    this.#onStep?.(step);
  }

  /** Replaces what was found by the first step with this id, by what was seen since. */
  change(changed: ProbeStep['id'], finding: Finding): void {
    const at = this.#steps.findIndex(({ id }) => id === changed);
    const old = this.#steps[at];
    if (old === undefined) return;
    const { id, title, method, startedAt, ms } = old;
    const { url, status, ok, seen, note, elsewhere, files, missing, unfinished, policy } = finding;
    const { namespace, connection, refused, signs } = finding;
    const found = {
      url,
      status,
      ok,
      seen,
      ...(note && { note }),
      ...(elsewhere && { elsewhere }),
      ...(namespace && { namespace }),
      ...(connection && { connection }),
      ...(refused && { refused }),
      ...(signs && { signs }),
      ...this.#possible(finding),
    };
    this.#steps[at] = {
      id,
      title,
      method,
      ...found,
      ...(files !== undefined && { files }),
      ...(missing && { missing }),
      ...(unfinished && { unfinished }),
      ...(policy && { policy }),
      startedAt,
      ms,
    };
  }
}

const plain = ({ problem: _problem, of: _of, ...finding }: Finding): Omit<Finding, 'problem' | 'of'> => finding;
