import { existsSync } from 'node:fs';
import path from 'node:path';
import { programOf } from '../../app/index.js';
import { fileLimits, readIfThereSync } from '../../files/index.js';
import type { ProbeStep } from '../../probe/index.js';
import type { Place } from '../../source/index.js';
import { otherHosts, plainRouteOf, programOfProcessPath, sectionsAt } from '../../webconfig/index.js';
import { attribute, type XmlDocument } from '../../xml/index.js';
import { activeListens } from '../facts/active-listens.js';
import type { FileFacts, TrialFacts, TrialOutcome, TrialReport } from '../types.js';
import { failuresOf, outcomeOf, type TrialPlace } from './outcome.js';
import { runTrial, type TrialOptions, type TrialRun } from './run-trial.js';

export interface TryOptions extends Pick<TrialOptions, 'environment' | 'signal' | 'limit'> {
  /** At the site's root: the vdir path is unknown, and the app does not answer at the one that would be assumed. */
  readonly isRoot?: boolean;
}

/** Why an app cannot be started in a trial, one clause; undefined where it can. */
export function whyNotTried({ directory, webConfig, entries, site, package: packages }: FileFacts): string | undefined {
  if (/%[^%\\/]+%/.test(directory)) return 'its path has a %NAME% in it, which IIS takes for an environment variable';
  if (webConfig.bytes === undefined) return 'there is no web.config';
  const { document } = webConfig;
  if (document !== undefined) {
    const [host] = otherHosts(document);
    const isOfIisnode = site === undefined || site.iisnodeHandlers.length > 0;
    const isOfPlatform = host?.kind === 'HttpPlatformHandler' && !isOfIisnode;
    if (host?.kind === 'a reverse proxy' && !isOfIisnode)
      return 'its web.config hands the requests to another server, which a trial does not start';
    if (host !== undefined && !isOfIisnode && !isOfPlatform)
      return `its web.config is for ${host.kind}, which the embedded IIS does not run`;
    const program = isOfPlatform ? programNotHere(document, directory) : undefined;
    if (program !== undefined) return `HttpPlatformHandler starts ${program}, which is not on this machine`;
    if (entries.length === 0 && !isOfPlatform) return 'web.config gives no file to iisnode';
  }
  const needs = Object.keys(packages.dependencies).length > 0;
  if (needs && !packages.wasInstalled) return 'its dependencies are not installed (npm install)';
  return undefined;
}

/** The processPath of Windows where another system has no such program; node is taken from where it is here. */
function programNotHere(document: XmlDocument, directory: string): string | undefined {
  const section = sectionsAt(document, 'system.webServer/httpPlatform')[0];
  const named = (section && attribute(section, 'processPath')) ?? '';
  const { name, ending } = programOfProcessPath(named);
  const isOfWindows = /^[a-z]:\\|^\\\\|%/i.test(named) || /^\.(cmd|bat|ps1)$/.test(ending);
  if (process.platform === 'win32' || !isOfWindows || name === 'node') return undefined;
  return existsSync(path.resolve(directory, named.replaceAll('\\', '/'))) ? undefined : named;
}

/** Starts the app and looks at it. @throws what `runTrial` throws. */
export async function tryApp(facts: FileFacts, options: TryOptions): Promise<TrialFacts> {
  const { directory, folder, entries, place: placed, site, target, around } = facts;
  const { isRoot = false, environment, signal, limit } = options;
  const { appSources } = await import('../../probe/index.js'); // loaded here: a folder is examined without it
  const [entry] = entries;
  const vdirPath = isRoot && around.server === undefined ? '/' : (placed?.vdirPath ?? '/');
  const loadedBy = (name: string) => entries.find((each) => each.name === name)?.program;
  const run = await runTrial({
    directory,
    vdirPath,
    apps: around.apps,
    server: around.server,
    pages: entries.map(({ name }) => name),
    plainRoute: plainRouteOf(site?.rewrite?.rules ?? []),
    sources: entry && (() => appSources({ directory, folder, loadedBy }, { entry: entry.name, vdirPath })),
    environment,
    signal,
    limit,
  });
  const program = entry === undefined ? 'The app' : programOf(entry).name;
  const loaders = new Set(entries.flatMap(({ program: loaded, file }) => (loaded === undefined ? [] : [file])));
  // A line of the loader is not the app's.
  const place = (at: TrialPlace): Place | undefined => (loaders.has(at.file) ? undefined : placeIn(at));
  // Behind the loader and HttpPlatformHandler node runs in the app's folder.
  const isInOwn = run.listensOn === 'pipe' && entry !== undefined && entry.program === undefined;
  const at = isInOwn ? path.posix.dirname(entry.name).replace(/^\.$/, '') : '';
  const directoryOfNode = { folder, at };
  const listen = listenIn(facts);
  return { kind: 'trial', target, run, program, directory: directoryOfNode, client: clientIn(facts), listen, place };
}

/** Frameworks listen at a later turn: the stack of such an error does not lead to the app. */
function listenIn(facts: FileFacts): Place | undefined {
  const [only, ...others] = activeListens(facts);
  return others.length === 0 ? only?.at : undefined;
}

/** A page that is made of a template has other lines than its file. */
function clientIn({ pages }: FileFacts): TrialFacts['client'] {
  const all = pages.flatMap(({ clients }) => clients.map(({ at }) => at));
  const places = [...new Map(all.map((at) => [`${at.file}:${at.line}`, at])).values()];
  return (askedBy) => {
    const [, line] = /^line (\d+) of the page$/.exec(askedBy) ?? [];
    const meant = places.filter(({ file, line: row }) =>
      line === undefined ? askedBy === `${path.basename(file)}:${row}` : row === Number(line) && /\.html?$/i.test(file),
    );
    return meant.length === 1 ? meant[0] : undefined;
  };
}

/** Of a trial that ran. */
export function reportOf({ run }: TrialFacts): TrialReport {
  const { kind } = outcomeOf(run);
  const outcome = kind === 'answers' ? answerOf(run) : kind;
  const { ms, url, apphost } = run;
  return { ran: true, ms, url, outcome, ...(apphost !== undefined && { apphost }) };
}

/** How much of what a browser asks for came; a step that neither a page nor the sources ask for does not count. */
function answerOf(run: TrialRun): TrialOutcome {
  const isPart = ({ missing, unfinished }: ProbeStep): boolean => missing !== undefined || unfinished !== undefined;
  if (failuresOf(run).length > 0 || run.steps.some(isPart)) return 'fails';
  if (run.steps.some(({ policy }) => policy !== undefined)) return 'refused-by-policy';
  return run.steps.every(({ ok }) => ok) ? 'works' : 'undecided';
}

/** A position in a file as it is now, at the first character of the line; undefined without a line. */
function placeIn({ file, line }: TrialPlace): Place | undefined {
  if (line === undefined) return undefined;
  let text: string | undefined;
  try {
    text = readIfThereSync(file, fileLimits.source)?.toString();
  } catch {
    return undefined; // a bundle that is too large, or no file
  }
  if (text === undefined) return undefined;
  const rows = text.split(/\r\n|\r|\n/);
  const row = rows[line - 1];
  if (row === undefined) return undefined;
  const column = row.length - row.trimStart().length + 1;
  return { file, line, column, evidence: row.slice(0, 200) };
}
