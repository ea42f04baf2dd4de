import { UserError } from '../errors.js';

/** `--header 'Name: value'`, repeatable. Throws UserError BAD_HEADER. */
export function headerPairs(values: readonly string[]): readonly (readonly [string, string])[] {
  return values.map((value) => {
    const [, name, content] = /^([^\s:]+):\s*(.*)$/.exec(value) ?? [];
    if (name !== undefined && content !== undefined) return [name, content];
    throw new UserError('BAD_HEADER', {
      what: `--header ${JSON.stringify(value)} is not of the form 'Name: value'`,
      why: 'A request header has a name, a colon and a value.',
      next: "for example: --header 'Upgrade: websocket'",
      again: { with: ['--header', 'Upgrade: websocket'] },
    });
  });
}
