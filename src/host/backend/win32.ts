/** Win32 error codes that a module stores with a failed response (winerror.h). */
export const win32 = {
  fileNotFound: 2,
  pathNotFound: 3,
  accessDenied: 5,
  badFormat: 11,
  invalidParameter: 87,
  brokenPipe: 109,
  badExeFormat: 193,
  pipeBusy: 231,
  noData: 232,
  notEnoughQuota: 1816,
} as const;
