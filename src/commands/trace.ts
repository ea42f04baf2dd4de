import nodePath from 'node:path';
import { parseApps } from '../app/place/index.js';
import { exitCodes } from '../exit-codes.js';
import { refuseBesideApphost } from '../host/facts/index.js';
import { headerPairs, tracedSite, traceUrl } from '../trace/index.js';
import type { Command, CommonOptions } from './context.js';
import { renderTrace } from './render-trace.js';

interface TraceCommandOptions extends CommonOptions {
  readonly dir?: string;
  readonly path?: string;
  readonly apphost?: string;
  readonly app?: readonly string[];
  readonly method: string;
  readonly header?: readonly string[];
}

/** `trace URL` */
export const trace: Command<TraceCommandOptions> = async ([url = '/'], options, { terminal, cwd, environment }) => {
  const { apphost, dir, path } = options;
  const apps = parseApps(cwd, options.app ?? []);
  refuseBesideApphost({ apphost, path, apps, dir });
  const { model, placement, assumed } = tracedSite({
    directory: nodePath.resolve(cwd, dir ?? '.'),
    vdirPath: path,
    apps,
    ...(apphost !== undefined && { applicationHostFile: nodePath.resolve(cwd, apphost) }),
    environment,
  });
  const journey = traceUrl({
    model,
    url,
    method: options.method.toUpperCase(),
    headers: headerPairs(options.header ?? []),
    environment,
    ...(placement && { placement }),
  });
  if (assumed !== undefined) terminal.say(terminal.err.dim(assumed));
  renderTrace(terminal, journey, cwd);
  terminal.document(journey);
  const { kind, message } = journey.outcome;
  // iisnode's own page about its settings has status 200, but is an error.
  return kind === 'error' || message !== undefined ? exitCodes.refused.code : exitCodes.done.code;
};
