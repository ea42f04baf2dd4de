/** Files and folders: safe reading of foreign files, atomic writing, and the lock. Each with one kind of error. */
export { createExclusive } from './create-exclusive.js';
export { createForWriting } from './create-for-writing.js';
export { currentFolder } from './current-folder.js';
export { FileError, readingFailed } from './file-error.js';
export { isBelow } from './is-below.js';
export { holderText, type Lock, LockHeld, type LockHolder, lockHolder, takeLock } from './lock.js';
export { folderObstacle, makeFolder, writeObstacle } from './make-folder.js';
export { NamelessFile } from './nameless-file.js';
export { openRegularFile, openRegularFileSync, refuseSpecial, regularFilesOnly } from './open-file.js';
export { processExists } from './process.js';
export { fileLimits, readFile, readFileSync, readIfThere, readIfThereSync } from './read-file.js';
export { readTailSync } from './read-tail.js';
export { realFolder } from './real-folder.js';
export { type FolderProblem, folderProblem, requireFolder, unreadableFolder } from './require-folder.js';
export { inScratchFolder, temporaryFolderNotWritable } from './scratch-folder.js';
export { otherSpelling, spellingOnDisk } from './spelling.js';
export { writeFileAtomic } from './write-atomically.js';
export { isMachineFault, WriteError, writeFault } from './write-error.js';
