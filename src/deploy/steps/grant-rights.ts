import { readdir, rmdir } from 'node:fs/promises';
import path from 'node:path';
import { UserError } from '../../errors.js';
import { makeFolder } from '../../files/index.js';
import { commandLine } from '../../quoting.js';
import { type FolderRights, folderRights, type Right } from '../folder-rights.js';
import type { DeploymentRecord, DeployPlan, GrantedRight } from '../plan.js';
import { anonymous, bySid, type Grantee, inheritedPoolAccount, poolAccount } from '../pool-account.js';
import { otherRecords } from '../records.js';
import { samePath } from '../same-path.js';
import { grantTo, rightsPart } from '../script/rights-part.js';
import type { DeployContext, DeployStep, LeftBehind, Removal } from '../step.js';
import { same } from './run-appcmd.js';

interface SeenRights {
  readonly needed: boolean;
  /** The account of the pool. */
  readonly pool: Grantee;
  /** Accounts without the right to read the app's folder. The pool runs node in it; static files are opened as IUSR. */
  readonly missing: readonly Grantee[];
  readonly logsExist: boolean;
  readonly logsGranted: boolean;
  /** What deploy gives, with what the same accounts have there now: an undo gives exactly that back. */
  readonly gives: readonly GrantedRight[];
}

interface RightsCommand {
  readonly program: 'icacls' | 'mkdir';
  readonly folder: string;
  readonly accounts: readonly Grantee[];
  readonly right: Right;
}

function rightsCommands(plan: DeployPlan, { needed, pool, missing, logsExist, logsGranted }: SeenRights) {
  const commands: RightsCommand[] = [];
  if (!needed) return commands;
  const { directory, logDirectory: logs } = plan;
  if (missing.length > 0) commands.push({ program: 'icacls', folder: directory, accounts: missing, right: 'RX' });
  if (logs === undefined) return commands;
  if (!logsExist) commands.push({ program: 'mkdir', folder: logs, accounts: [], right: 'M' });
  if (!logsGranted) commands.push({ program: 'icacls', folder: logs, accounts: [pool], right: 'M' });
  return commands;
}

/** `icacls FOLDER /grant WHO:(OI)(CI)RX`, behind the program; `mkdir FOLDER`. */
const argumentsOf = ({ program, accounts, right }: RightsCommand, nameOf = (one: Grantee) => one.name): string[] =>
  program === 'mkdir' ? [] : ['/grant', ...accounts.map((one) => grantTo(nameOf(one), right))];

/** ERROR_NONE_MAPPED: no account has that name, or not yet; a pool that was created a moment ago is such a one (iis.md 7). */
const noSuchAccount = 1332;

async function runRightsCommand(context: DeployContext, command: RightsCommand): Promise<void> {
  const { program, folder } = command;
  if (program === 'mkdir') {
    makeFolder(folder);
    return;
  }
  const args = [folder, ...argumentsOf(command)];
  const result = await context.run(program, args);
  if (result.exitCode === 0) return;
  const again = [folder, ...argumentsOf(command, bySid)];
  if (result.exitCode !== noSuchAccount || args.join() === again.join()) throw notGranted(args, result);
  const bySids = await context.run(program, again);
  if (bySids.exitCode !== 0) throw notGranted(again, bySids);
}

function notGranted(
  args: readonly string[],
  { exitCode, stdout }: Awaited<ReturnType<DeployContext['run']>>,
): UserError {
  return new UserError('RIGHTS_NOT_GRANTED', {
    what: `${commandLine('icacls', args)} failed with exit code ${exitCode}`,
    why: firstLine(stdout) || 'it gave no reason',
    next:
      exitCode === noSuchAccount
        ? 'check the user that the pool runs as: appcmd list apppool /text:processModel.userName'
        : 'run it again from an elevated prompt, or give the folder these rights by hand',
    exit: 'refused',
  });
}

const firstLine = (stdout: string): string => stdout.trim().split(/\r?\n/)[0] ?? '';

async function lookAtRights(context: DeployContext, plan: DeployPlan): Promise<SeenRights> {
  if (context.target.noRights !== undefined)
    return { needed: false, pool: anonymous, missing: [], logsExist: true, logsGranted: true, gives: [] };
  const seen = await rightsOf(context, plan, await poolAccount(context, plan.poolName));
  const isComplete = seen.missing.length === 0 && seen.logsGranted;
  if (isComplete || context.target.kind !== 'iis') return seen;
  const inherited = await inheritedPoolAccount(context, plan.poolName);
  return inherited === undefined || inherited.name === seen.pool.name ? seen : rightsOf(context, plan, inherited);
}

async function rightsOf(context: DeployContext, plan: DeployPlan, pool: Grantee): Promise<SeenRights> {
  const logs = plan.logDirectory;
  const logsExist = logs === undefined || context.target.folderExists(logs);
  const needsNames = pool.sid === undefined;
  if (logs !== undefined && logsExist && isSameAsBefore(context, plan)) {
    const rights = await folderRights(context, logs, needsNames);
    const isComplete = [pool, anonymous].every((one) => rights.inherits(one, 'RX')) && rights.has(pool, 'M');
    if (isComplete && !rights.denies(pool, 'M'))
      return { needed: true, pool, missing: [], logsExist, logsGranted: true, gives: [] };
  }
  const app = await folderRights(context, plan.directory, needsNames);
  const both = [pool, anonymous];
  for (const one of both) refuseDenied(app, one, plan.directory, 'RX');
  const missing = both.filter((one) => !app.has(one, 'RX'));
  const gives = missing.map((one) => giving(app, plan.directory, one));
  if (logs === undefined) return { needed: true, pool, missing, logsExist, logsGranted: true, gives };
  if (!logsExist) {
    const new_ = { folder: logs, account: bySid(pool) };
    return { needed: true, pool, missing, logsExist, logsGranted: false, gives: [...gives, new_] };
  }
  const rights = await folderRights(context, logs, needsNames);
  refuseDenied(rights, pool, logs, 'M');
  const logsGranted = rights.has(pool, 'M');
  const toLogs = logsGranted ? [] : [giving(rights, logs, pool)];
  return { needed: true, pool, missing, logsExist, logsGranted, gives: [...gives, ...toLogs] };
}

/** An app that works there: what the folder of its logs inherits comes from the app's, so one question is enough. */
const isSameAsBefore = ({ earlier }: DeployContext, { directory, poolName, logDirectory }: DeployPlan): boolean =>
  earlier !== undefined &&
  logDirectory !== undefined &&
  samePath(earlier.directory, directory) &&
  same(earlier.pool, poolName) &&
  samePath(path.dirname(logDirectory), directory);

function giving(rights: FolderRights, folder: string, account: Grantee): GrantedRight {
  const before = rights.grants(account);
  return { folder, account: bySid(account), ...(before.length > 0 && { before }) };
}

/** @throws UserError RIGHTS_DENIED: Windows reads entries that deny first, and a grant beside one has no effect. */
function refuseDenied(rights: FolderRights, account: Grantee, folder: string, right: Right): void {
  if (!rights.denies(account, right)) return;
  throw new UserError('RIGHTS_DENIED', {
    what: `an entry of ${folder} denies ${account.name} the rights that it needs`,
    why: 'Windows reads entries that deny before those that grant, also those for a group of the account.',
    next: `show it with: icacls ${commandLine(folder, [])}; remove it with: icacls ${commandLine(folder, [])} /remove:d WHO`,
    exit: 'refused',
  });
}

/** Also where iisnode has written logs meanwhile, which are needed after a failed start. */
async function undoRights(
  context: DeployContext,
  plan: DeployPlan,
  seen: SeenRights,
): Promise<LeftBehind<SeenRights> | undefined> {
  if (!seen.needed) return undefined;
  const logs = plan.logDirectory;
  let stays: LeftBehind<SeenRights> | undefined;
  if (logs !== undefined && !seen.logsGranted && context.target.folderExists(logs)) {
    await takeAway(context, given(seen, logs, seen.pool));
    if (!seen.logsExist && context.isRehearsal !== true && !(await removeEmpty(logs))) {
      stays = { stays: `the logs of the app stay in ${logs}`, seen: { ...seen, logsExist: true } };
    }
  }
  const now = await lookAtRights(context, plan);
  const added = seen.missing.filter((one) => !now.missing.some(({ name }) => name === one.name));
  for (const one of added) await takeAway(context, given(seen, plan.directory, one));
  return stays;
}

const given = ({ gives }: SeenRights, folder: string, account: Grantee): GrantedRight =>
  gives.find((one) => one.folder === folder && one.account === bySid(account)) ?? { folder, account: bySid(account) };

/** False: it is not empty, and stays. */
async function removeEmpty(folder: string): Promise<boolean> {
  if ((await readdir(folder)).length > 0) return false;
  await rmdir(folder);
  return true;
}

/** `/remove:g` takes all that the account has there, so what it had before is granted again. */
const removal = ({ folder, account, before = [] }: GrantedRight): string[][] => [
  [folder, '/remove:g', account],
  ...before.map((rights) => [folder, '/grant', `${account}:${rights}`]),
];

async function takeAway(context: DeployContext, right: GrantedRight): Promise<void> {
  for (const args of removal(right)) {
    const { exitCode, stdout } = await context.run('icacls', args);
    if (exitCode === 0) continue;
    throw new UserError('RIGHTS_NOT_REMOVED', {
      what: `${commandLine('icacls', args)} failed with exit code ${exitCode}`,
      why: firstLine(stdout) || 'it gave no reason',
      next: 'run it again from an elevated prompt',
      exit: 'refused',
    });
  }
}

/** Rights that were complete when they were remembered: the step itself need not ask again, before anything has changed. */
const complete = new WeakMap<DeployContext, { readonly plan: DeployPlan; readonly seen: SeenRights }>();

async function lookOnce(context: DeployContext, plan: DeployPlan): Promise<SeenRights> {
  const known = complete.get(context);
  complete.delete(context);
  return known?.plan === plan ? known.seen : lookAtRights(context, plan);
}

/** The rights that this deployment will add to those that earlier ones have added to folders that are still there. */
async function rememberRights(
  context: DeployContext,
  plan: DeployPlan,
  earlier: DeploymentRecord | undefined,
): Promise<Pick<DeploymentRecord, 'rights'>> {
  const seen = await lookAtRights(context, plan);
  const commands = rightsCommands(plan, seen);
  if (commands.length === 0) complete.set(context, { plan, seen });
  const before = (earlier?.rights ?? []).filter(({ folder }) => context.target.folderExists(folder));
  const rights = [...before, ...seen.gives.filter((one) => !before.some((known) => isSame(known, one)))];
  return rights.length === 0 ? {} : { rights };
}

const isSame = (one: GrantedRight, other: GrantedRight): boolean =>
  samePath(one.folder, other.folder) && same(one.account, other.account);

/** What another app needs is in its own record from now on. */
async function removeRights(context: DeployContext, { record, did, say }: Removal): Promise<void> {
  for (const right of record?.rights ?? []) {
    if (record === undefined || !context.target.folderExists(right.folder)) continue;
    if (await keepForOthers(context, record, right)) continue;
    try {
      await takeAway(context, right);
      for (const args of removal(right)) did(commandLine('icacls', args));
    } catch (problem) {
      if (!(problem instanceof UserError)) throw problem;
      say(`${right.account} keeps its rights on ${right.folder}: ${problem.why}`);
    }
  }
}

/** Another application of the same folder needs IUSR's right, and that of its pool if it has the same one. */
async function keepForOthers(context: DeployContext, record: DeploymentRecord, right: GrantedRight): Promise<boolean> {
  const others = await otherRecords(context.records, record);
  const user = others.find(
    (one) =>
      samePath(one.directory, record.directory) && (right.account === bySid(anonymous) || same(one.pool, record.pool)),
  );
  if (user === undefined) return false;
  const rights = user.rights ?? [];
  if (!rights.some((one) => isSame(one, right))) await context.records?.save({ ...user, rights: [...rights, right] });
  return true;
}

export const grantRights: DeployStep<SeenRights> = {
  id: 'grant-rights',
  title: "Give the pool's identity its rights",
  note: ({ target }) => target.noRights,
  look: lookOnce,
  say: ({ format = commandLine, target }, plan, seen) =>
    rightsCommands(plan, seen).map((command) =>
      format(command.program, [target.serverPath(plan, command.folder), ...argumentsOf(command)]),
    ),
  async do(context, plan, seen) {
    for (const command of rightsCommands(plan, seen)) {
      context.signal.throwIfAborted();
      await runRightsCommand(context, command);
    }
  },
  undo: undoRights,
  usedBy: () => ['create-application', 'switch-release'],
  script: rightsPart,
  remember: rememberRights,
  remove: removeRights,
};
