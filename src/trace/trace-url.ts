import nodePath from 'node:path';
import type { SiteModel } from '../config/index.js';
import { UserError } from '../errors.js';
import { disk as realDisk } from '../host/facts/index.js';
import { ConfigSnapshot, decide, imaginedRequest, type PipelineSite, type Step, stepAt } from '../pipeline/index.js';
import { configErrorText, listenPoint, siteFor } from '../pipeline/sections/index.js';
import { cookUrl } from '../rewrite/index.js';
import { answerStages } from './answer-stage.js';
import { headersOf } from './headers.js';
import { outcomeOf } from './outcome.js';
import { parseTarget, type RequestTarget } from './target.js';
import type { Tracing } from './tracing.js';
import type { Trace, TraceOptions, TraceOutcome } from './types.js';

/**
 * Traces one URL through the configuration with the functions of the host itself, without running anything.
 * Configuration errors become the outcome (500.19). Throws UserError BAD_URL, BAD_METHOD, BAD_HEADER, SITE_NOT_FOUND.
 */
export function traceUrl(options: TraceOptions): Trace {
  const target = parseTarget(options.url);
  const method = methodOf(options);
  const done = (steps: readonly Step[], outcome: TraceOutcome): Trace => ({
    url: target.url,
    method,
    steps,
    outcome,
  });
  const cooked = cookUrl(target.target);
  if ('error' in cooked) {
    const step: Step = { stage: 'url', input: target.target, note: cooked.error };
    const message = `HTTP.sys refuses the URL: ${cooked.error}.`;
    return done([step], { kind: 'error', status: 400, subStatus: 0, url: target.target, message });
  }
  const headers = headersOf(options, target);
  const { site, note } = chooseSite(options, target, headers.host ?? '');
  const { model, environment = {}, disk = realDisk, placement } = options;
  const place: PipelineSite = { snapshot: new ConfigSnapshot(model), site, disk };
  const { application, physicalPath } = place.snapshot.at(site, cooked.path).at;
  const outside = outsideNote(place, cooked.path);
  const steps = [
    stepAt('url', {
      input: target.target,
      result: cooked.query === '' ? cooked.path : `${cooked.path}?${cooked.query}`,
    }),
    stepAt('site', {
      result: `${site.name}, application ${application.path}, ${physicalPath}`,
      ...(note && { note }),
    }),
    ...(placement ? [stepAt('site', { note: placement.note }, { line: 0, file: '', ...placement })] : []),
    ...(outside ? [stepAt('site', { note: outside })] : []),
  ];
  const decision = decide(
    place,
    imaginedRequest({
      url: target.target,
      method,
      scheme: target.scheme,
      host: headers.host ?? target.host,
      port: target.port,
      headers,
    }),
  );
  steps.push(...decision.journey.steps);
  const tracing: Tracing = { decision, steps, environment };
  const outcome: TraceOutcome = { app: application.path, ...outcomeOf(tracing) };
  if (decision.outcome.kind !== 'error' || decision.outcome.configError === undefined) noteUnreadSectionErrors(tracing);
  return done(steps, answerStages(tracing, outcome));
}

function methodOf({ method = 'GET' }: TraceOptions): string {
  if (/^[!#$%&'*+.^_`|~0-9a-z-]+$/i.test(method)) return method;
  throw new UserError('BAD_METHOD', {
    what: `"${method}" is not a request method`,
    why: 'A method is one word, like GET or POST.',
    next: 'for example: --method POST',
    again: { with: ['--method', 'POST'] },
  });
}

/** A site's applications have their own paths; a URL without such a path is at the site's root, which is often empty. */
function outsideNote({ snapshot, site, disk }: PipelineSite, path: string): string | undefined {
  if (snapshot.at(site, path).at.application.path !== '/') return undefined;
  const others = site.applications.map((application) => application.path).filter((each) => each !== '/');
  if (others.length === 0) return undefined;
  if (disk.isFile(nodePath.join(snapshot.at(site, '/').at.physicalPath, 'web.config'))) return undefined;
  const [first] = others;
  if (others.length === 1) return `${path} is outside of the application ${first}: its web.config is not used`;
  const named = others.length > 5 ? `${others.slice(0, 5).join(', ')}, ...` : others.join(', ');
  return `${path} is outside of the site's applications: ${named}`;
}

/** An invalid section that this request did not read: another request may. */
function noteUnreadSectionErrors({ decision, steps }: Tracing): void {
  const { model, at } = decision.journey.config;
  for (const error of model.errors(at)) {
    const { file, line = 0, hresult, section = '' } = error;
    const isInSteps = steps.some(
      (step) => step.note?.includes(error.message) && step.file === file && step.line === error.line,
    );
    if (isInSteps) continue;
    const answer = section === 'system.webServer/iisnode' ? "iisnode's own error" : '500.19';
    const note = `${configErrorText(error)} (0x${hresult.toString(16)}): this request does not need ${section}, one that does gets ${answer}`;
    steps.push(stepAt('configuration', { input: section, note }, file === undefined ? undefined : { file, line }));
  }
}

interface ChosenSite {
  readonly site: SiteModel;
  readonly note?: string;
}

/** The given site; else the one whose binding matches; else the first, because with `serve` it answers for every host. */
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
  for (const point of sites.flatMap((site) => site.bindings.map(listenPoint))) {
    if (point?.port !== target.port || point.protocol !== target.scheme) continue;
    const bound = siteFor(sites, point, host);
    if (bound !== undefined) return { site: bound };
  }
  return sites.length === 1
    ? { site: first }
    : { site: first, note: `no binding matches ${target.host}; the first site answers` };
}
