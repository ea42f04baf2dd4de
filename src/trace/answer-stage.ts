import nodePath from 'node:path';
import { size } from '../amounts.js';
import { ConfigError, type Origin } from '../config/index.js';
import { compressionAt, decideChild, originPlace, type Step, stepAt } from '../pipeline/index.js';
import { customErrorFor, customErrorsAt, showsDetails } from '../pipeline/sections/index.js';
import { compileOutbound, type OutboundRule, readRewriteConfig } from '../rewrite/index.js';
import { outcomeOf } from './outcome.js';
import { chosenOf, spellingOf, type Tracing } from './tracing.js';
import type { TraceOutcome } from './types.js';

const proxy = 'ApplicationRequestRouting';

/**
 * The stages of the response: httpErrors, then the outbound rules. Returns the outcome for the client: an
 * outbound rule that cannot be compiled turns every response into an error.
 */
export function answerStages(tracing: Tracing, outcome: TraceOutcome): TraceOutcome {
  if (outcome.kind === 'abort') return outcome;
  try {
    const answer = outboundStage(tracing, httpErrorsStage(tracing, outcome));
    compressionStage(tracing);
    return answer;
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    return outcome; // that configuration error already is the outcome, and was reported
  }
}

function addStep(
  tracing: Tracing,
  stage: 'http-errors' | 'outbound-rewrite' | 'compression',
  step: Omit<Step, 'stage' | 'file' | 'line'>,
  origin?: Origin,
): void {
  tracing.steps.push(stepAt(stage, step, origin));
}

/** Which page a local client gets with an error, and what happens to the bodies that node sends with 4xx and 5xx. */
function httpErrorsStage(tracing: Tracing, outcome: TraceOutcome): TraceOutcome {
  const { kind, modules, status = 0, subStatus } = outcome;
  const { config } = tracing.decision.journey;
  const errors = customErrorsAt(config);
  const place = config.model.effective('system.webServer/httpErrors', config.at);
  if (kind === 'error' && subStatus !== undefined) {
    const custom = showsDetails(errors, true) ? undefined : customErrorFor(errors, status, subStatus);
    const input = `${status}.${subStatus}`;
    const origin = place.origin('errorMode');
    if (custom?.responseMode === 'ExecuteURL') return executeUrl(tracing, outcome, { input, url: custom.path, origin });
    addStep(tracing, 'http-errors', { input, ...pageFor(tracing, errors.errorMode, custom) }, origin);
  } else if (kind === 'handler' && modules?.includes('httpPlatformHandler') === true) {
    // It asks IIS to leave its bodies alone (fTrySkipCustomErrors); `Replace` does not listen.
    const note =
      errors.existingResponse === 'Replace'
        ? 'existingResponse="Replace": IIS\'s own pages replace the bodies that the process writes with 4xx and 5xx'
        : `existingResponse="${errors.existingResponse}": the bodies that the process writes with 4xx and 5xx reach the client`;
    addStep(tracing, 'http-errors', { note }, place.origin('existingResponse'));
  } else if (kind === 'handler' && (modules?.includes('iisnode') || modules?.includes(proxy))) {
    const kept = errors.existingResponse === 'PassThrough';
    const who = modules?.includes(proxy) ? 'the other server' : 'node';
    const note = kept
      ? `existingResponse="PassThrough": the bodies ${who} writes with 4xx and 5xx reach the client`
      : `existingResponse="${errors.existingResponse}": IIS's own pages replace the bodies ${who} writes with 4xx and 5xx`;
    addStep(tracing, 'http-errors', { note }, place.origin('existingResponse'));
  }
  return outcome;
}

/** The page without detail: used where no custom page is configured, or the custom page cannot be sent. */
const shortPage = 'the client gets the short page';

/** The URL of an error page, starting at handler mapping, as in the host: the client gets its answer. */
function executeUrl(
  tracing: Tracing,
  outcome: TraceOutcome,
  error: { readonly input: string; readonly url: string; readonly origin: Origin | undefined },
): TraceOutcome {
  const { input, url, origin } = error;
  if (tracing.decision.journey.request.isUpgrade) {
    addStep(tracing, 'http-errors', { input, note: `an upgrade gets no custom page: ${shortPage}` }, origin);
    return outcome;
  }
  addStep(
    tracing,
    'http-errors',
    { input, result: url, note: 'the client gets the answer of this URL instead' },
    origin,
  );
  const page = pageOf(tracing, url);
  // IIS has answered TRACE with that status: the page itself did not fail.
  if (page !== undefined && (page.kind !== 'error' || page.status === 501)) return { ...outcome, page };
  const why = page?.message ?? 'its configuration cannot be used';
  addStep(tracing, 'http-errors', { input, note: `the error page fails itself (${why}): ${shortPage}` }, origin);
  return outcome;
}

function pageOf({ decision, steps, environment }: Tracing, url: string): TraceOutcome | undefined {
  const page = decideChild(decision, url);
  if (page.outcome.kind === 'error' && page.outcome.configError !== undefined) return undefined;
  steps.push(...page.journey.steps);
  return { ...outcomeOf({ decision: page, steps, environment }), url };
}

function pageFor(
  tracing: Tracing,
  errorMode: string,
  custom: ReturnType<typeof customErrorFor>,
): { readonly result?: string; readonly note: string } {
  if (errorMode !== 'Custom') {
    const who =
      errorMode === 'Detailed'
        ? 'every client gets the detailed page'
        : 'a client on the server itself gets the detailed page; other clients get the short one';
    return { note: `errorMode="${errorMode}": ${who}` };
  }
  if (custom === undefined) return { note: `errorMode="Custom": ${shortPage}` };
  if (custom.responseMode === 'Redirect') {
    return { result: `302 ${custom.path}`, note: 'the client is sent to the error page' };
  }
  const { snapshot, site, config, disk } = tracing.decision.journey;
  const root = snapshot.at(site, config.at.application.path).at.physicalPath;
  const named = nodePath.resolve(root, custom.path.replaceAll('\\', nodePath.sep));
  const file = spellingOf(tracing.decision.journey, named);
  const note = disk.isFile(file) ? 'the client gets this file instead' : `there is no such file: ${shortPage}`;
  return { result: file, note };
}

/** The outbound rules that will test the response. Their effect depends on its content. */
function outboundStage(tracing: Tracing, outcome: TraceOutcome): TraceOutcome {
  const { journey } = tracing.decision;
  if (!journey.reachedOutbound) return outcome;
  const config = readRewriteConfig(journey.config.model, journey.config.at);
  const rules = config.outbound?.rules ?? [];
  if (rules.length === 0) return outcome;
  const { problem } = compileOutbound(config);
  for (const rule of rules) {
    const note =
      problem?.rule === rule
        ? `every response fails with 500.${problem.subStatus}: ${problem.detail}`
        : rule.enabled
          ? `tests ${placeIn(rule)} of ${responsesOf(rule)}`
          : 'the rule is disabled';
    const { pattern, negate } = rule.match;
    addStep(
      tracing,
      'outbound-rewrite',
      {
        rule: rule.name,
        ...(pattern !== undefined && { pattern }),
        ...(negate && { negate: true }),
        ...(rule.action.type === 'Rewrite' && { result: rule.action.value }),
        note,
      },
      rule.origin,
    );
  }
  // The data of an upgrade is not a response: the rules see only the answer when node refuses the upgrade.
  const { kind } = tracing.decision.outcome;
  const isWebSocket = (kind === 'http-platform' || kind === 'proxy') && tracing.decision.outcome.webSocket;
  const isUpgraded = journey.request.isUpgrade && (isWebSocket || (kind === 'iisnode' && outcome.kind === 'handler'));
  if (problem === undefined || isUpgraded) return outcome;
  const { status: _status, location: _location, page: _page, script: _script, ...rest } = outcome;
  const { message, rule } = problem;
  const errors = customErrorsAt(journey.config);
  const page = showsDetails(errors, true) ? pageFor(tracing, errors.errorMode, undefined).note : shortPage;
  addStep(tracing, 'http-errors', { input: `500.${problem.subStatus}`, note: page });
  return {
    ...rest,
    ...chosenOf(journey),
    kind: 'error',
    status: 500,
    subStatus: problem.subStatus,
    message,
    ...originPlace(rule.origin),
  };
}

/** What the DynamicCompressionModule does to the answers of processes; nothing where it is not installed, as on a new IIS. */
function compressionStage(tracing: Tracing): void {
  const { outcome, journey } = tracing.decision;
  if (!compresses.includes(outcome.kind)) return;
  const settings = compressionAt(journey.config);
  if (settings === undefined) return;
  const types = [...settings.types].flatMap(([type, enabled]) => (enabled ? [type] : []));
  const note = `answers of type ${types.join(', ')} are compressed for clients that accept gzip; a stream is held back until ${size(settings.holdsBack)} are full, or until its end: doDynamicCompression="false", or Cache-Control: no-transform`;
  const { model, at } = journey.config;
  addStep(tracing, 'compression', { note }, model.effective('system.webServer/urlCompression', at).origin());
}

const compresses: readonly string[] = ['iisnode', 'http-platform', 'proxy'];

const responsesOf = ({ preCondition }: OutboundRule): string =>
  preCondition === undefined ? 'every response' : `responses that match the preCondition ${preCondition}`;

function placeIn({ match: { serverVariable, filterByTags } }: OutboundRule): string {
  if (serverVariable?.toUpperCase().startsWith('RESPONSE_')) {
    const header = serverVariable.slice('RESPONSE_'.length).replaceAll('_', '-').toLowerCase();
    return header === 'status' ? 'the status' : `the header ${header}`;
  }
  if (serverVariable !== undefined && serverVariable !== '') return `the server variable ${serverVariable}`;
  return filterByTags.length === 0 ? 'the whole body' : `the tags ${filterByTags.join(', ')}`;
}
