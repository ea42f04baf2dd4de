import { isList, type OptionShape, type ProgramShape, targetsProgram, type Values } from './shape.js';

const quoted = (text: string): string => `'${text.replace(/[\\']/g, '\\$&')}'`;

/** `-a` and its candidates; `-F`: files too. */
function candidates(values: Values, list = false): string {
  const of = (words: string): string => (list ? `-a '(_iisnode_sock_list ${words})'` : `-a ${quoted(words)}`);
  switch (values.kind) {
    case 'words':
      return of(values.words.join(' '));
    case 'rules':
      return list ? "-a '(_iisnode_sock_list (_iisnode_sock_rules))'" : "-a '(_iisnode_sock_rules)'";
    case 'targets':
      return "-a '(_iisnode_sock_targets)'";
    case 'folder':
      return "-a '(__fish_complete_directories (commandline -ct))'";
    case 'folder-or-target':
      return "-a '(_iisnode_sock_targets; __fish_complete_directories (commandline -ct))'";
    case 'file':
      return '-F';
    case 'any':
      return '';
  }
}

function optionLine(condition: string, option: OptionShape): string {
  const names = option.flags.map((flag) => (flag.startsWith('--') ? `-l ${flag.slice(2)}` : `-s ${flag.slice(1)}`));
  const value = option.values === undefined ? [] : ['-r', candidates(option.values, isList(option))];
  return [...names, '-d', quoted(option.text), ...value].reduce(
    (line, part) => (part === '' ? line : `${line} ${part}`),
    `_iisnode_sock_offer ${quoted(condition)}`,
  );
}

/** Fish's own word: in a line's first column it would look like a function of this file. */
const keyword = 'function';

/** What the lines call. */
const functions = (rules: readonly string[]): string => `${keyword} _iisnode_sock_rules
    string split ' ' '${rules.join(' ')}'
end

${keyword} _iisnode_sock_targets
    node -e '${targetsProgram.replaceAll('\\', '\\\\')}' 2>/dev/null
end

# The same words behind the last comma of a list.
${keyword} _iisnode_sock_list
    set -l typed (string replace -r '^--[^=]*=' '' -- (commandline -ct))
    set -l before (string match -r '^.*,' -- $typed)
    test -n "$before"; or set before ''
    printf '%s\\n' $before$argv
end

# What is typed behind iisnode-sock, or behind npx iisnode-sock; fails behind another program of npx.
${keyword} _iisnode_sock_words
    set -l words (commandline -opc)
    if string match -qr '(^|/)npx$' -- $words[1]
        while set -q words[1]; and not string match -qr '^iisnode-sock(@.*)?$' -- $words[1]
            set -e words[1]
        end
        set -q words[1]; or return 1
    end
    set -e words[1]
    printf '%s\\n' $words
end

${keyword} _iisnode_sock_any
    _iisnode_sock_words >/dev/null
end

# Is this the command that is typed? "": none yet.
${keyword} _iisnode_sock_is
    set -l words (_iisnode_sock_words); or return 1
    set -l names (string match -v -- '-*' $words)
    test "$names[1]" = "$argv[1]"
end

${keyword} _iisnode_sock_offer
    for program in iisnode-sock npx
        complete -c $program -n $argv
    end
end

# No files but where they are offered; behind another program of npx all stays as it is.
complete -c 'iisnode-sock' -f
complete -c npx -f -n _iisnode_sock_any
`;

/** The script for fish 3. */
export function fishScript({ version, program, commands, rules }: ProgramShape): string {
  const free = '_iisnode_sock_is ""';
  const lines = [
    ...program.options.map((option) => optionLine(free, option)),
    ...commands.map(({ name, text }) => `_iisnode_sock_offer ${quoted(free)} -a ${name} -d ${quoted(text)}`),
    `_iisnode_sock_offer ${quoted(free)} -a help -d ${quoted('display help for a command')}`,
    `_iisnode_sock_offer '_iisnode_sock_is help' -a ${quoted(commands.map(({ name }) => name).join(' '))}`,
    ...commands.flatMap(({ name, options, values }) => {
      const condition = `_iisnode_sock_is ${name}`;
      const argument = candidates(values);
      return [
        ...options.map((option) => optionLine(condition, option)),
        ...(argument === '' ? [] : [`_iisnode_sock_offer ${quoted(condition)} ${argument}`]),
      ];
    }),
  ];
  return `# Completion of iisnode-sock, version ${version}, for fish: a file of ~/.config/fish/conf.d.
${functions(rules)}
${lines.join('\n')}
`;
}
