/** What a .env file gives a variable. */
export interface EnvFileValue {
  /** Without quotes, up to a blank or a comment. */
  readonly value: string;
  /** Of the first character of its line, in UTF-16 units. */
  readonly index: number;
}

/** The value of a variable in a .env file: the last line that sets it counts, as for dotenv. @param name Of word characters alone. */
export function inEnvFile(text: string | undefined, name: string): EnvFileValue | undefined {
  const lines = new RegExp(`^([ \\t]*)(?:export[ \\t]+)?${name}[ \\t]*=[ \\t]*["'\`]?([^"'\`\\s#]*)`, 'gm');
  const found = [...(text ?? '').matchAll(lines)].at(-1);
  return found && { value: found[2] ?? '', index: found.index + (found[1] ?? '').length };
}
