import { ConfigError } from '../../config/index.js';
import { compressionAt, type Decision, staticCompressionAt } from '../../pipeline/index.js';
import { isCompressed, type StaticCompression } from '../../pipeline/sections/index.js';
import type { RequestContext } from '../request/context.js';
import { headerRecord } from '../request/header-record.js';

/** Handlers whose answers are made anew for each request. */
const dynamic: readonly string[] = ['iisnode', 'http-platform', 'proxy'];

/**
 * Has the answer compressed as the modules of IIS do where they are installed, after the outbound rules: those of handlers with the buffer of the
 * DynamicCompressionModule, files by the StaticCompressionModule.
 */
export function compressAnswer(context: RequestContext, { outcome, journey }: Decision): void {
  if (outcome.kind === 'file') compressFile(context, journey.config);
  if (!dynamic.includes(outcome.kind)) return;
  const settings = settingsOf(() => compressionAt(journey.config));
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

function compressFile(context: RequestContext, config: Decision['journey']['config']): void {
  const { request, response } = context;
  const { method, protocol, headers: asked } = request;
  if (asked['accept-encoding'] === undefined) return;
  const settings = settingsOf(() => staticCompressionAt(config));
  if (settings === undefined) return;
  response.compression = (status, flat) => {
    const headers = headerRecord(flat);
    if (Number(headers['content-length']) < settings.smallest) return undefined;
    if (!isCompressed(settings, { method, protocol, asked, status, headers })) return undefined;
    return isFrequent(context, headers['last-modified'], settings)
      ? { holdsBack: 0, level: settings.level }
      : undefined;
  };
}

/** The requests of a file, which stays compressed once it was asked for often enough. */
interface Hits {
  readonly since: number;
  readonly count: number;
}

/** The files of a host, each with its time: a changed one is counted again. */
const hitsOf = new WeakMap<object, Map<string, Hits>>();
/** Above this all are counted again. */
const mostFiles = 10_000;

function isFrequent(
  { host, config }: RequestContext,
  modified: string | undefined,
  { threshold, period }: StaticCompression,
): boolean {
  const files = hitsOf.get(host) ?? new Map<string, Hits>();
  hitsOf.set(host, files);
  if (files.size >= mostFiles) files.clear();
  const file = `${config.at.physicalPath} ${modified}`;
  const now = performance.now();
  const { since, count } = files.get(file) ?? { since: now, count: 0 };
  const isNew = count < threshold && now - since >= period;
  const hits = isNew ? { since: now, count: 1 } : { since, count: Math.min(count + 1, threshold) };
  files.set(file, hits);
  return hits.count >= threshold;
}

/** A module that cannot read its section compresses nothing. */
function settingsOf<Settings>(read: () => Settings): Settings | undefined {
  try {
    return read();
  } catch (error) {
    if (error instanceof ConfigError) return undefined;
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
