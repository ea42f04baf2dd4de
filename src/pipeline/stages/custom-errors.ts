import { customErrorsAt } from '../sections/custom-errors.js';
import type { Stage } from '../stage.js';

/** httpErrors is read early, so that its errors are reported; the pages are created when a request fails. */
export const customErrors: Stage = {
  name: 'CustomErrorModule',
  implements: ['system.webServer/httpErrors'],
  check: customErrorsAt,
  decide({ config }) {
    customErrorsAt(config);
    return undefined;
  },
};
