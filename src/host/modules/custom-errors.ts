import { customErrorsAt } from '../errors/custom-errors.js';
import type { PipelineModule } from '../pipeline/module.js';

/** httpErrors is read early, so that what is wrong with it shows; the pages themselves are made when a request fails. */
export const customErrors: PipelineModule = {
  name: 'CustomErrorModule',
  implements: ['system.webServer/httpErrors'],
  check: customErrorsAt,
  onRequest({ config }) {
    customErrorsAt(config);
    return 'next';
  },
};
