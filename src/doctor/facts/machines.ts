import { UserError } from '../../errors.js';

/** As in the options of the command line. */
const most = 10_000;

/** The number of machines that run the app, 1 by default. @throws UserError MACHINES_INVALID. */
export function checkedMachines(machines = 1): number {
  if (Number.isInteger(machines) && machines >= 1 && machines <= most) return machines;
  throw new UserError('MACHINES_INVALID', {
    what: `${machines} is not a number of machines`,
    why: `It is a whole number from 1 to ${most}.`,
    next: 'omit it where one machine runs the app',
  });
}
