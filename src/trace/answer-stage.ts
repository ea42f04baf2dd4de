import nodePath from 'node:path';
import { ConfigError, type Origin } from '../config/index.js';
import { customErrorFor, customErrorsAt, showsDetails } from '../host/stages/index.js';
import { compileOutbound, type OutboundRule, readRewriteConfig } from '../rewrite/index.js';
import { handle } from './handle.js';
import { type Journey, placeOf } from './journey.js';
import type { TraceOutcome } from './types.js';

/**
 * What still happens to the answer on its way out: httpErrors, then the outbound rules. Gives the outcome a client sees: an
 * outbound rule that cannot be compiled makes an error of every answer.
 */
export function answerStages(journey: Journey, outcome: TraceOutcome): TraceOutcome {
  if (outcome.kind === 'abort') return outcome;
  try {
    return outboundStage(journey, httpErrorsStage(journey, outcome));
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    return outcome; // that configuration is the outcome already, and has been told
  }
}

/** Which page a local client gets with an error, and what becomes of the bodies node writes with 4xx and 5xx. */
function httpErrorsStage(journey: Journey, outcome: TraceOutcome): TraceOutcome {
  const { kind, modules, status = 0, subStatus } = outcome;
  const errors = customErrorsAt(journey);
  const place = journey.model.effective('system.webServer/httpErrors', journey.at);
  if (kind === 'error' && subStatus !== undefined) {
    const custom = showsDetails(errors, true) ? undefined : customErrorFor(errors, status, subStatus);
    const input = `${status}.${subStatus}`;
    const origin = place.origin('errorMode');
    if (custom?.responseMode === 'ExecuteURL') return executeUrl(journey, outcome, { input, url: custom.path, origin });
    journey.note('http-errors', { input, ...pageFor(journey, errors.errorMode, custom) }, origin);
  } else if (kind === 'handler' && modules?.includes('iisnode') === true) {
    const kept = errors.existingResponse === 'PassThrough';
    const note = kept
      ? 'existingResponse="PassThrough": the bodies node writes with 4xx and 5xx reach the client'
      : `existingResponse="${errors.existingResponse}": IIS's own pages replace the bodies node writes with 4xx and 5xx`;
    journey.note('http-errors', { note }, place.origin('existingResponse'));
  }
  return outcome;
}

/** Without detail: what is asked for where no page of a person's own is given, or the page cannot be given. */
const shortPage = 'the client gets the short page';

/** The URL of an error page, from handler mapping on, as the host runs it: what it answers, the client gets. */
function executeUrl(
  journey: Journey,
  outcome: TraceOutcome,
  error: { readonly input: string; readonly url: string; readonly origin: Origin | undefined },
): TraceOutcome {
  const { input, url, origin } = error;
  if (journey.isUpgrade) {
    journey.note('http-errors', { input, note: `an upgrade gets no page of its own: ${shortPage}` }, origin);
    return outcome;
  }
  journey.note(
    'http-errors',
    { input, result: url, note: 'the client gets the answer of this URL in its place' },
    origin,
  );
  const page = pageOf(journey, url);
  // IIS has answered TRACE with that status: it is no failure of the page.
  if (page !== undefined && (page.kind !== 'error' || page.status === 501)) return { ...outcome, page };
  const why = page?.message ?? 'its configuration cannot be used';
  journey.note('http-errors', { input, note: `the error page fails itself (${why}): ${shortPage}` }, origin);
  return outcome;
}

function pageOf(journey: Journey, url: string): TraceOutcome | undefined {
  const [path = '/', query = ''] = url.split('?', 2);
  try {
    journey.freezeUrl();
    journey.moveTo(path, query);
    return { ...handle(journey), url };
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    return undefined;
  }
}

function pageFor(
  journey: Journey,
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
  const { model, site, at, probe } = journey;
  const root = model.locate(site, at.application.path).physicalPath;
  const file = nodePath.resolve(root, custom.path.replaceAll('\\', nodePath.sep));
  const note = probe.isFile(file) ? 'the client gets this file in its place' : `there is no such file: ${shortPage}`;
  return { result: file, note };
}

/** The outbound rules that will look at the response. What they do depends on what is in it. */
function outboundStage(journey: Journey, outcome: TraceOutcome): TraceOutcome {
  if (!journey.reachedOutbound) return outcome;
  const config = readRewriteConfig(journey.model, journey.at);
  const rules = config.outbound?.rules ?? [];
  if (rules.length === 0) return outcome;
  const { problem } = compileOutbound(config);
  for (const rule of rules) {
    const note =
      problem?.rule === rule
        ? `every response fails with 500.${problem.subStatus}: ${problem.detail}`
        : rule.enabled
          ? `looks at ${placeIn(rule)} of ${responsesOf(rule)}`
          : 'the rule is disabled';
    const { pattern, negate } = rule.match;
    journey.note(
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
  // What an upgrade carries is no response: the rules see only the answer of a node that refuses it.
  const isUpgraded = journey.isUpgrade && outcome.kind === 'handler' && outcome.modules?.includes('iisnode') === true;
  if (problem === undefined || isUpgraded) return outcome;
  const { status: _status, location: _location, page: _page, script: _script, ...rest } = outcome;
  const { message, rule } = problem;
  const errors = customErrorsAt(journey);
  const page = showsDetails(errors, true) ? pageFor(journey, errors.errorMode, undefined).note : shortPage;
  journey.note('http-errors', { input: `500.${problem.subStatus}`, note: page });
  return {
    ...rest,
    ...journey.chosen,
    kind: 'error',
    status: 500,
    subStatus: problem.subStatus,
    message,
    ...placeOf(rule.origin),
  };
}

const responsesOf = ({ preCondition }: OutboundRule): string =>
  preCondition === undefined ? 'every response' : `responses that fit the preCondition ${preCondition}`;

function placeIn({ match: { serverVariable, filterByTags } }: OutboundRule): string {
  if (serverVariable?.toUpperCase().startsWith('RESPONSE_')) {
    const header = serverVariable.slice('RESPONSE_'.length).replaceAll('_', '-').toLowerCase();
    return header === 'status' ? 'the status' : `the header ${header}`;
  }
  if (serverVariable !== undefined && serverVariable !== '') return `the server variable ${serverVariable}`;
  return filterByTags.length === 0 ? 'the whole body' : `the tags ${filterByTags.join(', ')}`;
}
