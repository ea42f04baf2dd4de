/** Characters that an error shows of a text that is not our own: a line of a configuration file, or a name in it. */
const longest = 500;

/** A text short enough to be sent with each request that fails, and to be one line of a log. */
export function cut(text: string): string {
  return text.length > longest ? `${text.slice(0, longest)}...` : text;
}
