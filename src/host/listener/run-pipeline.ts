import { ConfigError } from '../../config/index.js';
import { debugLog } from '../../debug-log.js';
import { type Decision, decide, decideChild, httpProtocolAt, type Outcome } from '../../pipeline/index.js';
import { configFailure, failure, type StageFailure } from '../../pipeline/sections/index.js';
import { configErrorEvent } from '../errors/config-error.js';
import { faultEvent } from '../errors/fault-event.js';
import { statusText } from '../errors/http-status.js';
import { carryOutOutcome } from '../modules/act.js';
import { compressAnswer } from '../modules/compression.js';
import { answerFailure } from '../modules/error-answer.js';
import { outboundRulesFor } from '../modules/outbound-rules.js';
import { type RequestContext, takeOver } from '../request/context.js';
import { disk } from '../request/disk.js';

const debug = debugLog('dispatch');

/**
 * Sends a request through the pipeline and answers it. Never rejects: an error while answering becomes an event, and the
 * connection is closed.
 */
export async function runPipeline(context: RequestContext): Promise<void> {
  let failed: StageFailure | undefined;
  try {
    const { snapshot, site } = context;
    const decision = decide({ snapshot, site, disk }, context.request);
    debug(
      '%s %s -> %s %s',
      context.request.method,
      context.request.rawUrl,
      decision.outcome.kind,
      decision.journey.url,
    );
    takeOver(context, decision);
    context.watch?.decided();
    prepareResponse(context, decision);
    compressAnswer(context, decision);
    failed = await carryOutOutcome(context, decision.outcome);
    if (failed === undefined) return;
    reportStageFailure(context, failed, decision.outcome);
  } catch (error) {
    failed = faultOf(context, error);
  }
  await answer(context, failed);
}

/** Answers a request that IIS refuses before its modules see it. Never rejects. */
export async function answerRefused(context: RequestContext, failed: StageFailure): Promise<void> {
  reportStageFailure(context, failed, undefined);
  await answer(context, failed);
}

async function answer(context: RequestContext, failed: StageFailure): Promise<void> {
  try {
    await answerFailure(context, failed, (url) => childRequest(context, url));
  } catch (error) {
    context.host.emit(faultEvent(`in the answer to ${context.requestedPath}`, error));
    context.response.destroy();
  }
}

/** Adds to every answer the headers of httpProtocol at the requested URL, and the outbound rules. */
function prepareResponse(context: RequestContext, { journey }: Decision): void {
  // If it is missing, the configuration was refused before httpProtocol was read.
  if (!journey.reachedOutbound) return;
  const { response, snapshot, site } = context;
  const protocol = httpProtocolAt(snapshot.at(site, context.requestedPath));
  response.extraHeaders = protocol.headers;
  if (!protocol.allowKeepAlive) response.endConnection();
  response.outbound = () => outboundRulesFor(context);
}

/** Runs another URL of the same site, starting at handler mapping, instead of the request: error pages of `ExecuteURL`. */
async function childRequest(context: RequestContext, url: string): Promise<boolean> {
  if (context.decision === undefined) return false;
  const child = decideChild(context.decision, url);
  takeOver(context, child);
  if (child.outcome.kind === 'error') return false; // the error page itself fails: send the plain page
  try {
    return (await carryOutOutcome(context, child.outcome)) === undefined;
  } catch {
    return false;
  }
}

/** The answer for an error in a module: 500.19 for the configuration, 500.0 and an event for our own errors. */
function faultOf(context: RequestContext, error: unknown): StageFailure {
  if (error instanceof ConfigError) {
    reportConfigError(context, error);
    return configFailure(error);
  }
  context.host.emit(faultEvent(`at ${context.requestedPath}`, error));
  return failure(500, 0, 'The embedded IIS failed; see its log.');
}

function reportConfigError(context: RequestContext, error: ConfigError): void {
  const { key, event } = configErrorEvent(error, context.requestedPath);
  context.host.emitOnce(key, event);
}

/** The user must see the reason of a 5xx answer; modules with processes report their own. */
function reportStageFailure(context: RequestContext, failed: StageFailure, outcome: Outcome | undefined): void {
  if (outcome?.kind === 'error' && outcome.configError !== undefined) {
    reportConfigError(context, outcome.configError);
    return;
  }
  const { status, subStatus, detail, module, origin } = failed;
  if (status < 500 || module === 'iisnode' || module === 'httpPlatformHandler') return;
  const code = statusText(status, subStatus);
  context.host.emitOnce(`${code} ${detail}`, {
    level: 'error',
    code: 'REQUEST_FAILED',
    message: `HTTP ${code} for ${context.requestedPath}: ${detail}`,
    ...(origin && { file: origin.file, ...(origin.line > 0 && { line: origin.line }) }),
  });
}
