import path from 'node:path';
import { UserError } from '../../errors.js';

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
        ...(/^[^/=][^=]*=./.test(value) && { again: { instead: [value, `/${value}`] } }),
      });
    }
    return { path: vdirPath, directory: path.resolve(cwd, directory) };
  });
}
