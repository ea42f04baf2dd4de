import path from 'node:path';
import { fileLimits, readFileSync } from '../../files/index.js';
import type { StageFailure } from '../../pipeline/sections/index.js';
import {
  type CustomErrors,
  customErrorFor,
  customErrorsAt,
  defaultCustomErrors,
  showsDetails,
} from '../../pipeline/sections/index.js';
import { encodeQuery } from '../../rewrite/index.js';
import { detailedErrorPage, shortErrorPage } from '../errors/error-page.js';
import { reasonPhrase } from '../errors/http-status.js';
import type { RequestContext } from '../request/context.js';
import { spelledPath } from '../request/disk.js';

/**
 * Answers a request that failed: with the page configured in httpErrors, the detailed page for local clients, or the short one
 * for all others. `child` runs another URL instead of the request's and returns whether it answered.
 */
export async function answerFailure(
  context: RequestContext,
  failure: StageFailure,
  child: (path: string) => Promise<boolean>,
): Promise<void> {
  const { response } = context;
  if (response.isDecided || response.destroyed) {
    response.destroy();
    return;
  }
  response.replaceError = undefined;
  response.compression = undefined;
  response.statusCode = failure.status;
  response.statusMessage = failure.reason ?? reasonPhrase(failure.status);
  response.subStatus = failure.subStatus;
  const errors = errorsAt(context);
  if (showsDetails(errors, context.local)) return finish(context, failure, detailedPage(context, failure));
  const custom = customErrorFor(errors, failure.status, failure.subStatus);
  if (custom !== undefined) {
    if (custom.responseMode === 'Redirect') {
      response.setHeader('Location', encodeQuery(custom.path));
      response.statusCode = 302;
      response.statusMessage = 'Redirect';
      return finish(context, failure, '');
    }
    const text = custom.responseMode === 'File' ? fileOf(context, custom.path) : undefined;
    if (text !== undefined) return finish(context, failure, text);
    if (custom.responseMode === 'ExecuteURL' && context.upgrade === undefined && (await child(custom.path))) return;
  }
  finish(context, failure, shortErrorPage(failure.status));
}

/**
 * Pages that replace what a handler wrote (existingResponse Auto and Replace): the file of httpErrors, else the page of
 * IIS itself. A URL to run or to redirect to is not used here, because the head of the answer is already being sent.
 */
export function replacementPage(context: RequestContext, status: number, module: string): string {
  const errors = errorsAt(context);
  const custom = showsDetails(errors, context.local) ? undefined : customErrorFor(errors, status, 0);
  const text = custom?.responseMode === 'File' ? fileOf(context, custom.path) : undefined;
  if (text !== undefined) return text;
  return errorPage(context, {
    status,
    subStatus: 0,
    detail: 'The application answered with this status.',
    module,
  });
}

/** The detailed page where the client may see it, else the short one. */
export function errorPage(context: RequestContext, failure: StageFailure): string {
  return showsDetails(errorsAt(context), context.local)
    ? detailedPage(context, failure)
    : shortErrorPage(failure.status);
}

function errorsAt(context: RequestContext): CustomErrors {
  try {
    return customErrorsAt(context.config);
  } catch {
    return defaultCustomErrors; // httpErrors itself is wrong: use the defaults, and show its 500.19
  }
}

function detailedPage(context: RequestContext, failure: StageFailure): string {
  const host = context.incoming.headers.host ?? '';
  return detailedErrorPage(failure, {
    requestedUrl: `${context.request.scheme}://${host}${context.incoming.url ?? '/'}`,
    physicalPath: context.config.at.physicalPath,
    handler: context.handler?.mapping?.name ?? 'Not yet determined',
  });
}

/** A `File` page: absolute, or relative to the level's folder. */
function fileOf(context: RequestContext, file: string): string | undefined {
  const root = context.snapshot.at(context.site, context.config.at.application.path).at.physicalPath;
  const name = path.resolve(root, file.replaceAll('\\', path.sep));
  try {
    return readFileSync(spelledPath(name), fileLimits.source).toString();
  } catch {
    return undefined; // absent, a folder, or not readable: send the short page
  }
}

function finish({ response, incoming, upgrade }: RequestContext, failure: StageFailure, body: string): void {
  const oversized = failure.subStatus === 13 && failure.status === 404;
  if (upgrade !== undefined || oversized || failure.status === 400) response.shouldKeepAlive = false;
  for (const name of ['Content-Encoding', 'ETag', 'Last-Modified', 'Cache-Control', 'Content-Range'])
    response.removeHeader(name);
  response.setHeader('Content-Type', 'text/html; charset=utf-8');
  response.setHeader('Content-Length', Buffer.byteLength(body));
  response.end(incoming.method === 'HEAD' ? undefined : body);
}
