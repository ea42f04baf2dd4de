import path from 'node:path';
import { UserError } from '../errors.js';
import { isSsh, readSshAddress } from '../ssh/index.js';
import { azureAddress, isAzure } from './azure/address.js';
import { refuseUnknownTarget } from './targets/choose-target.js';
import { isFileTarget } from './targets/file-target.js';

/**
 * Refuses a word that is no target, and an address that is wrong, before it is shown (it may have a password), before any server is
 * asked, and before another deployment is waited for. One server that is named twice is refused, too.
 * @throws UserError UNKNOWN_TARGET, BAD_SSH_ADDRESS, AZURE_ADDRESS, SERVER_TWICE.
 */
export function requireTargets(servers: readonly (string | undefined)[]): void {
  for (const to of servers) {
    if (isSsh(to)) readSshAddress(to);
    else if (isAzure(to)) azureAddress(to);
    else refuseUnknownTarget(to);
  }
  const again = repeatedServer(servers);
  if (again === undefined) return;
  throw new UserError('SERVER_TWICE', {
    what: `${again} is named twice`,
    why: twiceWhy,
    next: 'omit one of the two',
  });
}

/** Why a server is named once. */
export const twiceWhy = 'One deployment would follow the other to the same place.';

/** The first server that is named before, perhaps in other letters: ssh://WEB1:22/Chat is ssh://web1/chat. */
export function repeatedServer(servers: readonly unknown[]): string | undefined {
  const seen = new Set<string>();
  for (const to of servers) {
    if (typeof to !== 'string') continue;
    const place = placeOf(to);
    if (seen.has(place)) return to;
    seen.add(place);
  }
  return undefined;
}

/** The same text for the same place. An address that is wrong, which others refuse, stays as it is. */
function placeOf(to: string): string {
  if (isFileTarget(to)) return path.resolve(to);
  try {
    if (isAzure(to)) return azureAddress(to).text.toLowerCase();
    if (!isSsh(to)) return to;
    const { user = '', host, port = 22, site = '', path: vdirPath = '' } = readSshAddress(to);
    return JSON.stringify([user, ...[host, `${port}`, site, vdirPath].map((part) => part.toLowerCase())]);
  } catch (error) {
    if (error instanceof UserError) return to;
    throw error;
  }
}
