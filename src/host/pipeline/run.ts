import { ConfigError } from '../../config/index.js';
import { answerFailure } from '../errors/answer.js';
import { configErrorEvent, configFailure } from '../errors/config-error.js';
import { failure, type StageFailure } from '../stages/failure.js';
import { statusText } from '../stages/http-status.js';
import { goTo, type RequestContext } from './context.js';
import type { PipelineModule, Verdict } from './module.js';
import { pipeline } from './pipeline.js';

/** A default document that names a folder with a default document that ...: IIS stops a chain of child requests too. */
const mostChildren = 8;

/** Sends a request through the pipeline and answers it, whatever happens. Never rejects. */
export async function runPipeline(context: RequestContext): Promise<void> {
  let outcome: Verdict;
  try {
    outcome = await throughModules(context, 0);
    if (typeof outcome === 'string') return;
    say(context, outcome);
  } catch (error) {
    outcome = failureOf(context, error);
  }
  await answerFailure(context, outcome, (path) => childRequest(context, path));
}

/** Runs a URL of the same site from handler mapping on, in place of the request: error pages of `ExecuteURL`. */
async function childRequest(context: RequestContext, path: string): Promise<boolean> {
  const [urlPath = '/', query = ''] = path.split('?', 2);
  try {
    goTo(context, urlPath, query);
    return (await throughModules(context, handlerMappingIndex())) === 'handled';
  } catch {
    return false; // the error page has an error of its own: the plain page is the answer
  }
}

const handlerMappingIndex = (): number => pipeline.findIndex(({ name }) => name === 'HandlerMapping');

async function throughModules(context: RequestContext, from: number): Promise<Verdict> {
  for (let index = from; index < pipeline.length; index++) {
    const module = pipeline[index];
    if (module === undefined) break;
    const given = ask(module, context);
    const verdict = given instanceof Promise ? await given : given;
    if (verdict === 'next') continue;
    if (verdict !== 'child') return verdict;
    if (++context.children > mostChildren) return failure(500, 0, 'Child requests lead to child requests without end.');
    index = handlerMappingIndex() - 1;
  }
  return 'handled';
}

function ask(module: PipelineModule, context: RequestContext): Verdict | Promise<Verdict> {
  return context.upgrade === undefined || module.onUpgrade === undefined
    ? module.onRequest(context)
    : module.onUpgrade(context);
}

/** What a module threw, as the client's answer: 500.19 for the configuration, 500.0 and an event for our own faults. */
function failureOf(context: RequestContext, error: unknown): StageFailure {
  if (error instanceof ConfigError) {
    const { key, event } = configErrorEvent(error, context.requestedPath);
    context.host.emitOnce(key, event);
    return configFailure(error);
  }
  context.host.emit({
    level: 'error',
    code: 'HOST_FAULT',
    message: `A fault of the embedded IIS at ${context.requestedPath}: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`,
  });
  return failure(500, 0, 'The embedded IIS failed; see its log.');
}

/** A module that answers 5xx has a reason a person must see; iisnode says its own. */
function say(context: RequestContext, { status, subStatus, detail, module, origin }: StageFailure): void {
  if (status < 500 || module === 'iisnode') return;
  const code = statusText(status, subStatus);
  context.host.emitOnce(`${code} ${detail}`, {
    level: 'error',
    code: 'REQUEST_FAILED',
    message: `HTTP ${code} for ${context.requestedPath}: ${detail}`,
    ...(origin && { file: origin.file, ...(origin.line > 0 && { line: origin.line }) }),
  });
}
