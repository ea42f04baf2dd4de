/** `C:\\Users\\Public` is for everybody. */
const folder = /^[a-z]:[\\/]users[\\/](?!public(?:[\\/]|$))[^\\/]+/i;
const variable = /^%(?:userprofile|appdata|localappdata)%/i;
/** Profiles may be in another folder, by a policy. */
const aroundAppData = /^.*?(?=[\\/]appdata[\\/](?:roaming|local)[\\/])/i;

/**
 * The profile of a user that a path of Windows is in; undefined for another place. The identity of an application pool has no rights
 * there, and what is above an app counts, too (iis.md 7, symptoms.md S21).
 */
export const userProfileIn = (path: string): string | undefined =>
  [folder, variable, aroundAppData].map((pattern) => pattern.exec(path)?.[0]).find((found) => found !== undefined);

export const isInUserProfile = (path: string): boolean => userProfileIn(path) !== undefined;
