import { bitness } from './bitness.js';
import type { PreflightCheck } from './check.js';
import { httpPlatform } from './http-platform.js';
import { iisnode } from './iisnode.js';
import { urlRewrite } from './url-rewrite.js';
import { webGarden } from './web-garden.js';

/** Every check, in the order in which their remedies are applied. */
export const checks: readonly PreflightCheck[] = [iisnode, urlRewrite, httpPlatform, bitness, webGarden];
