export { ownInterceptor } from './interceptor-path.js';
export { createIisnodeModule } from './module.js';
export type { IisnodeFailure, IisnodeModule, IisnodeRequest } from './types.js';
