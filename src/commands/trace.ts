import { exitCodes } from '../exit-codes.js';
import { serveSite } from '../host/stages/index.js';
import { traceUrl } from '../trace/index.js';
import type { Command, CommonOptions } from './context.js';
import { renderTrace } from './render-trace.js';
import { headerPairs, siteDirectory } from './site-options.js';

interface TraceCommandOptions extends CommonOptions {
  readonly dir: string;
  readonly path: string;
  readonly apphost?: string;
  readonly method: string;
  readonly header?: readonly string[];
}

/** `trace URL` */
export const trace: Command<TraceCommandOptions> = async ([url = '/'], options, { terminal, cwd, environment }) => {
  const loadConfig = serveSite({
    ...siteDirectory(cwd, options.dir, options.path),
    ...(options.apphost === undefined ? {} : { applicationHostFile: options.apphost }),
    environment,
  });
  const journey = traceUrl({
    model: loadConfig(),
    url,
    method: options.method.toUpperCase(),
    headers: headerPairs(options.header ?? []),
    environment,
  });
  renderTrace(terminal, journey);
  terminal.document(journey);
  return journey.outcome.kind === 'error' ? exitCodes.refused.code : exitCodes.done.code;
};
