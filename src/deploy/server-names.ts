import { isSsh, readSshAddress } from '../ssh/index.js';
import { azureAddress, isAzure } from './azure/address.js';

/**
 * Refuses an address that is wrong before it is shown, and before any server is asked: it may have a password.
 * @throws UserError BAD_SSH_ADDRESS, AZURE_ADDRESS.
 */
export function requireAddresses(servers: readonly (string | undefined)[]): void {
  for (const to of servers) {
    if (isSsh(to)) readSshAddress(to);
    else if (isAzure(to)) azureAddress(to);
  }
}
