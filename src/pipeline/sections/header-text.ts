/**
 * A text of the configuration or of a rule as a header's value or a reason phrase: one line of Latin-1, all other characters
 * become `?`.
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
