import type { ServerScript } from '../doctor/source/index.js';
import { UserError } from '../errors.js';
import { readAppSources } from './app-sources.js';
import type { Template } from './types.js';

/** The setting reaches node; it is the server's code that has to heed it. */
export const heedsEio3 = (servers: readonly ServerScript[]): boolean =>
  servers.some(({ source }) => /\ballowEIO3\b/.test(source.text));

/** Throws UserError EIO3_NOT_SUPPORTED (usage) when the template's server lets no old clients in. */
export function checkEio3(template: Template): void {
  if (heedsEio3(readAppSources(template.root, template.entry, []).servers)) return;
  throw eio3NotSupported(`the template ${template.name}`, 'Its server does not read the setting allowEIO3.');
}

/** `who` cannot let clients of socket.io 1 and 2 in. */
export const eio3NotSupported = (who: string, why: string): UserError =>
  new UserError('EIO3_NOT_SUPPORTED', {
    what: `${who} has no use for --allow-eio3`,
    why,
    next: 'leave it out; of the templates dante and chat can let such clients in',
  });
