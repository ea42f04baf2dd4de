import nodePath from 'node:path';
import { ConfigError, type SiteModel } from '../config/index.js';
import { UserError } from '../errors.js';
import {
  configErrorText,
  filterRequest,
  listenPoint,
  maxUrlSegmentsOf,
  readRequestFiltering,
  siteFor,
  statOf,
} from '../host/stages/index.js';
import { cookUrl } from '../rewrite/index.js';
import { answerStages } from './answer-stage.js';
import { handle } from './handle.js';
import { httpRedirectStage } from './handler-stage.js';
import { headersOf } from './headers.js';
import { Journey } from './journey.js';
import { rewriteStage } from './rewrite-stage.js';
import { parseTarget, type RequestTarget } from './target.js';
import type { DiskProbe, Trace, TraceOptions, TraceOutcome, TraceStep } from './types.js';

const disk: DiskProbe = {
  isFile: (physicalPath) => statOf(physicalPath)?.isFile() === true,
  isDirectory: (physicalPath) => statOf(physicalPath)?.isDirectory() === true,
};

/**
 * The journey of one URL through the configuration, by the functions the host itself decides with, without running
 * anything. Configuration errors become the outcome (500.19). Throws UserError BAD_URL, BAD_METHOD, BAD_HEADER, SITE_NOT_FOUND.
 */
export function traceUrl(options: TraceOptions): Trace {
  const target = parseTarget(options.url);
  const method = methodOf(options);
  const done = (steps: readonly TraceStep[], outcome: TraceOutcome): Trace => ({
    url: target.url,
    method,
    steps,
    outcome,
  });
  const cooked = cookUrl(target.target);
  if ('error' in cooked) {
    const step: TraceStep = { stage: 'url', input: target.target, note: cooked.error };
    const message = `HTTP.sys refuses the URL: ${cooked.error}.`;
    return done([step], { kind: 'error', status: 400, subStatus: 0, url: target.target, message });
  }
  const headers = headersOf(options, target);
  const { site, note } = chooseSite(options, target, headers.host ?? '');
  const { model, environment = {}, probe = disk } = options;
  const journey = new Journey(model, site, target, method, headers, environment, probe, cooked);
  const { application, physicalPath } = journey.at;
  journey.note('url', { input: target.target, result: journey.url });
  journey.note('site', {
    result: `${site.name}, application ${application.path}, ${physicalPath}`,
    ...(note && { note }),
  });
  const { placement } = options;
  if (placement !== undefined) journey.note('site', { note: placement.note }, { line: 0, file: '', ...placement });
  const outside = outsideNote(journey);
  if (outside !== undefined) journey.note('site', { note: outside });
  return done(journey.steps, answerStages(journey, { app: application.path, ...guarded(journey) }));
}

function methodOf({ method = 'GET' }: TraceOptions): string {
  if (/^[!#$%&'*+.^_`|~0-9a-z-]+$/i.test(method)) return method;
  throw new UserError('BAD_METHOD', {
    what: `"${method}" is no request method`,
    why: 'A method is one word, like GET or POST.',
    next: 'for example: --method POST',
  });
}

/** A site's applications have their own paths; who leaves one out gets the site's root, where often nothing is. */
function outsideNote({ model, site, at, path, probe }: Journey): string | undefined {
  if (at.application.path !== '/') return undefined;
  const others = site.applications.map((application) => application.path).filter((each) => each !== '/');
  if (others.length === 0) return undefined;
  if (probe.isFile(nodePath.join(model.locate(site, '/').physicalPath, 'web.config'))) return undefined;
  const [first] = others;
  if (others.length === 1) return `${path} is outside of the application ${first}: its web.config is not asked`;
  const named = others.length > 5 ? `${others.slice(0, 5).join(', ')}, ...` : others.join(', ');
  return `${path} is outside of the site's applications: ${named}`;
}

function guarded(journey: Journey): TraceOutcome {
  try {
    const outcome = travel(journey);
    brokenUnread(journey);
    return outcome;
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    const { file, line = 0, hresult } = error;
    const detail = configErrorText(error);
    const origin = file === undefined ? undefined : { file, line };
    journey.note('configuration', { matched: false, note: `${detail} (0x${hresult.toString(16)})` }, origin);
    lockNote(journey, error);
    return journey.failed({ status: 500, subStatus: 19, detail, ...(origin && { origin }) });
  }
}

/** Who locks a section, and how it is opened. */
function lockNote(journey: Journey, { kind, section, lockedBy }: ConfigError): void {
  if (kind !== 'section-locked' || section === undefined) return;
  const [server] = journey.model.files;
  const byWebConfig = lockedBy !== undefined && lockedBy.file !== server;
  const note = byWebConfig
    ? `the <location> around <${section.split('/').at(-1)}> here locks it for the folders below`
    : `where the lock is the server's own: appcmd unlock config /section:${section}, which deploy does`;
  journey.note('configuration', { input: section, note }, lockedBy);
}

/** The pipeline of the host, stage by stage, in its order. */
function travel(journey: Journey): TraceOutcome {
  journey.model.check(journey.at);
  passedBy(journey);
  const filtering = readRequestFiltering(journey.model, journey.at);
  for (const section of ['modules', 'httpProtocol', 'httpErrors'])
    journey.model.effective(`system.webServer/${section}`, journey.at);
  journey.reachedOutbound = true;
  return (
    rewriteStage(journey, 'Global') ??
    filterStage(journey, filtering) ??
    rewriteStage(journey, 'Distributed') ??
    httpRedirectStage(journey) ??
    handle(journey)
  );
}

/** What the model does not judge. The server's own sections for other things than node are no news. */
function passedBy(journey: Journey): void {
  const [server] = journey.model.files;
  for (const { kind, section, message, origin } of journey.model.notes(journey.at)) {
    if (kind === 'not-judged' && origin.file === server) continue;
    journey.note('configuration', { input: section, note: message }, origin);
  }
}

/** A section that is broken, and that nothing on the way of this request asked for: the next request may. */
function brokenUnread(journey: Journey): void {
  for (const error of journey.model.errors(journey.at)) {
    const { file, line = 0, hresult, section = '' } = error;
    const isTold = journey.steps.some(
      (step) => step.note?.includes(error.message) && step.file === file && step.line === error.line,
    );
    if (isTold) continue;
    const answer = section === 'system.webServer/iisnode' ? "iisnode's own error" : '500.19';
    const note = `${configErrorText(error)} (0x${hresult.toString(16)}): this request does not ask for ${section}, one that does gets ${answer}`;
    journey.note('configuration', { input: section, note }, file === undefined ? undefined : { file, line });
  }
}

function filterStage(journey: Journey, before: ReturnType<typeof readRequestFiltering>): TraceOutcome | undefined {
  const rules = journey.rewritten === undefined ? before : readRequestFiltering(journey.model, journey.at);
  const [rawPath = ''] = journey.target.target.split('?', 1);
  const { method, path, query, headers } = journey;
  const maxUrlSegments = maxUrlSegmentsOf(journey.model, journey.at.site);
  const denied = filterRequest({ method, rawPath, path, query, headers, maxUrlSegments }, rules);
  const place = denied?.origin;
  journey.note(
    'request-filtering',
    { matched: denied !== undefined, input: path, note: denied?.detail ?? 'let through' },
    place,
  );
  return denied === undefined ? undefined : journey.failed(denied);
}

interface ChosenSite {
  readonly site: SiteModel;
  readonly note?: string;
}

/** The site asked for; else the one whose binding fits; else the first, as `serve` lets it answer for every host. */
function chooseSite({ model, site: name }: TraceOptions, target: RequestTarget, host: string): ChosenSite {
  const { sites } = model;
  const asked = name === undefined ? undefined : sites.find((site) => site.name.toLowerCase() === name.toLowerCase());
  if (asked !== undefined) return { site: asked };
  const [first] = sites;
  if (name !== undefined || first === undefined) {
    throw new UserError('SITE_NOT_FOUND', {
      what: name === undefined ? 'The configuration has no site' : `There is no site "${name}"`,
      why:
        sites.length === 0
          ? 'applicationHost.config declares none.'
          : `There are: ${sites.map((site) => site.name).join(', ')}.`,
      next: 'name one of them, or another applicationHost.config with --apphost FILE',
    });
  }
  const points = sites.flatMap((site) => site.bindings.map(listenPoint)).filter(({ port }) => port === target.port);
  for (const point of points) {
    const bound = siteFor(sites, point, host);
    if (bound !== undefined) return { site: bound };
  }
  return sites.length === 1
    ? { site: first }
    : { site: first, note: `no binding fits ${target.host}; the first site answers` };
}
