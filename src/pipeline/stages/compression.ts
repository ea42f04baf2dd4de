import { pathSetting } from '../path-config.js';
import { readDynamicCompression } from '../sections/compression.js';
import type { Stage } from '../stage.js';

/** What compresses the answers of handlers at a path; undefined for nothing. Throws ConfigError. */
export const compressionAt = pathSetting(({ model, at }) => readDynamicCompression(model, at));

/** Compresses what handlers answer, at the end of the pipeline; decides nothing about where a request goes. */
export const compression: Stage = {
  name: 'DynamicCompressionModule',
  implements: ['system.webServer/urlCompression', 'system.webServer/httpCompression'],
  decide: () => undefined,
};
