import type { StepReport } from '../reporter.js';
import { endOf, followDeployment } from './follow.js';
import type { KeptPackages } from './kept-packages.js';
import { hashIn } from './kept-packages.js';
import type { KuduDeployment } from './kudu.js';
import { messageOfAgain } from './message.js';
import { packageFile } from './package-file.js';
import { pushPackage } from './push.js';
import type { AzureSession } from './session.js';

/** What is there after a deployment that failed. */
export interface Restored {
  /** The former package is deployed again. */
  readonly isComplete: boolean;
  /** App Service has done nothing: it has refused what was sent, if anything was. */
  readonly isUntouched: boolean;
  /** The end of a sentence. */
  readonly text: string;
}

const pause = 2_000;
/** So often Kudu may show a deployment as it was before it was asked for it; after that it has not begun. */
const mostLooks = 15;

/**
 * Deploys again what was there before: Kudu itself where it has a repository, else the package that this machine has kept. Never throws
 * for what App Service answers.
 * @param author Who deploys.
 */
export async function restoreFormer(
  session: AzureSession,
  former: KuduDeployment | undefined,
  kept: KeptPackages,
  author: string,
  report: StepReport,
): Promise<Restored> {
  if (former === undefined)
    return { isComplete: false, isUntouched: true, text: 'it was the first one: its files are there' };
  try {
    const before = await endOf(session.kudu, former.id);
    const asked = await session.kudu.redeploy(former.id);
    if (asked !== 'refused' && (await isActiveAgain(session, former, asked === 'begun' ? before : undefined))) {
      return { isComplete: true, isUntouched: false, text: `the former deployment ${former.id} is deployed again` };
    }
    const hash = hashIn(former.message);
    if (hash === undefined || !kept.has(hash)) return withoutPackage(former, asked, hash);
    await pushKept(session, kept.fileOf(hash), hash, author, report);
    return { isComplete: true, isUntouched: false, text: 'the former package is deployed again' };
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    return { isComplete: false, isUntouched: false, text: `the former package could not be deployed again (${why})` };
  }
}

/** There is nothing to send. */
function withoutPackage(
  { id }: KuduDeployment,
  asked: Awaited<ReturnType<AzureSession['kudu']['redeploy']>>,
  hash: string | undefined,
): Restored {
  const why = hash === undefined ? 'another program made it' : 'it was deployed from another machine';
  if (asked === 'refused') {
    const text = `Kudu has no former package, and neither has this machine (${why}): the new files are there`;
    return { isComplete: false, isUntouched: true, text };
  }
  const failed =
    asked === 'done' || asked === 'begun'
      ? `Kudu has deployed ${id} again, and that failed`
      : `Kudu was asked to deploy ${id} again, and whether it does is unknown`;
  const text = `${failed}; this machine has no package of it (${why}): files of both may be there`;
  return { isComplete: false, isUntouched: false, text };
}

/**
 * Waits for the end.
 * @param before Its state when Kudu was asked, where Kudu answers before it begins: until it has begun, the deployment has that state.
 */
async function isActiveAgain(
  { kudu, patience }: AzureSession,
  { id }: KuduDeployment,
  before: KuduDeployment | undefined,
): Promise<boolean> {
  const isAsBefore = ({ ended, active, status }: KuduDeployment): boolean =>
    ended === before?.ended && active === before?.active && status === before?.status;
  for (let looks = 1; ; ) {
    const found = await endOf(kudu, id);
    if (found !== undefined && (before === undefined || !isAsBefore(found) || looks === mostLooks))
      return found.active && found.status === 4;
    // Where another one is at work, this one waits for it.
    if (found !== undefined && (await kudu.deployments()).every(({ complete }) => complete)) looks += 1;
    await patience.wait(pause);
  }
}

/** Deploys a package that this machine has kept, and waits for its end. @throws UserError; the signal's reason. */
export async function pushKept(
  { kudu, patience }: AzureSession,
  file: string,
  hash: string,
  author: string,
  report: StepReport,
): Promise<KuduDeployment> {
  const known = new Set((await kudu.deployments()).map(({ id }) => id));
  const push = { pack: await packageFile(file), message: messageOfAgain(hash), author, known };
  const progress = (note: string): void => report.setPhase('doing', note);
  return followDeployment(kudu, await pushPackage(kudu, push, patience, progress), patience, progress);
}
