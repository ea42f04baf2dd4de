import { badModule } from '../sections/bad-module.js';
import type { Stage } from '../stage.js';

/** The end of the pipeline: no module has answered what comes here. */
export const unknownModule: Stage = {
  name: 'BadModule',
  implements: [],
  decide: (journey) => ({ kind: 'error', failure: badModule(journey.handler?.mapping, journey.path) }),
};
