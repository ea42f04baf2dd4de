/** How many characters of foreign text an error shows: a line of a configuration file, or a name in it. */
const longest = 500;

/** Shortens a text so that it can be sent with each failed request and fits on one line of a log. */
export function cut(text: string): string {
  return text.length > longest ? `${text.slice(0, longest)}...` : text;
}
