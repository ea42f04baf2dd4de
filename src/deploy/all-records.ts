import { existsSync } from 'node:fs';
import path from 'node:path';
import { UserError } from '../errors.js';
import { makeFolder } from '../files/index.js';
import type { Home } from '../host/index.js';
import type { DeploymentRecord, DeploymentRecords } from './plan.js';
import { fileRecords } from './records.js';
import { runCommand } from './targets/run-command.js';

type Run = typeof runCommand;

/**
 * The records of all deployments. IIS belongs to the machine: its records are in %ProgramData%\iisnode-sock, so that every administrator
 * finds what another one has deployed. Those of the embedded IIS are in its home, and so are all where IISNODE_SOCK_HOME names one.
 */
export function deploymentRecords(
  home: Home,
  { platform = process.platform, run = runCommand }: { readonly platform?: NodeJS.Platform; readonly run?: Run } = {},
): DeploymentRecords {
  const own = fileRecords(home.directory);
  const folder = platform === 'win32' ? machineFolder(home.environment) : undefined;
  return folder === undefined ? own : machineWide(own, fileRecords(folder), () => prepare(folder, run));
}

function machineFolder({ IISNODE_SOCK_HOME: named, ProgramData }: Home['environment']): string | undefined {
  if ((named !== undefined && named !== '') || ProgramData === undefined || ProgramData === '') return undefined;
  return path.join(ProgramData, 'iisnode-sock');
}

/** SYSTEM and Administrators, and Users, which read: names of groups are translated, their SIDs are not. */
const rights = ['*S-1-5-18:(OI)(CI)F', '*S-1-5-32-544:(OI)(CI)F', '*S-1-5-32-545:(OI)(CI)RX'];

/** In %ProgramData% every user may create files: undeploy trusts the records, so only administrators may write them. */
async function prepare(folder: string, run: Run): Promise<void> {
  if (existsSync(path.join(folder, 'deployments.json'))) return;
  makeFolder(folder);
  const { exitCode, stdout } = await run('icacls', [folder, '/inheritance:r', '/grant:r', ...rights]);
  if (exitCode === 0) return;
  throw new UserError('RECORDS_NOT_PROTECTED', {
    what: `the rights of ${folder} cannot be set: icacls ended with ${exitCode}`,
    why: stdout.trim() || 'It gave no reason.',
    next: 'remove that folder, and run the command again from an elevated prompt',
    exit: 'refused',
  });
}

const isOfIis = ({ target }: Pick<DeploymentRecord, 'target'>): boolean => target === 'iis';

/** Records of IIS that an earlier version has written to the user's home move when they are written again. */
function machineWide(
  own: DeploymentRecords,
  machine: DeploymentRecords,
  prepareFolder: () => Promise<void>,
): DeploymentRecords {
  const all = async (): Promise<readonly DeploymentRecord[]> => {
    const ofMachine = await machine.all();
    const isMoved = ({ site, path: at }: DeploymentRecord): boolean =>
      ofMachine.some(
        (one) => one.site.toLowerCase() === site.toLowerCase() && one.path.toLowerCase() === at.toLowerCase(),
      );
    return [...(await own.all()).filter((one) => !isOfIis(one) || !isMoved(one)), ...ofMachine];
  };
  return {
    all,
    async find(target, site, at) {
      return (
        (isOfIis({ target }) ? await machine.find(target, site, at) : undefined) ?? (await own.find(target, site, at))
      );
    },
    async save(record) {
      if (!isOfIis(record)) return own.save(record);
      await prepareFolder();
      await machine.save(record);
      await own.remove(record.target, record.site, record.path);
    },
    async remove(target, site, at) {
      if (isOfIis({ target })) await machine.remove(target, site, at);
      await own.remove(target, site, at);
    },
  };
}
