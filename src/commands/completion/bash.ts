import { branchesOfValues, type ProgramShape, targetsProgram, type Values } from './shape.js';

/** What gathers the candidates of a value. */
function candidates(values: Values): string {
  switch (values.kind) {
    case 'words':
      return `_iisnode_sock_words "${values.words.join(' ')}"`;
    case 'rules':
      return '_iisnode_sock_words "$(_iisnode_sock_rules)"';
    case 'targets':
      return '_iisnode_sock_words "$(_iisnode_sock_targets)"';
    case 'folder':
      return '_iisnode_sock_files -d';
    case 'file':
      return '_iisnode_sock_files -f';
    case 'folder-or-target':
      return '_iisnode_sock_words "$(_iisnode_sock_targets)"; _iisnode_sock_files -d';
    case 'any':
      return ':';
  }
}

/** The script for bash 3.2 (macOS) and later. */
export function bashScript(shape: ProgramShape): string {
  const { version, program, commands, rules } = shape;
  const all = [program, ...commands];
  const options = all.map(
    ({ name, options }) =>
      `      '${name}') _iisnode_sock_words "${options.flatMap(({ flags }) => flags).join(' ')}" ;;`,
  );
  const values = all.map(({ name, values }) => `      '${name}') ${candidates(values)} ;;`);
  return `# Completion of iisnode-sock, version ${version}, for bash: source this file in ~/.bashrc.
_iisnode_sock_rules() {
  printf '%s\\n' ${rules.join(' ')}
}

_iisnode_sock_targets() {
  node -e '${targetsProgram}' 2>/dev/null
}

# Adds the words that begin with what is typed; in a list, behind its last comma.
_iisnode_sock_words() {
  local before=
  if [ -n "$list" ]; then before=\${cur%"\${cur##*,}"}; fi
  COMPREPLY+=( $(compgen -P "$before" -W "$1" -- "\${cur#"$before"}") )
}

_iisnode_sock_files() {
  local IFS=$'\\n'
  compopt -o filenames 2>/dev/null
  COMPREPLY+=( $(compgen "$1" -- "$cur") )
}

_iisnode_sock() {
  local cur=\${COMP_WORDS[COMP_CWORD]} before=\${COMP_WORDS[COMP_CWORD-1]} at=0 name= list= i
  COMPREPLY=()
  # --to=iis is three words.
  if [ "$cur" = = ]; then cur=; elif [ "$before" = = ]; then before=\${COMP_WORDS[COMP_CWORD-2]}; fi
  case "\${COMP_WORDS[0]##*/}" in
    npx | npx.cmd)
      for ((i = 1; i < COMP_CWORD; i++)); do
        case "\${COMP_WORDS[i]}" in iisnode-sock | iisnode-sock@*) at=$i; break ;; esac
      done
      if ((at == 0)); then COMPREPLY=( $(compgen -W 'iisnode-sock' -- "$cur") ); return; fi
      ;;
  esac
  for ((i = at + 1; i < COMP_CWORD; i++)); do
    case "\${COMP_WORDS[i]}" in -*) ;; *) name=\${COMP_WORDS[i]}; break ;; esac
  done
  if [ "$name" = help ]; then _iisnode_sock_words "${commands.map(({ name }) => name).join(' ')}"; return; fi
  case "$name $before" in
${branchesOfValues(shape, candidates, 'list=1; ').join('\n')}
  esac
  case "$cur" in
    -*) case "$name" in
${options.join('\n')}
    esac ;;
    *) case "$name" in
${values.join('\n')}
    esac ;;
  esac
}

complete -o default -F _iisnode_sock iisnode-sock npx
`;
}
