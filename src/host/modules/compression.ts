import { ConfigError } from '../../config/index.js';
import { compressionAt, type Decision } from '../../pipeline/index.js';
import { isCompressed } from '../../pipeline/sections/index.js';
import type { RequestContext } from '../request/context.js';
import { headerRecord } from '../request/header-record.js';

/** Handlers whose answers are made anew for each request; files are the static compression's, which changes nothing that an app can see. */
const dynamic: readonly string[] = ['iisnode', 'http-platform', 'proxy'];

/** Has the answer compressed as the DynamicCompressionModule does where it is installed: after the outbound rules, and with its buffer. */
export function compressAnswer(context: RequestContext, { outcome, journey }: Decision): void {
  if (!dynamic.includes(outcome.kind)) return;
  const settings = settingsOf(journey.config);
  if (settings === undefined) return;
  const { request, response } = context;
  response.compression = (status, flat) => {
    const headers = headerRecord(flat);
    const { method, protocol, headers: asked } = request;
    if (!isCompressed(settings, { method, protocol, asked, status, headers })) return undefined;
    if (/^text\/event-stream\b/i.test(headers['content-type'] ?? '')) warnOfStream(context, settings.holdsBack);
    return settings;
  };
}

function settingsOf(config: Decision['journey']['config']): ReturnType<typeof compressionAt> {
  try {
    return compressionAt(config);
  } catch (error) {
    if (error instanceof ConfigError) return undefined; // a module that cannot read its section compresses nothing
    throw error;
  }
}

function warnOfStream({ host, site, config, requestedPath }: RequestContext, holdsBack: number): void {
  const { application } = config.at;
  host.emitOnce(`stream compressed ${site.name} ${application.path}`, {
    level: 'warning',
    code: 'STREAM_COMPRESSED',
    message: `${requestedPath} is a stream, and the DynamicCompressionModule holds it back until ${holdsBack} bytes are full: write <urlCompression doDynamicCompression="false" /> into web.config, or send Cache-Control: no-transform.`,
  });
}
