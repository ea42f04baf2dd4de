/** A value known only where a command line will run; each shell writes it as a variable of its own. */
export interface Placeholder {
  /** The variable's name: APP. */
  readonly placeholder: string;
}

/** One argument, unquoted: text, or text and placeholders that stand behind one another. */
export type Argument = string | readonly (string | Placeholder)[];

/** `/physicalPath:` and its value as one argument. */
export const joinedArgument = (before: string, value: Argument): Argument =>
  typeof value === 'string' ? before + value : [before, ...value];

/** For a program that is run now. @throws Error for a placeholder, whose value is unknown here. */
export const literalArguments = (args: readonly Argument[]): string[] =>
  args.map((argument) => {
    if (typeof argument === 'string') return argument;
    throw new Error(`An argument with a placeholder can be written, not run: ${JSON.stringify(argument)}`);
  });

const safeForCmd = /^[\w:./\\*+@~#$[\]{}-]+$/;

/** `/site.name:` in front of a value; it need not be quoted with it. */
const parameterName = /^[/-][\w.]+:/;

/**
 * One argument as the user types it into cmd.exe: quoted when it holds a blank or a character with a meaning of its own.
 * `/site.name:Default Web Site` becomes `/site.name:"Default Web Site"`, which the C runtime reads as the same argument;
 * bracket expressions are quoted as a whole, because blanks inside `[...]` would split them otherwise.
 * @param argument any text; a line break cannot be typed and becomes a blank. A placeholder becomes `%NAME%`.
 */
export function quoteForCmd(argument: Argument): string {
  return quotedForCmd(argument, (text) => text);
}

/** In a POSIX shell these have no meaning of their own, wherever they stand. */
const safeForSh = /^[\w:./+@-]+$/;
/** Between double quotes these have one. */
const livesInQuotes = /[$`"\\!]/;

/** One argument as the user types it into a POSIX shell; a line break becomes a blank. */
export function quoteForSh(argument: string): string {
  const text = oneLine(argument);
  if (safeForSh.test(text)) return text;
  const [parameter = ''] = parameterName.exec(text) ?? [];
  const value = text.slice(parameter.length);
  return parameter + (livesInQuotes.test(value) ? `'${value.replaceAll("'", "'\\''")}'` : `"${value}"`);
}

/**
 * One argument as the user types it on this machine: into cmd.exe on Windows, elsewhere into a POSIX shell. Nothing of a folder's name becomes a
 * command, or another text, where a hint is pasted.
 * @param argument as for quoteForCmd; placeholders are for scripts of Windows.
 */
export const quoteForShell = (argument: Argument): string =>
  process.platform === 'win32' || typeof argument !== 'string' ? quoteForCmd(argument) : quoteForSh(argument);

/** As quoteForCmd, for a line of a .bat file: cmd.exe expands `%name%` there even inside quotes, so `%` is doubled. */
export function quoteForBatch(argument: Argument): string {
  return quotedForCmd(argument, (text) => text.replaceAll('%', '%%'));
}

function quotedForCmd(argument: Argument, escaped: (text: string) => string): string {
  if (typeof argument !== 'string') return quotedWithVariables(argument, escaped);
  const text = oneLine(argument);
  if (safeForCmd.test(text)) return text;
  const [parameter = ''] = parameterName.exec(text) ?? [];
  if (parameter.length === text.length) return escaped(quoted(text));
  return escaped(parameter + quoted(text.slice(parameter.length)));
}

/** Quoted whatever it holds: a variable's value may hold a blank. */
function quotedWithVariables(parts: Exclude<Argument, string>, escaped: (text: string) => string): string {
  const [first = '', ...rest] = parts;
  const [parameter = ''] = (typeof first === 'string' && parameterName.exec(first)) || [];
  const value = [typeof first === 'string' ? first.slice(parameter.length) : first, ...rest];
  const written = value.map((part, index) => {
    if (typeof part !== 'string') return `%${part.placeholder}%`;
    const text = withQuotesOutside(oneLine(part));
    return escaped(index === value.length - 1 ? withEndEscaped(text) : text);
  });
  return `${escaped(parameter)}"${written.join('')}"`;
}

/**
 * One argument for PowerShell: single quotes, doubled inside; a `"` needs a backslash to survive Windows PowerShell 5. A
 * placeholder becomes `$name`.
 */
export function quoteForPowerShell(argument: Argument): string {
  if (typeof argument === 'string') {
    const text = oneLine(argument);
    return /^[\w:./\\+-]+$/.test(text) ? text : quotedForPowerShell(text);
  }
  const pieces: string[] = [];
  let text = '';
  for (const part of argument) {
    if (typeof part === 'string') text += part;
    else {
      pieces.push(quotedForPowerShell(text), `$${part.placeholder.toLowerCase()}`);
      text = '';
    }
  }
  pieces.push(quotedForPowerShell(text));
  return `(${pieces.join(' + ')})`;
}

/** A string of PowerShell. It reads the typographic quotes ‘ ’ ‚ ‛ as ends of a string as well: each of them is doubled. */
export const powerShellString = (text: string): string => `'${text.replace(/['\u2018-\u201b]/g, '$&$&')}'`;

const quotedForPowerShell = (text: string): string => powerShellString(withQuotesEscaped(oneLine(text)));

/** A whole command line; `quote` decides for which shell. */
export function commandLine(
  program: string,
  args: readonly Argument[],
  quote: (argument: Argument) => string = quoteForCmd,
): string {
  return [program, ...args].map(quote).join(' ');
}

const oneLine = (text: string): string => text.replace(/[\r\n]+/g, ' ');

/** The C runtime's rule: backslashes count only before a quote, where each must be doubled. */
const withQuotesEscaped = (text: string): string => text.replace(/(\\*)"/g, '$1$1\\"');
const withEndEscaped = (text: string): string => text.replace(/(\\+)$/, '$1$1');

/** Quotes end before a quote of the text and begin again behind it: `\^"` is one for the C runtime, and none for cmd.exe. */
const withQuotesOutside = (text: string): string => text.replace(/(\\*)"/g, '$1$1"\\^""');

/**
 * cmd.exe knows no backslashes and counts every quote: behind one inside an argument, `&` would begin another command. Such an argument
 * has no quotes for cmd.exe at all: `^` stands before each of them, and before all that has a meaning outside quotes.
 */
function quoted(text: string): string {
  const forRuntime = `"${withEndEscaped(withQuotesEscaped(text))}"`;
  return text.includes('"') ? forRuntime.replace(/[\^"&|<>()]/g, '^$&') : forRuntime;
}
