import { targetAt } from '../pipeline/disk.js';
import type { PipelineModule } from '../pipeline/module.js';
import { pathSetting } from '../pipeline/path-config.js';
import { chooseHandler, readHandlers } from '../stages/handler-mapping.js';
import { conditionsOf } from '../stages/server-facts.js';

const handlersAt = pathSetting(({ model, at }) => readHandlers(model, at));

/** MapRequestHandler: the first mapping that takes the current URL. */
export const handlerMapping: PipelineModule = {
  name: 'HandlerMapping',
  implements: ['system.webServer/handlers'],
  check: handlersAt,
  onRequest(context) {
    const choice = chooseHandler(handlersAt(context.config), {
      path: context.path,
      verb: context.incoming.method ?? 'GET',
      target: (path) => targetAt(context.snapshot, context.site, path),
      conditions: conditionsOf(context.config.model, context.config.at.application),
    });
    context.handler = choice;
    return choice.failure ?? 'next';
  },
};

/** Did the handler mapping name this module? */
export function handledBy(
  context: { readonly handler: { readonly mapping: { readonly modules: readonly string[] } | undefined } | undefined },
  module: string,
): boolean {
  return context.handler?.mapping?.modules.includes(module) ?? false;
}
