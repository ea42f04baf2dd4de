import { existsSync } from 'node:fs';
import nodePath from 'node:path';
import { assumedPath, assumptionLine, pathFromFolder, placeOfApp } from '../app/place/index.js';
import { exitCodes } from '../exit-codes.js';
import { serveSite } from '../host/facts/index.js';
import { type TraceOptions, traceUrl } from '../trace/index.js';
import type { Command, CommonOptions } from './context.js';
import { renderTrace } from './render-trace.js';
import { headerPairs, parseApps } from './site-options.js';

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
  const { loadConfig, placement, assumed } = configurationOf(url, options, cwd, environment);
  const journey = traceUrl({
    model: loadConfig(),
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

type Configuration = Pick<TraceOptions, 'placement'> & {
  readonly loadConfig: ReturnType<typeof serveSite>;
  /** A line about the vdir path, where the trace itself has none. */
  readonly assumed?: string | undefined;
};

/** The given applicationHost.config, or one made for the folder, with a note on how its vdir path was chosen. */
function configurationOf(
  url: string,
  { apphost, dir, path, app }: TraceCommandOptions,
  cwd: string,
  environment: Readonly<Record<string, string | undefined>>,
): Configuration {
  if (apphost !== undefined) {
    const options = { directory: cwd, vdirPath: '/', applicationHostFile: nodePath.resolve(cwd, apphost), environment };
    const loadConfig = serveSite(options);
    const ignored = Object.entries({ dir, path, app }).flatMap(([name, value]) => (value ? [`--${name}`] : []));
    if (ignored.length === 0) return { loadConfig };
    const note = `the applications are those of ${apphost}: ${ignored.join(' and ')} ignored`;
    return { loadConfig, placement: { note } };
  }
  const { named, ...place } = placeOfApp(nodePath.resolve(cwd, dir ?? '.'), path, 'nothing');
  const loadConfig = serveSite({ ...place, apps: parseApps(cwd, app ?? []), environment });
  if (named === undefined) {
    const name = nodePath.basename(place.directory);
    const isMeant = path === undefined && namesFolder(url, name) && !existsSync(nodePath.join(place.directory, name));
    const note = `the folder is the site's root, because its vdir path is unknown: set it with --path ${pathFromFolder(place.directory)}`;
    return isMeant
      ? { loadConfig, placement: { note } }
      : { loadConfig, assumed: assumptionLine([assumedPath(place)]) };
  }
  const { key, file, line } = named;
  return {
    loadConfig,
    placement: {
      note: `the vdir path is ${named.path}, from ${key}; --path changes it`,
      file,
      line,
    },
  };
}

/** Does the URL have the folder's name as a segment? */
function namesFolder(url: string, name: string): boolean {
  return url
    .toLowerCase()
    .split(/[/\\?#]/)
    .includes(name.toLowerCase());
}
