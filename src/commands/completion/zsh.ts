import { branchesOfValues, type ProgramShape, targetsProgram, type Values } from './shape.js';

const quoted = (text: string): string => `'${text.replaceAll("'", "'\\''")}'`;
/** `name:text`, as _describe reads it. */
const described = (name: string, text: string): string => quoted(`${name.replaceAll(':', '\\:')}:${text}`);

function candidates(values: Values): string {
  switch (values.kind) {
    case 'words':
      return `compadd -- ${values.words.join(' ')}`;
    case 'rules':
      return 'compadd -- $_iisnode_sock_rules';
    case 'targets':
      return '_iisnode_sock_targets';
    case 'folder':
      return '_files -/';
    case 'folder-or-target':
      return '_iisnode_sock_targets; _files -/';
    case 'file':
      return '_files';
    case 'any':
      return ':';
  }
}

/** The script for zsh 5. */
export function zshScript(shape: ProgramShape): string {
  const { version, program, commands, rules } = shape;
  const all = [program, ...commands];
  const options = all.map(
    ({ name, options }) =>
      `      '${name}') offered=(${options.flatMap(({ flags, text }) => flags.map((flag) => described(flag, text))).join(' ')}) ;;`,
  );
  const values = commands.map(({ name, values }) => `    '${name}') ${candidates(values)} ;;`);
  return `# Completion of iisnode-sock, version ${version}, for zsh: source this file in ~/.zshrc, behind compinit.
typeset -ga _iisnode_sock_rules=(${rules.join(' ')})
typeset -g _iisnode_sock_npx=\${_comps[npx]:-_default}

_iisnode_sock_targets() {
  local -a found=(\${(f)"$(node -e '${targetsProgram}' 2>/dev/null)"})
  compadd -- $found
}

_iisnode_sock() {
  local -a offered
  local name= before=$words[CURRENT-1] at=1 i
  if [[ \${words[1]:t} == npx ]]; then
    at=0
    for ((i = 2; i < CURRENT; i++)); do
      if [[ $words[i] == iisnode-sock(|@*) ]]; then at=$i; break; fi
    done
    if ((at == 0)); then
      compadd -- iisnode-sock
      [[ $_iisnode_sock_npx == _iisnode_sock ]] || $_iisnode_sock_npx
      return
    fi
  fi
  for ((i = at + 1; i < CURRENT; i++)); do
    if [[ $words[i] != -* ]]; then name=$words[i]; break; fi
  done
  if [[ $words[CURRENT] == --*=* ]]; then before=\${words[CURRENT]%%=*}; compset -P '*='; fi
  case "$name $before" in
${branchesOfValues(shape, candidates, "compset -P '*,'; ").join('\n')}
  esac
  if [[ $words[CURRENT] == -* ]]; then
    case $name in
${options.join('\n')}
    esac
    _describe -o option offered
    return
  fi
  case $name in
    '') offered=(${[...commands, { name: 'help', text: 'display help for a command' }].map(({ name, text }) => described(name, text)).join(' ')})
      _describe command offered ;;
    help) compadd -- ${commands.map(({ name }) => name).join(' ')} ;;
${values.join('\n')}
  esac
}

compdef _iisnode_sock iisnode-sock npx
`;
}
