import { ConfigError } from '../config/index.js';
import { customErrorFor, customErrorsAt, showsDetails } from '../host/stages/index.js';
import { compileOutbound, type OutboundRule, readRewriteConfig } from '../rewrite/index.js';
import type { Journey } from './journey.js';
import type { TraceOutcome } from './types.js';

/** What still happens to the answer on its way out: httpErrors, then the outbound rules. It changes no outcome. */
export function answerStages(journey: Journey, outcome: TraceOutcome): void {
  if (outcome.kind === 'abort') return;
  try {
    httpErrorsStage(journey, outcome);
    outboundStage(journey);
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    // That configuration is the outcome already, and has been told.
  }
}

/** Which page a local client gets with an error, and what becomes of the bodies node writes with 4xx and 5xx. */
function httpErrorsStage(journey: Journey, { kind, modules, status = 0, subStatus }: TraceOutcome): void {
  const errors = customErrorsAt(journey);
  const place = journey.model.effective('system.webServer/httpErrors', journey.at);
  if (kind === 'error' && subStatus !== undefined) {
    const custom = showsDetails(errors, true) ? undefined : customErrorFor(errors, status, subStatus);
    journey.note(
      'http-errors',
      { input: `${status}.${subStatus}`, ...pageFor(errors.errorMode, custom) },
      place.origin('errorMode'),
    );
  } else if (kind === 'handler' && modules?.includes('iisnode') === true) {
    const kept = errors.existingResponse === 'PassThrough';
    const note = kept
      ? 'existingResponse="PassThrough": the bodies node writes with 4xx and 5xx reach the client'
      : `existingResponse="${errors.existingResponse}": IIS's own pages replace the bodies node writes with 4xx and 5xx`;
    journey.note('http-errors', { note }, place.origin('existingResponse'));
  }
}

function pageFor(
  errorMode: string,
  custom: ReturnType<typeof customErrorFor>,
): { readonly result?: string; readonly note: string } {
  if (errorMode !== 'Custom') {
    const others = errorMode === 'Detailed' ? '' : '; other clients get the short one';
    return { note: `errorMode="${errorMode}": the client gets the detailed page${others}` };
  }
  if (custom === undefined) return { note: 'errorMode="Custom": the client gets the short page' };
  const { responseMode, path } = custom;
  const what = {
    Redirect: { result: `302 ${path}`, note: 'the client is sent to the error page' },
    ExecuteURL: { result: path, note: 'the client gets the answer of this URL in its place' },
  }[responseMode];
  return what ?? { result: path, note: 'the client gets this file in its place, where it exists' };
}

/** The outbound rules that will look at the response. What they do depends on what is in it. */
function outboundStage(journey: Journey): void {
  const config = readRewriteConfig(journey.model, journey.at);
  const rules = config.outbound?.rules ?? [];
  if (rules.length === 0) return;
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
