const safeForCmd = /^[\w:./\\*+@~#$[\]{}-]+$/;

/**
 * One argument as the user types it into cmd.exe: quoted when it holds a blank or a character with a meaning of its own.
 * `/site.name:Default Web Site` becomes `/site.name:"Default Web Site"`, which the C runtime reads as the same argument;
 * bracket expressions are quoted as a whole, because blanks inside `[...]` would split them otherwise.
 * @param argument any text; a line break cannot be typed and becomes a blank.
 */
export function quoteForCmd(argument: string): string {
  const text = argument.replace(/[\r\n]+/g, ' ');
  if (safeForCmd.test(text)) return text;
  const parameter = /^([/-][\w.]+:)(.+)$/s.exec(text);
  if (parameter?.[1] !== undefined && parameter[2] !== undefined) return parameter[1] + quoted(parameter[2]);
  return quoted(text);
}

/** As quoteForCmd, for a line of a .bat file: cmd.exe expands `%name%` there even inside quotes, so `%` is doubled. */
export function quoteForBatch(argument: string): string {
  return quoteForCmd(argument).replaceAll('%', '%%');
}

/** One argument for PowerShell: single quotes, doubled inside; a `"` needs a backslash to survive Windows PowerShell 5. */
export function quoteForPowerShell(argument: string): string {
  const text = argument.replace(/[\r\n]+/g, ' ');
  if (/^[\w:./\\+-]+$/.test(text)) return text;
  return `'${text.replace(/(\\*)"/g, '$1$1\\"').replaceAll("'", "''")}'`;
}

/** A whole command line; `quote` decides for which shell. */
export function commandLine(
  program: string,
  args: readonly string[],
  quote: (argument: string) => string = quoteForCmd,
): string {
  return [program, ...args].map(quote).join(' ');
}

/** The C runtime's rule: backslashes count only before a quote, where each must be doubled. */
function quoted(text: string): string {
  return `"${text.replace(/(\\*)"/g, '$1$1\\"').replace(/(\\+)$/, '$1$1')}"`;
}
