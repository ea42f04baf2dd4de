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
import { handlerStage, httpRedirectStage } from './handler-stage.js';
import { iisnodeStage, webSocketStage } from './iisnode-stage.js';
import { Journey } from './journey.js';
import { rewriteStage } from './rewrite-stage.js';
import { handlerFields, staticStage } from './static-stage.js';
import { parseTarget, type RequestTarget } from './target.js';
import type { DiskProbe, Trace, TraceOptions, TraceOutcome, TraceStep } from './types.js';

const disk: DiskProbe = {
  isFile: (physicalPath) => statOf(physicalPath)?.isDirectory() === false,
  isDirectory: (physicalPath) => statOf(physicalPath)?.isDirectory() === true,
};

/** As many child requests as the host makes. */
const mostChildren = 8;

/**
 * The journey of one URL through the configuration, by the functions the host itself decides with, without running
 * anything. Configuration errors become the outcome (500.19). Throws UserError BAD_URL, BAD_HEADER, SITE_NOT_FOUND.
 */
export function traceUrl(options: TraceOptions): Trace {
  const target = parseTarget(options.url);
  const method = options.method ?? 'GET';
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
  const outcome = { app: application.path, ...guarded(journey) };
  answerStages(journey, outcome);
  return done(journey.steps, outcome);
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
    return journey.failed({ status: 500, subStatus: 19, detail, ...(origin && { origin }) });
  }
}

/** The pipeline of the host, stage by stage, in its order. */
function travel(journey: Journey): TraceOutcome {
  journey.model.check(journey.at);
  passedBy(journey);
  const filtering = readRequestFiltering(journey.model, journey.at);
  for (const section of ['modules', 'httpProtocol', 'httpErrors'])
    journey.model.effective(`system.webServer/${section}`, journey.at);
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
    if (journey.steps.some(({ note }) => note?.includes(error.message))) continue;
    const { file, line = 0, hresult, section = '' } = error;
    const note = `${configErrorText(error)} (0x${hresult.toString(16)}): this request does not ask for ${section}, one that does gets 500.19`;
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

function handle(journey: Journey): TraceOutcome {
  for (let child = 0; child <= mostChildren; child++) {
    const choice = handlerStage(journey);
    const { mapping } = choice;
    const base: TraceOutcome = {
      kind: 'handler',
      url: journey.url,
      app: journey.at.application.path,
      ...(mapping && { handler: mapping.name, modules: mapping.modules }),
    };
    if (choice.failure !== undefined) return journey.failed(choice.failure, handlerFields(base));
    if (mapping?.modules.includes('iisnode')) {
      return webSocketStage(journey) ?? iisnodeStage(journey, choice, base);
    }
    if (mapping?.modules.includes('ProtocolSupportModule')) {
      return journey.method === 'TRACE'
        ? { ...base, kind: 'error', status: 501, subStatus: 0 }
        : { ...base, status: 200 };
    }
    const outcome = staticStage(journey, choice, base);
    if (outcome !== 'child') return outcome;
  }
  return journey.failed({ status: 500, subStatus: 0, detail: 'Child requests lead to child requests without end.' });
}

/** Lower-case names; Host from the URL, and for ws:// what a browser sends to shake hands. */
function headersOf({ headers = [] }: TraceOptions, target: RequestTarget): Record<string, string> {
  const handshake = { upgrade: 'websocket', connection: 'Upgrade', 'sec-websocket-version': '13' };
  const flat: Record<string, string> = { host: target.host, ...(target.upgrade && handshake) };
  const given = new Set<string>();
  for (const [name, value] of headers) {
    const key = name.toLowerCase();
    if (!/^[!#$%&'*+.^_`|~0-9a-z-]+$/.test(key)) {
      throw new UserError('BAD_HEADER', {
        what: `"${name}" is no header name`,
        why: 'A name has letters, digits and hyphens only.',
        next: "write it like --header 'Upgrade: websocket'",
      });
    }
    flat[key] = given.has(key) ? `${flat[key]}, ${value}` : value;
    given.add(key);
  }
  return flat;
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
