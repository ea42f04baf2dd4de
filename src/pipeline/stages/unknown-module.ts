import { badModule } from '../sections/bad-module.js';
import type { Stage } from '../stage.js';

/** The end of the pipeline: no module has answered the request. */
export const unknownModule: Stage = {
  name: 'BadModule',
  implements: [],
  decide: (journey) => ({ kind: 'error', failure: badModule(journey.handler?.mapping, journey.path) }),
};
