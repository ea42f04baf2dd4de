import { UserError } from '../errors.js';
import { templates } from './templates.js';
import type { Template } from './types.js';

/** Throws UserError EIO3_NOT_SUPPORTED (usage) when the template's server does not accept old clients. */
export function checkEio3(template: Template): void {
  if (template.allowsEio3) return;
  const others = templates()
    .filter(({ allowsEio3 }) => allowsEio3)
    .map(({ name }) => name);
  const next = `omit it, or use --template ${others.join(' or ')}`;
  throw eio3NotSupported(`the template ${template.name}`, 'Its server does not read the setting allowEIO3.', next);
}

/** `who` cannot accept clients of socket.io 1 and 2. */
export const eio3NotSupported = (who: string, why: string, next: string): UserError =>
  new UserError('EIO3_NOT_SUPPORTED', { what: `${who} does not support --allow-eio3`, why, next });
