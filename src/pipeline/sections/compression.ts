import type { ConfigLocation, ConfigModel, EffectiveElement } from '../../config/index.js';

/** What one of the two modules compresses at a path. */
export interface Compression {
  readonly level: number;
  /** Types of content in lower case, 'text/*' and '*' + '/*' among them, and whether each is compressed. */
  readonly types: ReadonlyMap<string, boolean>;
  readonly notForHttp10: boolean;
  readonly notForProxies: boolean;
  readonly notForRange: boolean;
}

/** Compression of the answers of handlers. */
export interface DynamicCompression extends Compression {
  /** Compressed bytes that are held back before any is sent. */
  readonly holdsBack: number;
}

/** Compression of files. */
export interface StaticCompression extends Compression {
  /** Smaller files are not compressed, in bytes. */
  readonly smallest: number;
  /** A file is compressed from its request of this number on, within `period` in ms. */
  readonly threshold: number;
  readonly period: number;
}

/** What is looked at in a request and in the head of its answer; names of headers are in lower case. */
export interface CompressibleAnswer {
  readonly method: string;
  readonly protocol: string;
  readonly asked: Readonly<Record<string, string | undefined>>;
  readonly status: number;
  readonly headers: Readonly<Record<string, string | undefined>>;
}

/**
 * What compresses the answers of handlers at a path (iis.md 4.7). Undefined where nothing does: the module is a feature of its own, which a
 * new IIS does not have. Throws ConfigError.
 */
export function readDynamicCompression(model: ConfigModel, at: ConfigLocation): DynamicCompression | undefined {
  const read = readCompression(model, at, 'Dynamic');
  return read && { ...read.compression, holdsBack: read.settings.number('dynamicCompressionBufferLimit') };
}

/**
 * What compresses files at a path (iis.md 4.7), from their second request within 10 seconds on; that this very request is compressed already, and
 * not only those after it, is (unconfirmed). Throws ConfigError.
 */
export function readStaticCompression(model: ConfigModel, at: ConfigLocation): StaticCompression | undefined {
  const read = readCompression(model, at, 'Static');
  if (read === undefined) return undefined;
  const { compression, settings } = read;
  const runtime = model.effective('system.webServer/serverRuntime', at);
  const isAtOnce = settings.boolean('staticCompressionIgnoreHitFrequency');
  return {
    ...compression,
    smallest: settings.number('minFileSizeForComp'),
    threshold: isAtOnce ? 1 : runtime.number('frequentHitThreshold'),
    period: runtime.number('frequentHitTimePeriod'),
  };
}

function readCompression(
  model: ConfigModel,
  at: ConfigLocation,
  which: 'Dynamic' | 'Static',
): { readonly compression: Compression; readonly settings: EffectiveElement } | undefined {
  const kind = which === 'Dynamic' ? 'dynamic' : 'static';
  const modules = model.effective('system.webServer/modules', at).items;
  if (!modules.some((item) => item.string('name').toLowerCase() === `${kind}compressionmodule`)) return undefined;
  if (!model.effective('system.webServer/urlCompression', at).boolean(`do${which}Compression`)) return undefined;
  const settings = model.effective('system.webServer/httpCompression', at);
  const scheme = settings.items.find((item) => item.string('name').toLowerCase() === 'gzip');
  if (scheme === undefined || !scheme.boolean(`do${which}Compression`)) return undefined;
  const types = settings.child(`${kind}Types`).items;
  const compression = {
    level: scheme.number(`${kind}CompressionLevel`),
    types: new Map(types.map((item) => [item.string('mimeType').toLowerCase(), item.boolean('enabled')])),
    notForHttp10: settings.boolean('noCompressionForHttp10'),
    notForProxies: settings.boolean('noCompressionForProxies'),
    notForRange: settings.boolean('noCompressionForRange'),
  };
  return { compression, settings };
}

/** Is this answer compressed? The most exact type of content decides; a client has to accept gzip. */
export function isCompressed(settings: Compression, answer: CompressibleAnswer): boolean {
  const { method, protocol, asked, status, headers } = answer;
  if (method === 'HEAD' || status < 200 || [204, 206, 304].includes(status)) return false;
  if (headers['content-encoding'] !== undefined || /\bno-transform\b/i.test(headers['cache-control'] ?? ''))
    return false;
  if (settings.notForHttp10 && protocol === 'HTTP/1.0') return false;
  if (settings.notForProxies && asked.via !== undefined) return false;
  if (settings.notForRange && asked.range !== undefined) return false;
  return acceptsGzip(asked['accept-encoding'] ?? '') && isListed(settings.types, headers['content-type'] ?? '');
}

function isListed(types: Compression['types'], contentType: string): boolean {
  const type = contentType.split(';', 1)[0]?.trim().toLowerCase() ?? '';
  const names = [type, `${type.split('/', 1)[0]}/*`, '*/*'];
  return names.map((name) => types.get(name)).find((enabled) => enabled !== undefined) ?? false;
}

const acceptsGzip = (header: string): boolean =>
  header.split(',').some((part) => {
    const [name = '', ...parameters] = part
      .trim()
      .toLowerCase()
      .split(/\s*;\s*/);
    return /^(?:gzip|x-gzip|\*)$/.test(name) && !parameters.some((each) => /^q=0(?:\.0*)?$/.test(each));
  });
