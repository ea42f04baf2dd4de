/** Which files of an app run on the server, as plain data. */
export { listAppFiles } from './list-files.js';
export { hashFiles, packApp } from './pack-app.js';
export type { PackOptions } from './types.js';
