/** Reading files that others wrote: regular files only, up to a limit, with one kind of error. */
export { FileError, type FileProblem, kindOf } from './file-error.js';
export { type OpenFile, openRegularFile, openRegularFileSync, refuseSpecial, regularFilesOnly } from './open-file.js';
export { fileLimits, readFile, readFileSync, readIfThere, readIfThereSync } from './read-file.js';
