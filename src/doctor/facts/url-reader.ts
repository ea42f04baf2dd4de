import type { ServerScript } from '../../source/index.js';
import type { FileFacts } from './facts.js';

/** Names in code that handles the vdir path. */
const vdirPathSetting = /virtualDirPath|vdirPath|basePath/i;

/** A plain http server that compares request.url as if the app were at the site's root, in an app that is at `vdirPath`. */
export function readerOfRootUrls(
  { server: { scripts } }: FileFacts,
  vdirPath: string,
): ServerScript['routes']['readsUrls'] {
  const reader = scripts.map(({ routes }) => routes.readsUrls).find((found) => found !== undefined);
  if (vdirPath === '/' || !reader || reader.readsEnvironment) return undefined;
  return vdirPathSetting.test(reader.text) || reader.text.includes(vdirPath) ? undefined : reader;
}
