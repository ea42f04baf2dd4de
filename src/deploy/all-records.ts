import type { Home } from '../host/index.js';
import { type Machine, type MachineFolder, machineFolder } from './machine-folder.js';
import type { DeploymentRecord, DeploymentRecords } from './plan.js';
import { fileRecords } from './records.js';

/**
 * The records of all deployments. IIS belongs to the machine: its records are in %ProgramData%\iisnode-sock, so that every administrator
 * finds what another one has deployed. Those of the other targets are in the user's home, and so are all where IISNODE_SOCK_HOME names one.
 * Their functions throw also UserError MACHINE_FOLDER_UNSAFE.
 */
export function deploymentRecords(home: Home, machine: Machine = {}): DeploymentRecords {
  const own = fileRecords(home.directory);
  const shared = machineFolder(home, machine);
  return shared === undefined ? own : machineWide(own, shared);
}

const isOfIis = ({ target }: Pick<DeploymentRecord, 'target'>): boolean => target === 'iis';

/** Records of IIS that an earlier version has written to the user's home move when they are written again. */
function machineWide(own: DeploymentRecords, shared: MachineFolder): DeploymentRecords {
  const machine = fileRecords(shared.folder);
  const all = async (): Promise<readonly DeploymentRecord[]> => {
    const ofMachine = (await shared.isReadable()) ? await machine.all() : [];
    const isMoved = ({ site, path: at }: DeploymentRecord): boolean =>
      ofMachine.some(
        (one) => one.site.toLowerCase() === site.toLowerCase() && one.path.toLowerCase() === at.toLowerCase(),
      );
    return [...(await own.all()).filter((one) => !isOfIis(one) || !isMoved(one)), ...ofMachine];
  };
  return {
    all,
    async find(target, site, at) {
      const isShared = isOfIis({ target }) && (await shared.isReadable());
      return (isShared ? await machine.find(target, site, at) : undefined) ?? (await own.find(target, site, at));
    },
    async save(record) {
      if (!isOfIis(record)) return own.save(record);
      await shared.prepare();
      await shared.changing(() => machine.save(record));
      await own.remove(record.target, record.site, record.path);
    },
    async remove(target, site, at) {
      if (isOfIis({ target }) && (await shared.isReadable()))
        await shared.changing(() => machine.remove(target, site, at));
      await own.remove(target, site, at);
    },
  };
}
