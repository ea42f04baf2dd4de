import { handlerStage } from './handler-stage.js';
import { iisnodeStage, webSocketStage } from './iisnode-stage.js';
import type { Journey } from './journey.js';
import { staticStage } from './static-stage.js';
import type { TraceOutcome } from './types.js';

/** As many child requests as the host makes. */
const mostChildren = 8;

/** From handler mapping on: the mapping that takes the URL, and what its modules do. Throws ConfigError. */
export function handle(journey: Journey): TraceOutcome {
  for (let child = 0; child <= mostChildren; child++) {
    const choice = handlerStage(journey);
    const { mapping } = choice;
    const app = journey.at.application.path;
    journey.chosen = mapping === undefined ? { app } : { handler: mapping.name, modules: mapping.modules, app };
    const base: TraceOutcome = { kind: 'handler', url: journey.url, ...journey.chosen };
    if (choice.failure !== undefined) return journey.failed(choice.failure);
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
