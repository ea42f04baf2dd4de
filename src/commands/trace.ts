import nodePath from 'node:path';
import { parseApps } from '../app/place/index.js';
import { exitCodes } from '../exit-codes.js';
import { refuseBesideApphost } from '../host/facts/index.js';
import { quoteForShell } from '../quoting.js';
import { headerPairs, namedOrigin, tracedSite, traceUrl } from '../trace/index.js';
import type { Command, CommandContext, CommonOptions } from './context.js';
import { renderTrace } from './render-trace.js';
import { optionsOfTrace } from './served-place.js';

interface TraceCommandOptions extends CommonOptions {
  readonly dir?: string;
  readonly path?: string;
  readonly apphost?: string;
  readonly app?: readonly string[];
  readonly method: string;
  readonly header?: readonly string[];
}

/** `trace URL` */
export const trace: Command<TraceCommandOptions> = async ([url = '/'], options, context) => {
  const { terminal, cwd, environment } = context;
  const { apphost, dir, path } = options;
  const apps = parseApps(cwd, options.app ?? []);
  refuseBesideApphost({ apphost, path, apps, dir });
  const isNamed = [dir, apphost, path, ...apps].some((given) => given !== undefined);
  const found = isNamed ? undefined : await servedPlaceOf(url, context);
  const { model, placement, assumed } = tracedSite({
    directory: nodePath.resolve(cwd, dir ?? '.'),
    vdirPath: path,
    apps,
    ...(apphost !== undefined && { applicationHostFile: nodePath.resolve(cwd, apphost) }),
    environment,
    ...found?.place,
  });
  const journey = traceUrl({
    model,
    url,
    method: options.method.toUpperCase(),
    headers: headerPairs(options.header ?? []),
    environment,
    ...(placement && { placement }),
    ...(found?.site !== undefined && { site: found.site }),
  });
  if (assumed !== undefined) terminal.say(terminal.err.dim(assumed));
  renderTrace(terminal, journey, cwd);
  terminal.document(journey);
  const { kind, message } = journey.outcome;
  // iisnode's own page about its settings has status 200, but is an error.
  return kind === 'error' || message !== undefined ? exitCodes.refused.code : exitCodes.done.code;
};

/** Where a URL with a host leads to a host of this user: the place that it serves, in the options of `tracedSite`, which is said. */
async function servedPlaceOf(url: string, { terminal, cwd, environment }: CommandContext) {
  const origin = namedOrigin(url);
  if (origin === undefined) return undefined;
  const { servedAt } = await import('./served-at.js');
  const served = await servedAt(origin, environment);
  if (served === undefined) return undefined;
  const { by, site, place } = served;
  const { apphost, directory, path, apps } = place;
  const options = optionsOfTrace(place, cwd).map(quoteForShell).join(' ');
  terminal.say(terminal.err.dim(`${by} listens there${options === '' ? '' : `: traced as with ${options}`}`));
  return {
    site,
    place: apphost === undefined ? { directory, vdirPath: path, apps } : { applicationHostFile: apphost },
  };
}
