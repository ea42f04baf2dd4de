import type { ConfigLocation, ConfigModel } from '../../config/index.js';

/** system.webServer/defaultDocument of one path. */
export interface DefaultDocuments {
  readonly enabled: boolean;
  /** File names in the order in which they are tried: a web.config's own names come before inherited ones. */
  readonly files: readonly string[];
}

/** Reads system.webServer/defaultDocument at a path. Throws ConfigError. */
export function readDefaultDocuments(model: ConfigModel, at: ConfigLocation): DefaultDocuments {
  const section = model.effective('system.webServer/defaultDocument', at);
  return {
    enabled: section.boolean('enabled'),
    files: section.child('files').items.map((item) => item.string('value')),
  };
}

/**
 * URL paths the DefaultDocumentModule tries for a folder, in order; the first that is a file is run as a child request.
 * `folder` ends with '/'.
 */
export function defaultDocumentCandidates(documents: DefaultDocuments, folder: string): readonly string[] {
  return documents.enabled ? documents.files.map((name) => folder + name.replace(/^\/+/, '')) : [];
}
