import type { ConfigLocation, ConfigModel } from '../../config/index.js';

/** Dynamic compression at a path. */
export interface DynamicCompression {
  /** Compressed bytes that are held back before any is sent. */
  readonly holdsBack: number;
  readonly level: number;
  /** Types of content in lower case, 'text/*' and '*' + '/*' among them, and whether each is compressed. */
  readonly types: ReadonlyMap<string, boolean>;
  readonly notForHttp10: boolean;
  readonly notForProxies: boolean;
  readonly notForRange: boolean;
}

/** What is looked at in a request and in the head of its answer; names of headers are in lower case. */
export interface CompressibleAnswer {
  readonly method: string;
  readonly protocol: string;
  readonly asked: Readonly<Record<string, string | undefined>>;
  readonly status: number;
  readonly headers: Readonly<Record<string, string | undefined>>;
}

const module = 'dynamiccompressionmodule';

/**
 * What compresses the answers of handlers at a path (iis.md 4.7). Undefined where nothing does: the module is a feature of its own, which a
 * new IIS does not have. Throws ConfigError.
 */
export function readDynamicCompression(model: ConfigModel, at: ConfigLocation): DynamicCompression | undefined {
  const modules = model.effective('system.webServer/modules', at).items;
  if (!modules.some((item) => item.string('name').toLowerCase() === module)) return undefined;
  if (!model.effective('system.webServer/urlCompression', at).boolean('doDynamicCompression')) return undefined;
  const settings = model.effective('system.webServer/httpCompression', at);
  const scheme = settings.items.find((item) => item.string('name').toLowerCase() === 'gzip');
  if (scheme === undefined || !scheme.boolean('doDynamicCompression')) return undefined;
  const types = settings.child('dynamicTypes').items;
  return {
    holdsBack: settings.number('dynamicCompressionBufferLimit'),
    level: scheme.number('dynamicCompressionLevel'),
    types: new Map(types.map((item) => [item.string('mimeType').toLowerCase(), item.boolean('enabled')])),
    notForHttp10: settings.boolean('noCompressionForHttp10'),
    notForProxies: settings.boolean('noCompressionForProxies'),
    notForRange: settings.boolean('noCompressionForRange'),
  };
}

/** Is this answer compressed? The most exact type of content decides; a client has to accept gzip. */
export function isCompressed(settings: DynamicCompression, answer: CompressibleAnswer): boolean {
  const { method, protocol, asked, status, headers } = answer;
  if (method === 'HEAD' || status < 200 || [204, 206, 304].includes(status)) return false;
  if (headers['content-encoding'] !== undefined || /\bno-transform\b/i.test(headers['cache-control'] ?? ''))
    return false;
  if (settings.notForHttp10 && protocol === 'HTTP/1.0') return false;
  if (settings.notForProxies && asked.via !== undefined) return false;
  if (settings.notForRange && asked.range !== undefined) return false;
  return acceptsGzip(asked['accept-encoding'] ?? '') && isListed(settings.types, headers['content-type'] ?? '');
}

function isListed(types: DynamicCompression['types'], contentType: string): boolean {
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
