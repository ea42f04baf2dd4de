import type { ProbeStep } from '../../probe/index.js';
import type { RuleFinding } from '../types.js';

type MissingFile = NonNullable<ProbeStep['missing']>[number];

const kinds = { script: 'The script', style: 'The style sheet', image: 'The image' } as const;

/**
 * A finding for each file that a page loads and that does not come, with the line that names it: an error for one that the page needs.
 *
 * @param textOf What to say of a file, beside its kind: `style.css (/dante/:3): HTTP 404`.
 */
export function missingFiles(
  { missing = [] }: ProbeStep,
  textOf: (file: MissingFile) => string,
  fix?: string,
): RuleFinding[] {
  return missing.map((file) => ({
    message: `${kinds[file.kind]} ${textOf(file)}.`,
    severity: file.isNeeded ? ('error' as const) : ('warning' as const),
    ...(file.isNeeded ? {} : { why: 'The page is shown without it.' }),
    ...(file.isNeeded && fix !== undefined && { fix }),
  }));
}
