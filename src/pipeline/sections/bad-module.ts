import { failure, type StageFailure } from './failure.js';
import type { HandlerMapping } from './handler-mapping.js';

/** No module answered: the handler names one that does not exist (`ManagedPipelineHandler` when `modules=` was forgotten). */
export function badModule(mapping: HandlerMapping | undefined, path: string): StageFailure {
  const modules = mapping?.modules.join(',') ?? '';
  if (/StaticFileModule/.test(modules)) {
    return failure(404, 0, `No module answered ${path}.`, { module: 'StaticFileModule', win32: 2 });
  }
  const detail = `Handler "${mapping?.name ?? ''}" has a bad module "${modules}" in its module list.`;
  return failure(500, 21, detail, {
    module: 'IIS Web Core',
    notification: 'ExecuteRequestHandler',
    hresult: 0x8007_000d,
    ...(mapping?.origin && { origin: mapping.origin }),
  });
}
