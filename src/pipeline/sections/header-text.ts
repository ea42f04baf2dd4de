/**
 * A text of the configuration, or one that a rule made, as a header's value or a reason phrase: these are one line of Latin-1, and
 * what they cannot hold becomes `?`.
 */
export function headerText(text: string): string {
  return unfit.test(text) ? text.replace(allUnfit, '?') : text;
}

const unfit = /[^\t\x20-\x7e\x80-\xff]/;
const allUnfit = new RegExp(unfit, 'g');

/** Can it be the name of a header (RFC 9110, 5.6.2)? */
export function isHeaderName(text: string): boolean {
  return /^[\w!#$%&'*+.^`|~-]+$/.test(text);
}
