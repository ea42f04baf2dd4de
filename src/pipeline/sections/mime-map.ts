import type { ConfigLocation, ConfigModel } from '../../config/index.js';

/** Lower-case extension with its dot -> content type. */
export type MimeMap = ReadonlyMap<string, string>;

/** Reads system.webServer/staticContent's mimeMap entries at a path. Throws ConfigError. */
export function readMimeMap(model: ConfigModel, at: ConfigLocation): MimeMap {
  const section = model.effective('system.webServer/staticContent', at);
  return new Map(section.items.map((item) => [item.string('fileExtension').toLowerCase(), item.string('mimeType')]));
}

/** The content type of a file name; undefined is IIS's 404.3. A map for `.*` or `.` (no extension) is supported. */
export function mimeTypeOf(name: string, map: MimeMap): string | undefined {
  const base = name.slice(Math.max(name.lastIndexOf('/'), name.lastIndexOf('\\')) + 1);
  const dot = base.lastIndexOf('.');
  const extension = dot < 0 ? '.' : base.slice(dot).toLowerCase();
  return map.get(extension) ?? map.get('.*');
}
