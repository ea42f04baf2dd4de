import { originPlace } from '../pipeline/index.js';
import type { StageFailure } from '../pipeline/sections/index.js';
import { httpPlatformForecast } from './http-platform-forecast.js';
import { iisnodeForecast } from './iisnode-forecast.js';
import { chosenOf, spellingOf, type Tracing } from './tracing.js';
import type { TraceOutcome } from './types.js';

/** A decision's outcome for the document of `trace --json`, with a forecast of what iisnode or HttpPlatformHandler would do. */
export function outcomeOf(tracing: Tracing): TraceOutcome {
  const { outcome, journey } = tracing.decision;
  const { url, config } = journey;
  const base: TraceOutcome = { kind: 'handler', url, ...chosenOf(journey) };
  switch (outcome.kind) {
    case 'iisnode':
      return iisnodeForecast(tracing, base);
    case 'http-platform':
      return httpPlatformForecast(tracing, base);
    case 'proxy': {
      const app = config.at.application.path;
      return { kind: 'handler', url: outcome.url.href, modules: ['ApplicationRequestRouting'], app };
    }
    case 'protocol-support':
      return journey.request.method === 'TRACE'
        ? { ...base, kind: 'error', status: 501, subStatus: 0 }
        : { ...base, status: 200 };
    case 'file':
    case 'listing':
      return { ...base, status: 200, script: spellingOf(journey, config.at.physicalPath) };
    case 'custom-response': {
      const app = config.at.application.path;
      return { kind: 'handler', status: outcome.status, url, modules: ['RewriteModule'], app };
    }
    case 'redirect':
      return { kind: 'redirect', status: outcome.status, location: outcome.location, url };
    case 'abort':
      return { kind: 'abort', url };
    case 'error':
      return failed(tracing, outcome.failure);
  }
}

function failed({ decision: { journey } }: Tracing, { status, subStatus, detail, origin }: StageFailure): TraceOutcome {
  const rule = journey.rewritten?.steps.findLast(({ verdict }) => verdict === 'applied')?.rule.name;
  const message = detail === '' && rule !== undefined ? `Rule "${rule}" sends this answer.` : detail;
  return { kind: 'error', status, subStatus, url: journey.url, ...chosenOf(journey), message, ...originPlace(origin) };
}
