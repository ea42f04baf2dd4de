import type { PipelineModule } from '../pipeline/module.js';
import { failure } from '../stages/failure.js';

/** The chosen handler names a module that is not there: `ManagedPipelineHandler` when `modules=` was forgotten. */
export const unknownModule: PipelineModule = {
  name: 'BadModule',
  implements: [],
  onRequest(context) {
    const mapping = context.handler?.mapping;
    const modules = mapping?.modules.join(',') ?? '';
    if (/StaticFileModule/.test(modules)) {
      return failure(404, 0, `Nothing answered ${context.path}.`, { module: 'StaticFileModule', win32: 2 });
    }
    const detail = `Handler "${mapping?.name ?? ''}" has a bad module "${modules}" in its module list.`;
    return failure(500, 21, detail, {
      module: 'IIS Web Core',
      notification: 'ExecuteRequestHandler',
      hresult: 0x8007_000d,
      ...(mapping?.origin && { origin: mapping.origin }),
    });
  },
};
