import { httpPlatformAt, type Outcome } from '../../pipeline/index.js';
import { customErrorsAt, failure, type HttpPlatformSettings } from '../../pipeline/sections/index.js';
import { encodePath, encodeQuery } from '../../rewrite/index.js';
import type { PlatformRequest } from '../httpplatform/index.js';
import { exchangeWatch, type RequestContext } from '../request/context.js';
import { isEncrypted } from '../request/is-encrypted.js';
import type { Answered } from './answered.js';
import { replacementPage } from './error-answer.js';
import { configPathOf } from './iisnode.js';

const module = 'httpPlatformHandler';

/** Passes the request to the HttpPlatformHandler of the application pool's worker process. */
export async function runHttpPlatform(
  context: RequestContext,
  { webSocket }: Extract<Outcome, { kind: 'http-platform' }>,
): Promise<Answered> {
  const { host, snapshot, site, config, upgrade, response } = context;
  // In the newest configuration: processes are started right after this, so none is started with settings that a change has replaced.
  const root = await host.newest(snapshot.at(site, config.at.application.path));
  if (root === undefined) return failure(503, 0, 'The site was removed while the request waited.');
  const configured = httpPlatformAt(root);
  const settings = { ...configured, ...host.httpPlatform?.(configured) };
  reportUnused(context, settings, webSocket);
  const { application, physicalPath } = root.at;
  const request: PlatformRequest = {
    incoming: context.incoming,
    headers: context.headers,
    url: encodePath(context.path) + (context.query === '' ? '' : `?${encodeQuery(context.query)}`),
    settings,
    folder: physicalPath,
    applicationPath: application.path,
    configPath: configPathOf(site, application),
    encrypted: isEncrypted(context.incoming.socket),
    webSocket,
    addedHeaders: response.extraHeaders,
    watch: exchangeWatch(context),
  };
  replaceErrorBodies(context);
  const worker = host.worker(application.pool).httpPlatform;
  const failed = await (upgrade === undefined
    ? worker.request(request, response)
    : worker.upgrade(request, response, upgrade.socket, upgrade.early()));
  if (failed === undefined) return undefined;
  const { status, subStatus, win32, detail } = failed;
  const code = win32 === 0 ? '' : ` (error ${win32})`;
  return failure(status, subStatus, `HttpPlatformHandler: ${detail}${code}.`, { module, win32 });
}

/** The module asks IIS to leave its bodies alone (fTrySkipCustomErrors, forwardinghandler.cpp): only `Replace` still replaces them. */
function replaceErrorBodies(context: RequestContext): void {
  if (customErrorsAt(context.config).existingResponse !== 'Replace') return;
  context.response.replaceError = (status) => ({
    contentType: 'text/html; charset=utf-8',
    body: replacementPage(context, status, module),
  });
}

/** What web.config asks for and does not get, once. */
function reportUnused(context: RequestContext, settings: HttpPlatformSettings, webSocket: boolean): void {
  const { application } = context.config.at;
  const place = settings.origin && { file: settings.origin.file, line: settings.origin.line };
  if (settings.forwardWindowsAuthToken) {
    context.host.emitOnce(`auth token ${context.site.name} ${application.path}`, {
      level: 'warning',
      code: 'AUTH_TOKEN_NOT_EMULATED',
      message: `forwardWindowsAuthToken has no effect here: the embedded IIS has no Windows authentication, so ${application.path} gets no X-IIS-WindowsAuthToken.`,
      ...place,
    });
  }
  const asked = context.upgrade !== undefined && /^websocket$/i.test(context.incoming.headers.upgrade ?? '');
  if (!asked || webSocket) return;
  context.host.emitOnce(`websocket ${context.site.name} ${application.path}`, {
    level: 'warning',
    code: 'WEBSOCKET_MODULE_OFF',
    message: `webSocket is off: HttpPlatformHandler sent an upgrade of ${application.path} on as an ordinary request, and its clients stay on polling; remove <webSocket enabled="false" /> from web.config.`,
  });
}
