import { UserError } from '../errors.js';
import { codeText, type ServerScript } from '../source/index.js';
import { readAppSources } from './app-sources.js';
import { templates } from './templates.js';
import type { Template } from './types.js';

/** The setting reaches node; it is the server's code that has to heed it. */
export const heedsEio3 = (servers: readonly ServerScript[]): boolean =>
  servers.some((script) => /\ballowEIO3\b/.test(codeText(script)));

const canHeedEio3 = ({ root, entry }: Template): boolean => heedsEio3(readAppSources(root, entry, []).servers);

/** Throws UserError EIO3_NOT_SUPPORTED (usage) when the template's server lets no old clients in. */
export function checkEio3(template: Template): void {
  if (canHeedEio3(template)) return;
  const others = templates()
    .filter(canHeedEio3)
    .map(({ name }) => name);
  const next = `leave it out, or --template ${others.join(' or ')}`;
  throw eio3NotSupported(`the template ${template.name}`, 'Its server does not read the setting allowEIO3.', next);
}

/** `who` cannot let clients of socket.io 1 and 2 in. */
export const eio3NotSupported = (who: string, why: string, next: string): UserError =>
  new UserError('EIO3_NOT_SUPPORTED', { what: `${who} has no use for --allow-eio3`, why, next });
