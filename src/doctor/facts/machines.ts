import { UserError } from '../../errors.js';
import { most } from '../../most.js';

/** The number of machines that run the app, 1 by default. @throws UserError MACHINES_INVALID. */
export function checkedMachines(machines = 1): number {
  if (Number.isInteger(machines) && machines >= 1 && machines <= most.machines) return machines;
  throw new UserError('MACHINES_INVALID', {
    what: `${machines} is not a number of machines`,
    why: `It is a whole number from 1 to ${most.machines}.`,
    next: 'omit it where one machine runs the app',
  });
}
