import type { Argument, Command, Option } from 'commander';

/** What the shell offers for a value. `words`: these; `targets`: those of package.json in the current folder. */
export type Values =
  | { readonly kind: 'words'; readonly words: readonly string[] }
  | { readonly kind: 'rules' | 'targets' | 'folder' | 'file' | 'folder-or-target' | 'any' };

/** An option as it is typed. */
export interface OptionShape {
  /** `--version`, `-v`. */
  readonly flags: readonly string[];
  readonly text: string;
  /** undefined: it has no value. */
  readonly values: Values | undefined;
}

/** A command with what can be typed after it. */
export interface CommandShape {
  /** '' for the program itself. */
  readonly name: string;
  readonly text: string;
  readonly options: readonly OptionShape[];
  /** Of its arguments; those of the first where there are several. */
  readonly values: Values;
}

/** All that can be typed, as data for the scripts of the shells. ASCII only, since a shell may read its files in any code page. */
export interface ProgramShape {
  readonly version: string;
  readonly program: CommandShape;
  readonly commands: readonly CommandShape[];
  readonly rules: readonly string[];
}

/** The shape of the commander program. @param rules the codes of the doctor's rules. */
export function shapeOf(program: Command, rules: readonly string[]): ProgramShape {
  const commands = program.commands.map((command) => ({
    name: command.name(),
    text: command.summary() || command.description(),
    options: [...command.options.map(optionShape), help],
    values: argumentValues(command.registeredArguments[0]),
  }));
  return {
    version: program.version() ?? '',
    program: {
      name: '',
      text: program.description(),
      options: [...program.options.map(optionShape), help],
      values: { kind: 'words', words: [...commands.map(({ name }) => name), 'help'] },
    },
    commands,
    rules,
  };
}

const help: OptionShape = { flags: ['--help', '-h'], text: 'display help', values: undefined };

const optionShape = (option: Option): OptionShape => ({
  flags: [option.long, option.short].filter((flag) => flag !== undefined && flag !== null),
  text: option.description,
  values: option.required || option.optional ? optionValues(option) : undefined,
});

/** Targets that are one word; the others are addresses. */
const targets = ['iis', 'iisexpress', 'embedded'];

/** The name of a value in the help says of which kind it is: `<dir>`, `<rules>`. */
function optionValues({ long, flags, argChoices }: Option): Values {
  if (argChoices !== undefined) return { kind: 'words', words: argChoices };
  const [, name = ''] = /[<[]([^>\]]+)[>\]]/.exec(flags) ?? [];
  if (long === '--to') return { kind: 'words', words: targets };
  if (long === '--target') return { kind: 'targets' };
  if (long === '--transports') return { kind: 'words', words: ['websocket', 'polling'] };
  if (/^rules?$/.test(name)) return { kind: 'rules' };
  if (/dir|folder/.test(name)) return { kind: 'folder' };
  return { kind: /file|msi/.test(name) ? 'file' : 'any' };
}

function argumentValues(argument: Argument | undefined): Values {
  if (argument?.argChoices !== undefined) return { kind: 'words', words: argument.argChoices };
  const name = argument?.name();
  if (name === 'what') return { kind: 'file' };
  if (name === 'target') return { kind: argument?.description.includes('folder') ? 'folder-or-target' : 'targets' };
  if (name !== 'dir') return { kind: 'any' };
  return { kind: argument?.description.includes('target in package.json') ? 'folder-or-target' : 'folder' };
}

/**
 * Branches of a `case` of bash and zsh: the candidates of each option with a value, behind `'command --option'`.
 * @param inList What stands before the candidates of an option that is a list.
 */
export const branchesOfValues = (
  { program, commands }: ProgramShape,
  candidates: (values: Values) => string,
  inList: string,
): readonly string[] =>
  [program, ...commands].flatMap(({ name, options }) =>
    options.flatMap((option) => {
      const { flags, values } = option;
      if (values === undefined) return [];
      return flags.map(
        (flag) => `    '${name} ${flag}') ${isList(option) ? inList : ''}${candidates(values)}; return ;;`,
      );
    }),
  );

/** A list in one option, separated by commas. */
export const isList = ({ flags }: Pick<OptionShape, 'flags'>): boolean =>
  ['--only', '--skip', '--transports'].some((flag) => flags.includes(flag));

/** Prints the names of the targets of package.json, one a line; it contains no single quote. */
export const targetsProgram =
  'try{const p=JSON.parse(require("fs").readFileSync("package.json","utf8"));console.log(Object.keys(p["iisnode-sock"].targets).join("\\n"))}catch{}';
