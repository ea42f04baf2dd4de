import path from 'node:path';
import { UserError } from '../errors.js';

/** `--app /vpath=DIR`, repeatable. Throws UserError BAD_APP. */
export function parseApps(
  cwd: string,
  values: readonly string[],
): readonly { readonly path: string; readonly directory: string }[] {
  return values.map((value) => {
    const [, vdirPath, directory] = /^(\/[^=]*)=(.+)$/.exec(value) ?? [];
    if (vdirPath === undefined || directory === undefined) {
      throw new UserError('BAD_APP', {
        what: `--app ${value} is not of the form /vpath=DIR`,
        why: 'An application of the site needs a vdir path, which starts with /, and a folder.',
        next: 'for example: --app /chat=./chat',
      });
    }
    return { path: vdirPath, directory: path.resolve(cwd, directory) };
  });
}

/** `--header 'Name: value'`, repeatable. Throws UserError BAD_HEADER. */
export function headerPairs(values: readonly string[]): readonly (readonly [string, string])[] {
  return values.map((value) => {
    const [, name, content] = /^([^\s:]+):\s*(.*)$/.exec(value) ?? [];
    if (name !== undefined && content !== undefined) return [name, content];
    throw new UserError('BAD_HEADER', {
      what: `--header ${JSON.stringify(value)} is not of the form 'Name: value'`,
      why: 'A request header has a name, a colon and a value.',
      next: "for example: --header 'Upgrade: websocket'",
    });
  });
}
