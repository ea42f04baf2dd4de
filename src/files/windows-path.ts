/** A whole path of Windows: with a drive, or of a share. It is the same wherever it is written; no path of another system looks so. */
export const isWholeOnWindows = (text: string): boolean => /^(?:[a-z]:[\\/]|[\\/]{2}[^\\/])/i.test(text);
