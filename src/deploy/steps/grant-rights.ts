import { rmdir } from 'node:fs/promises';
import { UserError } from '../../errors.js';
import { makeFolder } from '../../files/index.js';
import { commandLine } from '../../quoting.js';
import type { DeployPlan } from '../plan.js';
import type { DeployContext, DeployStep } from '../step.js';

interface SeenRights {
  readonly needed: boolean;
  /** Identities that already have rights on the app's folder, lower case. */
  readonly present: readonly string[];
  readonly logsExist: boolean;
  readonly logsGranted: boolean;
}

const poolIdentity = (plan: DeployPlan): string => `IIS AppPool\\${plan.poolName}`;

/** The pool reads the app and runs node in it; static files are opened as IUSR, the anonymous user. */
const identitiesThatRead = (plan: DeployPlan): readonly string[] => [poolIdentity(plan), 'IUSR'];

interface RightsCommand {
  readonly program: string;
  /** The first one is a folder. */
  readonly args: readonly [string, ...string[]];
}

function rightsCommands(plan: DeployPlan, seen: SeenRights): RightsCommand[] {
  if (!seen.needed) return [];
  const missing = identitiesThatRead(plan).filter((who) => !seen.present.includes(who.toLowerCase()));
  const logs = plan.logDirectory;
  const commands: RightsCommand[] = [];
  if (missing.length > 0) {
    const read = missing.map((who) => `${who}:(OI)(CI)RX`);
    commands.push({ program: 'icacls', args: [plan.directory, '/grant', ...read] });
  }
  if (logs === undefined) return commands;
  if (!seen.logsExist) commands.push({ program: 'mkdir', args: [logs] });
  if (!seen.logsGranted) {
    commands.push({ program: 'icacls', args: [logs, '/grant', `${poolIdentity(plan)}:(OI)(CI)M`] });
  }
  return commands;
}

async function runRightsCommand(context: DeployContext, { program, args }: RightsCommand): Promise<void> {
  if (program === 'mkdir') {
    makeFolder(args[0]);
    return;
  }
  const result = await context.run(program, args);
  if (result.exitCode === 0) return;
  throw new UserError('RIGHTS_NOT_GRANTED', {
    what: `${commandLine(program, args)} failed with exit code ${result.exitCode}`,
    why: result.stdout.trim().split(/\r?\n/).at(-1) ?? 'it gave no reason',
    next: 'run it again from an elevated prompt, or give the folder these rights by hand',
    exit: 'refused',
  });
}

/** `icacls FOLDER` prints one line `IDENTITY:(OI)(CI)(RX)` for each right; identities in upper or mixed case. */
async function identitiesGranted(
  context: DeployContext,
  folder: string,
  identities: readonly string[],
): Promise<string[]> {
  const { exitCode, stdout } = await context.run('icacls', [folder]);
  if (exitCode !== 0) return [];
  const text = stdout.toLowerCase();
  return identities
    .map((who) => who.toLowerCase())
    .filter((who) => text.includes(`${who}:(`) || text.includes(`nt authority\\${who}:(`));
}

async function lookAtRights(context: DeployContext, plan: DeployPlan): Promise<SeenRights> {
  if (context.target.noRights !== undefined) return { needed: false, present: [], logsExist: true, logsGranted: true };
  const logs = plan.logDirectory;
  const logsExist = logs === undefined || context.target.folderExists(logs);
  return {
    needed: true,
    present: await identitiesGranted(context, plan.directory, identitiesThatRead(plan)),
    logsExist,
    logsGranted:
      logs === undefined ||
      (logsExist &&
        (await identitiesGranted(context, logs, [poolIdentity(plan)])).length > 0 &&
        (await mayModify(context, plan, logs))),
  };
}

/** Only the read permission is inherited from the app's folder: iisnode needs M (or F) to write its logs. */
async function mayModify(context: DeployContext, plan: DeployPlan, folder: string): Promise<boolean> {
  const { stdout } = await context.run('icacls', [folder]);
  const who = poolIdentity(plan).toLowerCase();
  return stdout
    .toLowerCase()
    .split(/\r?\n/)
    .some((line) => line.includes(`${who}:(`) && /\((m|f)\)/.test(line));
}

export const grantRights: DeployStep<SeenRights> = {
  id: 'grant-rights',
  title: "Give the pool's identity its rights",
  note: ({ target }) => target.noRights,
  look: lookAtRights,
  say: ({ format = commandLine, target }, plan, seen) =>
    rightsCommands(plan, seen).map(({ program, args: [folder, ...rest] }) =>
      format(program, [target.serverPath(plan, folder), ...rest]),
    ),
  async do(context, plan, seen) {
    for (const command of rightsCommands(plan, seen)) {
      context.signal.throwIfAborted();
      await runRightsCommand(context, command);
    }
  },
  async undo(context, plan, seen) {
    if (!seen.needed) return;
    const logs = plan.logDirectory;
    if (logs !== undefined && !seen.logsGranted && context.target.folderExists(logs)) {
      await runRightsCommand(context, { program: 'icacls', args: [logs, '/remove:g', poolIdentity(plan)] });
      // iisnode may have written there meanwhile: only an empty folder is removed.
      if (!seen.logsExist) await rmdir(logs).catch(() => undefined);
    }
    const now = await identitiesGranted(context, plan.directory, identitiesThatRead(plan));
    const added = now.filter((who) => !seen.present.includes(who));
    if (added.length === 0) return;
    await runRightsCommand(context, { program: 'icacls', args: [plan.directory, '/remove:g', ...added] });
  },
  remove: { keeps: 'other applications of the same folder or pool may need the rights; the folder and its logs stay' },
};
