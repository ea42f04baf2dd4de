/** What the system's error codes for a path mean, whatever was to be done with it: a sentence each. */
export const pathFaults: Readonly<Record<string, string>> = {
  ENOTDIR: 'A part of its path is a file, not a folder (ENOTDIR).',
  ENAMETOOLONG: 'The path is longer than the system allows (ENAMETOOLONG).',
  ELOOP: 'A part of its path is a symbolic link that leads back to itself (ELOOP).',
  ERR_INVALID_ARG_VALUE: 'A path cannot contain a NUL.',
  EBUSY: 'Another program keeps it locked (EBUSY).',
  EMFILE: 'This process has too many files open (EMFILE).',
  ENFILE: 'The system has too many files open (ENFILE).',
};
