import type { PipelineModule } from '../pipeline/module.js';
import { badModule } from '../stages/bad-module.js';

/** The end of the pipeline: whoever comes here was answered by no module. */
export const unknownModule: PipelineModule = {
  name: 'BadModule',
  implements: [],
  onRequest: (context) => badModule(context.handler?.mapping, context.path),
};
