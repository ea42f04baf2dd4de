import type { ApplicationModel, SiteModel } from '../../config/index.js';
import { type PathConfig, pathSetting } from '../../pipeline/index.js';
import { customErrorsAt, failure, type StageFailure } from '../../pipeline/sections/index.js';
import { escapeHtml } from '../errors/error-page.js';
import type { IisnodeFailure, IisnodeRequest } from '../iisnode/types.js';
import { exchangeWatch, type HostServices, headerPairs, type RequestContext } from '../request/context.js';
import { spelledPath } from '../request/disk.js';
import { serverVariable } from '../request/server-variables.js';
import type { Answered } from './answered.js';
import { replacementPage } from './error-answer.js';
import { IisnodeConfigurationError, iisnodeSettingsOf } from './iisnode-settings.js';

/** responseBufferLimit of a handler mapping (IIS_schema.xml), in bytes. */
const defaultBufferLimit = 4_194_304;

/** appSettings in effective order; iisnode passes them to node as environment variables. */
const appSettingsAt = pathSetting(({ model, at }) =>
  model.effective('appSettings', at).items.map((item) => [item.string('key'), item.string('value')] as const),
);

/** Passes the request to the iisnode module of the application pool's worker process. */
export function runIisnode(context: RequestContext): Promise<Answered> {
  const script = scriptOf(context);
  return script instanceof Promise ? script.then((at) => runScript(context, at)) : runScript(context, script);
}

async function runScript(context: RequestContext, script: PathConfig | undefined): Promise<Answered> {
  if (script === undefined) return failure(503, 0, 'The site was removed while the request waited.');
  const request = requestFor(context, script);
  if ('answered' in request) return request.answered;
  keepErrorBodies(context);
  const worker = context.host.worker(script.at.application.pool).iisnode;
  const { upgrade, response } = context;
  const ended = await (upgrade === undefined
    ? worker.request(request, response)
    : worker.upgrade(request, response, upgrade.socket, upgrade.early()));
  if (ended === undefined || 'status' in ended) return ended && failureOf(ended);
  context.carried = ended.over;
  return undefined;
}

/** The configuration path of an application for iisnode: MACHINE/WEBROOT/APPHOST/Site/app. */
export function configPathOf(site: SiteModel, { path }: Pick<ApplicationModel, 'path'>): string {
  return `MACHINE/WEBROOT/APPHOST/${site.name}${path === '/' ? '' : path}`;
}

/** With existingResponse `PassThrough` node's own 4xx and 5xx bodies reach the client; otherwise IIS's pages replace them. */
function keepErrorBodies(context: RequestContext): void {
  if (customErrorsAt(context.config).existingResponse === 'PassThrough') return;
  context.response.replaceError = (status) => ({
    contentType: 'text/html; charset=utf-8',
    body: replacementPage(context, status, 'iisnode'),
  });
}

function failureOf({ status, subStatus, win32, reason, detail }: IisnodeFailure): StageFailure {
  return failure(status, subStatus, `The iisnode module: ${detail} (Win32 error ${win32}).`, {
    module: 'iisnode',
    win32,
    ...(reason !== '' && { reason }),
  });
}

/**
 * The script's place in the newest configuration, not in that of the request: node processes are started right after this call,
 * so none is started with settings that a change has replaced.
 */
const scriptOf = ({ host, snapshot, site, handler, path }: RequestContext): ReturnType<HostServices['newest']> =>
  host.newest(snapshot.at(site, handler?.script ?? path));

function requestFor(context: RequestContext, at: PathConfig): IisnodeRequest | { readonly answered: Answered } {
  const { handler } = context;
  const { site, application, physicalPath } = at.at;
  try {
    return {
      incoming: context.incoming,
      headers: context.headers.length > 0 ? context.headers : headerPairs(context.incoming.rawHeaders),
      url: context.query === '' ? context.path : `${context.path}?${context.query}`,
      // iisnode on Windows has an application for each spelling of the URL (applications.ts); here they are one.
      script: spelledPath(physicalPath),
      pathInfo: handler?.pathInfo ?? '',
      settings: iisnodeSettingsOf(at, context.host),
      appSettings: appSettingsAt(at),
      configPath: configPathOf(site, application),
      local: context.local,
      responseBufferLimit: handler?.mapping?.responseBufferLimit ?? defaultBufferLimit,
      addedHeaders: context.response.extraHeaders,
      watch: exchangeWatch(context),
      serverVariable: (name) => serverVariable(context, name),
    };
  } catch (error) {
    if (error instanceof IisnodeConfigurationError) return { answered: configurationPage(context, error) };
    throw error;
  }
}

/** 1031 and 1032: a page with status 200 for local clients, 500.1000 for others (iisnode 0.2.27, cprotocolbridge.cpp SendIisnodeError). */
function configurationPage(context: RequestContext, error: IisnodeConfigurationError): Answered {
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
  return undefined;
}
