import { createTwoFilesPatch } from 'diff';
import type { FileEdit } from './types.js';

/** Unified diff of the files that change, as git prints it; '' when none does. */
export function diffOf(edits: readonly FileEdit[]): string {
  return edits
    .filter((edit) => edit.before !== edit.after)
    .map(({ file, before, after }) =>
      createTwoFilesPatch(
        before === undefined ? '/dev/null' : `a/${file}`,
        after === undefined ? '/dev/null' : `b/${file}`,
        before ?? '',
        after ?? '',
        undefined,
        undefined,
        {
          context: 3,
        },
      ).replace(/^=+\n/, ''),
    )
    .join('');
}
