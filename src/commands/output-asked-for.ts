import type { OutputForm } from '../terminal/index.js';

/** The output format of a command line that cannot be parsed. */
export interface OutputAskedFor {
  readonly json: boolean;
  readonly color: boolean;
  readonly verbose: boolean;
  readonly format?: OutputForm;
}

const forms: readonly OutputForm[] = ['text', 'json', 'sarif', 'github'];

/**
 * Reads it from the raw arguments before `--`: a program that reads stdout gets the document it asked for, even if the rest of
 * the command line is wrong.
 */
export function outputAskedFor(words: readonly string[]): OutputAskedFor {
  const end = words.indexOf('--');
  const options = end < 0 ? words : words.slice(0, end);
  const formats = options.flatMap((word, at) => {
    if (word === '--format') return [options[at + 1]];
    return word.startsWith('--format=') ? [word.slice('--format='.length)] : [];
  });
  const format = forms.find((form) => form === formats.at(-1));
  return {
    json: options.includes('--json'),
    color: !options.includes('--no-color'),
    verbose: options.includes('--verbose'),
    ...(format !== undefined && { format }),
  };
}
