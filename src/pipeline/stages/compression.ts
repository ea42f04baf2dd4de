import { pathSetting } from '../path-config.js';
import { readDynamicCompression, readStaticCompression } from '../sections/compression.js';
import type { Stage } from '../stage.js';

/** What compresses the answers of handlers at a path; undefined for nothing. Throws ConfigError. */
export const compressionAt = pathSetting(({ model, at }) => readDynamicCompression(model, at));

/** What compresses files at a path; undefined for nothing. Throws ConfigError. */
export const staticCompressionAt = pathSetting(({ model, at }) => readStaticCompression(model, at));

/** Compresses what handlers answer, and files, at the end of the pipeline; decides nothing about where a request goes. */
export const compression: Stage = {
  name: 'DynamicCompressionModule',
  implements: ['system.webServer/urlCompression', 'system.webServer/httpCompression'],
  decide: () => undefined,
};
