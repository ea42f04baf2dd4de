export { ownInterceptor } from './interceptor-path.js';
export { createIisnodeModule } from './module.js';
export type * from './types.js';
