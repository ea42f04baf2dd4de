import { UserError } from '../../errors.js';

/** An app of App Service, or one of its slots. */
export interface AzureAddress {
  readonly app: string;
  /** undefined: the production slot, whose content the app's own URL serves. */
  readonly slot: string | undefined;
  /** As `--to` has it: azure://app/slot. */
  readonly text: string;
}

/** Letters, digits and hyphens (the names are parts of host names), not at the ends; an app has at most 60. */
const name = /^[a-z0-9](?:[a-z0-9-]{0,58}[a-z0-9])?$/i;

export const isAzure = (to: string | undefined): to is string => to !== undefined && /^azure:/i.test(to);

/** @throws UserError AZURE_ADDRESS: what was given is not repeated where it may have a password. */
export function azureAddress(to: string): AzureAddress {
  const [, app = '', slot = '', rest] = /^azure:\/\/([^/]*)(?:\/([^/]*)(\/.*)?)?$/i.exec(to) ?? [];
  const isRight = name.test(app) && (slot === '' || name.test(slot)) && (rest === undefined || rest === '/');
  if (!isRight) {
    const isSecret = to.includes('@');
    throw new UserError('AZURE_ADDRESS', {
      what: isSecret
        ? '--to azure://... has a user name or a password'
        : `--to ${to} does not name an app of App Service`,
      why: isSecret
        ? 'Other users of this machine can read the command lines of programs.'
        : 'It is azure://APP, or azure://APP/SLOT: letters, digits and hyphens.',
      next: isSecret
        ? 'put it into the environment (docs/azure.md names the variables), and give azure://APP'
        : 'for example: --to azure://my-app, or --to azure://my-app/staging',
      ...(!isSecret && {
        again: { with: ['--to', 'azure://my-app'], note: 'an example; a slot: azure://my-app/staging' },
      }),
    });
  }
  const named = slot === '' || slot.toLowerCase() === 'production' ? undefined : slot;
  return { app, slot: named, text: `azure://${app}${named === undefined ? '' : `/${named}`}` };
}

/** How the app, or its slot, is named in commands of az. @param group Its resource group, where it is known. */
export const namesForAz = ({ app, slot }: AzureAddress, group = 'GROUP'): string =>
  `--resource-group ${group} --name ${app}${slot === undefined ? '' : ` --slot ${slot}`}`;

/** The name in host names and user names: `app`, or `app-staging` and `app__staging` by the separator. */
export const siteName = ({ app, slot }: AzureAddress, separator: '-' | '__'): string =>
  slot === undefined ? app : `${app}${separator}${slot}`;
