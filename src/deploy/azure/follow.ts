import { UserError } from '../../errors.js';
import { jsonOf, retryAfter } from './client.js';
import type { KuduApi, KuduDeployment } from './kudu.js';
import type { Patience } from './patience.js';
import { type Accepted, isOf, type Push } from './push.js';

/** ms between two questions where the server does not say it. */
const usualPause = 2_000;
/** Newer Kudu: some files could not be replaced. */
const success = 4;

/**
 * Asks until the deployment has ended, and reports the lines of its log.
 * @returns the deployment, which succeeded.
 * @throws UserError AZURE_DEPLOYMENT_FAILED with the end of the log; TimeLimit; the signal's reason.
 */
export async function followDeployment(
  kudu: KuduApi,
  { location, push }: Accepted,
  patience: Patience,
  progress: (note: string) => void,
): Promise<KuduDeployment> {
  const log = new LogReader(kudu, progress);
  for (;;) {
    const { found, running, pause } = await look(kudu, location, push);
    if (running !== undefined) await log.read(running);
    if (found?.complete === true) {
      if (found.status === success) return found;
      throw failed(kudu, found, await log.failure(found.id));
    }
    await patience.wait(pause);
  }
}

interface Looked {
  readonly found: KuduDeployment | undefined;
  /** The id whose log grows. */
  readonly running: string | undefined;
  /** ms until the next question. */
  readonly pause: number;
}

/**
 * `latest` is whatever runs, or ended last: only the push's own deployment counts, which the list has if it is not the latest.
 */
async function look(kudu: KuduApi, location: string, push: Push): Promise<Looked> {
  const { answer, deployment } = await kudu.state(location);
  const pause = retryAfter(answer) ?? usualPause;
  if (deployment !== undefined && isOf(push, deployment)) return { found: deployment, running: deployment.id, pause };
  // While it is pending it may have a temporary name and message (202); Kudu runs one at a time.
  if (answer.status === 202) return { found: undefined, running: deployment?.id, pause };
  const found = (await kudu.deployments()).find((one) => isOf(push, one));
  return { found, running: found?.id, pause };
}

/** Reports each line of a log once. */
class LogReader {
  readonly #kudu: KuduApi;
  readonly #progress: (note: string) => void;
  readonly #seen = new Set<string>();

  constructor(kudu: KuduApi, progress: (note: string) => void) {
    this.#kudu = kudu;
    this.#progress = progress;
  }

  async read(id: string): Promise<void> {
    for (const line of await this.#kudu.log(id)) {
      const key = `${line.id} ${line.text}`;
      if (this.#seen.has(key) || line.text === '') continue;
      this.#seen.add(key);
      this.#progress(line.text);
    }
  }

  /** The end of the log of a failed deployment, one line; undefined: it says nothing. */
  async failure(id: string): Promise<string | undefined> {
    const lines = await this.#kudu.log(id);
    const last = lines.findLast(({ isError }) => isError) ?? lines.at(-1);
    if (last === undefined) return undefined;
    const details = (await this.#kudu.details(last)).filter(({ text }) => text !== '').slice(-mostDetails);
    for (const { text } of details) this.#progress(text);
    const named = details.map(({ text }) => text).filter((text) => text !== last.text);
    return [last.text, ...named].join('; ').slice(0, 500);
  }
}

const mostDetails = 5;

function failed(kudu: KuduApi, { id, status, statusText }: KuduDeployment, said: string | undefined): UserError {
  const text = statusText === '' ? `status ${status}` : statusText;
  return new UserError('AZURE_DEPLOYMENT_FAILED', {
    what: `the deployment failed at ${kudu.host} (${text})`,
    why: said ?? 'Its log says no reason.',
    next: `look at its whole log: ${kudu.client.urlOf(`/api/deployments/${id}/log`)}; a file that is in use is replaced after a stop of the app, or with a slot`,
    exit: 'incomplete',
  });
}

/** The state of a deployment by its id: undefined until it has ended. */
export async function endOf(kudu: KuduApi, id: string): Promise<KuduDeployment | undefined> {
  const { answer, deployment } = await kudu.state(`/api/deployments/${encodeURIComponent(id)}`);
  return answer.status === 200 && jsonOf(answer) !== undefined && deployment?.complete === true
    ? deployment
    : undefined;
}
