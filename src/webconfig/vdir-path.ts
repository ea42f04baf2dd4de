import { attribute, findAll, type XmlDocument } from '../xml/index.js';

/** Keys people use for it; iisnode hands appSettings to node as environment variables. */
const usualKeys =
  /^(iisnode_?)?(virtual_?dir(ectory)?_?path|vdir_?path|virtual_?path|base_?path|app_?path|socket_?io_?base)$/i;

/** The vdir path a web.config's appSettings name, also inside `<location path=".">`. */
export interface NamedVdirPath {
  /** '/' or '/dante'. */
  readonly path: string;
  /** The key it stands under: virtualDirPath. */
  readonly key: string;
}

/** '/dante' from 'dante', '/dante/' or '/dante'; '/' from '' and '/'. */
export function normalVdirPath(path: string): string {
  return `/${path.replaceAll('\\', '/').split('/').filter(Boolean).join('/')}`;
}

/** Where the app sits by its own web.config; undefined when it does not say. */
export function vdirPathIn(document: XmlDocument): NamedVdirPath | undefined {
  const { root } = document;
  for (const scope of [root, ...findAll(root, 'location')]) {
    for (const add of findAll(scope, 'appSettings/add')) {
      const key = attribute(add, 'key') ?? '';
      const value = attribute(add, 'value');
      // A full URL or a disk path under such a key is about something else.
      if (value === undefined || !/^\/?[\w\-./~%]*$/.test(value)) continue;
      if (usualKeys.test(key.replace(/[-.\s]/g, '_'))) return { path: normalVdirPath(value), key };
    }
  }
  return undefined;
}
