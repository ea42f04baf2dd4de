import { resolveOwn, type ServerScript } from '../../source/index.js';
import type { FileFacts } from './facts.js';

/** Names in code that handles the vdir path. */
const vdirPathSetting = /virtualDirPath|vdirPath|basePath/i;

type Reader = NonNullable<ServerScript['routes']['readsUrls']>;

/** A plain http server that compares request.url as if the app were at the site's root, in an app that is at `vdirPath`. */
export function readerOfRootUrls(facts: FileFacts, vdirPath: string): Reader | undefined {
  const { scripts } = facts.server;
  const readers = scripts.map((script) => script.routes.readsUrls ?? readerElsewhere(facts, script));
  const reader = readers.find((found) => found !== undefined);
  if (vdirPath === '/' || !reader || reader.readsEnvironment) return undefined;
  return vdirPathSetting.test(reader.text) || reader.text.includes(vdirPath) ? undefined : reader;
}

/** The handler is a function of another file of the app. */
function readerElsewhere(
  { server, folder }: FileFacts,
  { name, routes: { handlerFrom } }: ServerScript,
): Reader | undefined {
  if (handlerFrom === undefined) return undefined;
  const [specifier = '', exported = 'default'] = handlerFrom.split('#');
  const file = resolveOwn(folder, name, specifier);
  return server.scripts.find((script) => script.name === file)?.routes.exportedReaders.get(exported);
}
