/** Which files of an app run on the server, as plain data. */
export { listAppFiles } from './list-files.js';
export { hashFiles, type KnownFiles, type PackedApp, packApp } from './pack-app.js';
export type { PackedFile, PackOptions } from './types.js';
export { marked, zipApp } from './zip.js';
