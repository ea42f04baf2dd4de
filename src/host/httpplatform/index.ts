export { createPlatformModule } from './module.js';
export type { PlatformFailure, PlatformModule, PlatformRequest } from './types.js';
