import { UserError } from '../../errors.js';
import { iisnodeSock } from '../../typed-command.js';
import { refusedAccess, saidBy } from './client.js';
import { type Answered, NoAnswer } from './http.js';
import type { KuduApi, KuduDeployment } from './kudu.js';
import type { PackageFile } from './package-file.js';
import { type Patience, TimeLimit } from './patience.js';

/** What is sent, and how its deployment is known among others. */
export interface Push {
  readonly pack: PackageFile;
  /** Kudu keeps it with the deployment. It is of this push alone. */
  readonly message: string;
  readonly author: string;
  /** The ids of the deployments before. */
  readonly known: ReadonlySet<string>;
}

/** Where the deployment can be followed. */
export interface Accepted {
  /** Path and query to ask. */
  readonly location: string;
  readonly push: Push;
}

/** Pauses in ms, which double, and how often a package is sent that did not arrive. */
const firstPause = 1_000;
const longestPause = 15_000;
const mostSent = 5;
const looks = 6;
const latest = '/api/deployments/latest';

/** The requests that deploy a package. zipdeploy keeps files that the app has written, and a message; newer hosts may only have publish. */
export const pushTargets = {
  zipdeploy: ({ message, author }: Pick<Push, 'message' | 'author'>): string =>
    `/api/zipdeploy?isAsync=true&author=${encodeURIComponent(author)}&message=${encodeURIComponent(message)}`,
  publish: (): string => '/api/publish?type=zip&async=true&clean=false',
} as const;

/** Is this deployment the one of the push? publish keeps no message. */
export const isOf = ({ message, known }: Push, deployment: KuduDeployment): boolean =>
  deployment.message === message || (deployment.message === 'OneDeploy' && !known.has(deployment.id));

/**
 * Sends a package until Kudu has taken it. It is sent again only where it surely did not arrive, or where Kudu answers that it does not
 * take it now; where the answer got lost, Kudu is asked whether it has it.
 * @param progress Receives what is waited for, human-readable.
 * @throws UserError: nothing was deployed, but for AZURE_PUSH_UNKNOWN; TimeLimit; the signal's reason.
 */
export async function pushPackage(
  kudu: KuduApi,
  push: Push,
  patience: Patience,
  progress: (note: string) => void,
): Promise<Accepted> {
  let target: keyof typeof pushTargets = 'zipdeploy';
  for (let sent = 1, pause = firstPause; ; pause = Math.min(2 * pause, longestPause)) {
    const answer = await sendOnce(kudu, push, pushTargets[target](push));
    if (answer instanceof NoAnswer || answer.status >= 500) {
      const found = await lookForIt(kudu, push, patience, answer);
      if (found !== undefined) return found;
      if (sent === mostSent) throw answer instanceof NoAnswer ? kudu.unreachable(answer) : refusal(kudu, answer);
      sent += 1;
      progress(
        `${kudu.host} did not take the package (${answer instanceof NoAnswer ? answer.message : answer.status}); sending it again`,
      );
      await patience.wait(pause);
    } else if (answer.status === 404 && target === 'zipdeploy') {
      target = 'publish';
    } else if (answer.status === 409 && !isRemotePackage(answer)) {
      const found = await alreadyThere(kudu, push);
      if (found !== undefined) return found;
      progress('another deployment runs there: waiting for its end');
      await waitWhileBusy(kudu, patience, answer, pause);
    } else if (answer.status === 200 || answer.status === 202) {
      const { location } = answer.headers;
      return { location: locationIn(kudu, location), push };
    } else throw refusal(kudu, answer);
  }
}

/** Where the deployment can be followed: also without a usable answer. */
function locationIn(kudu: KuduApi, location: string | undefined): string {
  const named = location === undefined ? latest : kudu.client.pathOf(location);
  return named.startsWith('/api/deployments/') ? named : latest;
}

async function sendOnce(
  kudu: KuduApi,
  { pack: { parts, length } }: Push,
  target: string,
): Promise<Answered | NoAnswer> {
  try {
    const headers = { 'content-type': 'application/zip' };
    return await kudu.client.send('POST', target, { headers, body: { length, parts } });
  } catch (error) {
    if (error instanceof NoAnswer) return error;
    throw error;
  }
}

const alreadyThere = async (kudu: KuduApi, push: Push): Promise<Accepted | undefined> =>
  (await kudu.deployments()).some((one) => isOf(push, one)) ? { location: latest, push } : undefined;

/**
 * Whether Kudu has the package although no answer came. A request that did not arrive as a whole has no effect.
 * @throws UserError AZURE_PUSH_UNKNOWN where it arrived, and Kudu does not list it.
 */
async function lookForIt(
  kudu: KuduApi,
  push: Push,
  patience: Patience,
  answer: NoAnswer | Answered,
): Promise<Accepted | undefined> {
  if (answer instanceof NoAnswer && answer.stage === 'connecting') return undefined;
  const arrived = answer instanceof NoAnswer && answer.stage === 'sent';
  for (let look = 1; look <= (arrived ? looks : 1); ) {
    const all = await kudu.deployments();
    if (all.some((one) => isOf(push, one))) return { location: latest, push };
    if (!arrived) break;
    await patience.wait(Math.min(firstPause * 2 ** (look - 1), longestPause));
    // Until its package is unpacked, a deployment has another message: it may be this one.
    if (!all.some(({ id, complete }) => !complete && !push.known.has(id))) look += 1;
  }
  if (!arrived) return undefined;
  throw new UserError('AZURE_PUSH_UNKNOWN', {
    what: `the package was sent to ${kudu.host}, and no answer came: it is not known whether it will be deployed`,
    why: `${answer instanceof NoAnswer ? answer.message : ''}; Kudu does not list the deployment until now`,
    next: `${iisnodeSock} status --to ${kudu.name}     (in some minutes; or deploy again: the same package twice does no harm)`,
    exit: 'incomplete',
  });
}

async function waitWhileBusy(kudu: KuduApi, patience: Patience, answer: Answered, pause: number): Promise<void> {
  try {
    await patience.wait(pause);
  } catch (error) {
    if (!(error instanceof TimeLimit)) throw error;
    throw new UserError('AZURE_BUSY', {
      what: `${kudu.host} did not take the package within the time limit; nothing was deployed`,
      why: `${saidBy(answer)} Where no deployment runs, a crashed one has left its lock.`,
      next: `${iisnodeSock} status --to ${kudu.name}     (shows the other deployment: wait for it; where none runs, restart the scm site (portal: Advanced Tools, Process explorer, end its w3wp.exe), and deploy again)`,
      exit: 'refused',
      cause: error,
    });
  }
}

const isRemotePackage = ({ body }: Answered): boolean => /run[- ]?from[- ]?(zip|package)|remote url/i.test(body);

function refusal(kudu: KuduApi, answer: Answered): UserError {
  const access = refusedAccess(kudu.host, answer, kudu.credentials, kudu.azNames);
  if (access !== undefined) return access;
  if (answer.status === 409) {
    return new UserError('AZURE_RUNS_FROM_URL', {
      what: 'the app runs from a package at a URL; nothing was deployed',
      why: saidBy(answer),
      next: `az webapp config appsettings delete ${kudu.azNames} --setting-names WEBSITE_RUN_FROM_PACKAGE     (or set it to 1)`,
      exit: 'refused',
    });
  }
  return new UserError('AZURE_PUSH_REFUSED', {
    what: `${kudu.host} refuses the package; nothing was deployed`,
    why: saidBy(answer),
    next: 'run the command again in some minutes; if it is refused again, look at the app in the portal (Diagnose and solve problems)',
    again: { same: true, note: 'in some minutes; refused again: the portal, Diagnose and solve problems' },
    exit: 'refused',
  });
}
