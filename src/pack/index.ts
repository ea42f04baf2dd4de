/** Which files of an app run on the server, as plain data. */
export { appChanged } from './app-changed.js';
export { type IgnoreRules, readIgnoreRules } from './ignore-rules.js';
export { listAppFiles } from './list-files.js';
export { scriptMark } from './own-files.js';
export { hashFiles, hashOfApp, type KnownFiles, type PackedApp, packApp } from './pack-app.js';
export type { PackedFile, PackOptions } from './types.js';
export { windowsPathFault } from './windows-names.js';
export { zipApp } from './zip.js';
export { markOfZip } from './zip-mark.js';
