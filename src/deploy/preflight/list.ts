import { appErrors } from './app-errors.js';
import { bitness } from './bitness.js';
import type { PreflightCheck } from './check.js';
import { diskSpace } from './disk-space.js';
import { folderReadable } from './folder-readable.js';
import { httpPlatform } from './http-platform.js';
import { iisInstalled } from './iis-installed.js';
import { iisnode } from './iisnode.js';
import { nodeFound } from './node-found.js';
import { releaseSpace } from './release-space.js';
import { urlRewrite } from './url-rewrite.js';
import { webGarden } from './web-garden.js';
import { webSockets } from './web-sockets.js';

/** Every check, in the order in which their remedies are applied. */
export const checks: readonly PreflightCheck[] = [
  iisInstalled,
  nodeFound,
  iisnode,
  urlRewrite,
  httpPlatform,
  webSockets,
  bitness,
  webGarden,
  folderReadable,
  diskSpace,
  releaseSpace,
  appErrors,
];
