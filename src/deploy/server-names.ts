import { isSsh, readSshAddress } from '../ssh/index.js';
import { azureAddress, isAzure } from './azure/address.js';
import { refuseUnknownTarget } from './targets/choose-target.js';

/**
 * Refuses a word that is no target, and an address that is wrong, before it is shown (it may have a password), before any server is
 * asked, and before another deployment is waited for.
 * @throws UserError UNKNOWN_TARGET, BAD_SSH_ADDRESS, AZURE_ADDRESS.
 */
export function requireTargets(servers: readonly (string | undefined)[]): void {
  for (const to of servers) {
    if (isSsh(to)) readSshAddress(to);
    else if (isAzure(to)) azureAddress(to);
    else refuseUnknownTarget(to);
  }
}
