import { replacementPage } from '../errors/answer.js';
import { customErrorsAt } from '../errors/custom-errors.js';
import { escapeHtml } from '../errors/error-page.js';
import type { IisnodeFailure, IisnodeRequest } from '../iisnode/types.js';
import { headerPairs, type RequestContext } from '../pipeline/context.js';
import type { PipelineModule, Verdict } from '../pipeline/module.js';
import { pathSetting } from '../pipeline/path-config.js';
import { serverVariable } from '../pipeline/server-variables.js';
import { failure } from '../stages/failure.js';
import { handledBy } from './handler-mapping.js';
import { IisnodeConfigurationError, iisnodeSettingsOf } from './iisnode-settings.js';

/** responseBufferLimit of a handler mapping (IIS_schema.xml), in bytes. */
const defaultBufferLimit = 4_194_304;

/** appSettings in effective order; iisnode hands them to node as environment variables. */
const appSettingsAt = pathSetting(({ model, at }) =>
  model.effective('appSettings', at).items.map((item) => [item.string('key'), item.string('value')] as const),
);

/** Gives the request to the iisnode module of the application pool's worker process. */
export const iisnode: PipelineModule = {
  name: 'iisnode',
  implements: ['system.webServer/iisnode', 'appSettings'],
  async onRequest(context) {
    if (!handledBy(context, 'iisnode')) return 'next';
    const request = requestFor(context);
    if ('refused' in request) return request.refused;
    keepErrorBodies(context);
    const failed = await workerOf(context).request(request, context.response);
    return failed === undefined ? 'handled' : answer(failed);
  },
  async onUpgrade(context) {
    if (!handledBy(context, 'iisnode') || context.upgrade === undefined) return 'next';
    const request = requestFor(context);
    if ('refused' in request) return request.refused;
    keepErrorBodies(context);
    const { socket, head } = context.upgrade;
    const failed = await workerOf(context).upgrade(request, context.response, socket, head);
    return failed === undefined ? 'handled' : answer(failed);
  },
};

const workerOf = ({ host, config }: RequestContext) => host.worker(config.at.application.pool);

/** With existingResponse `PassThrough` node's own 4xx and 5xx bodies reach the client; otherwise IIS's pages replace them. */
function keepErrorBodies(context: RequestContext): void {
  if (customErrorsAt(context.config).existingResponse === 'PassThrough') return;
  context.response.replaceError = (status) => ({
    contentType: 'text/html; charset=utf-8',
    body: replacementPage(context, status),
  });
}

function answer({ status, subStatus, win32, reason, detail }: IisnodeFailure): Verdict {
  return failure(status, subStatus, `The iisnode module: ${detail} (Win32 error ${win32}).`, {
    module: 'iisnode',
    win32,
    ...(reason !== '' && { reason }),
  });
}

function requestFor(context: RequestContext): IisnodeRequest | { readonly refused: Verdict } {
  const { site, snapshot, handler } = context;
  const at = snapshot.at(site, handler?.script ?? context.path);
  const script = at.at.physicalPath;
  try {
    const { application } = context.config.at;
    return {
      incoming: context.incoming,
      headers: context.headers.length > 0 ? context.headers : headerPairs(context.incoming.rawHeaders),
      url: context.query === '' ? context.path : `${context.path}?${context.query}`,
      script,
      pathInfo: handler?.pathInfo ?? '',
      settings: iisnodeSettingsOf(at, context.host),
      appSettings: appSettingsAt(at),
      configPath: `MACHINE/WEBROOT/APPHOST/${site.name}${application.path === '/' ? '' : application.path}`,
      local: context.local,
      responseBufferLimit: handler?.mapping?.responseBufferLimit ?? defaultBufferLimit,
      addedHeaders: context.response.extraHeaders,
      serverVariable: (name) => serverVariable(context, name),
    };
  } catch (error) {
    if (error instanceof IisnodeConfigurationError) return { refused: configurationPage(context, error) };
    throw error;
  }
}

/** 1031 and 1032: a page with status 200 for local clients, 500.1000 for others (iisnode 0.2.27, cprotocolbridge.cpp SendIisnodeError). */
function configurationPage(context: RequestContext, error: IisnodeConfigurationError): Verdict {
  context.host.emitOnce(`iisnode settings ${error.message}`, {
    level: 'error',
    code: error.win32 === 1032 ? 'IISNODE_YML_INVALID' : 'IISNODE_SETTINGS_INVALID',
    message: `iisnode cannot read its settings, every request of ${context.config.at.application.path} fails: ${error.message}`,
    ...(error.file !== undefined && { file: error.file }),
    ...(error.line !== undefined && { line: error.line }),
  });
  if (!context.local) return failure(500, 1000, error.message, { module: 'iisnode', win32: error.win32 });
  const what =
    error.win32 === 1032
      ? 'iisnode was unable to read the configuration file iisnode.yml.'
      : 'iisnode was unable to read the configuration file. Make sure the web.config file syntax is correct and that iisnode_schema.xml matches the iisnode in use.';
  if (context.upgrade !== undefined) context.response.shouldKeepAlive = false;
  context.response.writeHead(200, { 'Content-Type': 'text/html', 'Cache-Control': 'no-cache' });
  context.response.end(`<p>${what}</p><pre>${escapeHtml(error.message)}</pre>`);
  return 'handled';
}
