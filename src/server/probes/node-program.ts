import { powerShellString } from '../../quoting.js';
import { accountOf, rightFor, userSidIn, userSidScript } from '../rights.js';
import type { AppOnServer, NodeSeen, Probe } from '../types.js';
import { fileSeen } from './installed-files.js';

const isAbsolute = (program: string): boolean => /^(?:[A-Za-z]:[\\/]|\\\\|%[^%]+%)/.test(program);

/**
 * Expands %NAME% with the variables of the machine: those of the user who looks are not those of a pool. A few are not in the
 * registry.
 */
const expansion = [
  "function X($v){[regex]::Replace($v,'%([^%]+)%',{param($m)$n=$m.Groups[1].Value;$q=[Environment]::GetEnvironmentVariable($n,'Machine')",
  "if(!$q -and $n -match '^(System(Root|Drive)|(Common)?Program(Files.*|Data|W6432)|Public|AllUsersProfile)$'){$q=[Environment]::GetEnvironmentVariable($n)}",
  'if($q){$q}else{$m.Value}})}',
].join('\n');

/** The PATH of the machine as it is written: HKLM has it with %NAME%. */
const machinePath =
  "(Get-Item 'HKLM:\\SYSTEM\\CurrentControlSet\\Control\\Session Manager\\Environment').GetValue('Path','','DoNotExpandEnvironmentNames')";

/** Where CreateProcess finds it: iisnode gives it the command line alone (iisnode.md 3.3). */
function finding(program: string): readonly string[] {
  if (isAbsolute(program)) return [`$f=X ${powerShellString(program)};if(![IO.File]::Exists($f)){$f=''}`];
  const name = /\.[^\\/.]+$/.test(program) ? program : `${program}.exe`;
  return [
    "$f=''",
    `foreach($d in (X ${machinePath}).Split(';')){try{$c=[IO.Path]::Combine($d.Trim().Trim([char]34),${powerShellString(name)});if([IO.Path]::IsPathRooted($c) -and [IO.File]::Exists($c)){$f=$c;break}}catch{}}`,
  ];
}

const programOf = (app: AppOnServer | undefined): string => app?.nodeProgram ?? 'node.exe';

/**
 * node.exe as the app's pool finds it, with its version from the file: running it as an administrator only to ask for it would be a risk
 * where others may write to a folder in PATH.
 */
export const nodeProgram: Probe = {
  about: 'node.exe as the pool finds it',
  ask: (app) => {
    const program = programOf(app);
    // Relative to a folder that only the worker process knows.
    if (!isAbsolute(program) && /[\\/]/.test(program)) return undefined;
    return {
      script: [
        ...userSidScript(app?.pool),
        expansion,
        ...finding(program),
        "if($f){F 'node' $f;A 'rights' $f;'target'+$t+(Get-Item -LiteralPath (Split-Path $f)).Target}else{'node'+$t;'own'+$t+(Get-Command node.exe -CommandType Application -ErrorAction SilentlyContinue|Select-Object -First 1).Path}",
      ].join('\n'),
    };
  },
  read: (text, app) => {
    const lines = new Map(text.split('\n').map((line) => [line.split('\t')[0], line] as const));
    const line = lines.get('node');
    if (line === undefined) return {};
    const field = (name: string): string | undefined => lines.get(name)?.split('\t')[1] || undefined;
    const seen = fileSeen(line);
    if (seen === null) return { node: null, ownNode: field('own') };
    const from = isAbsolute(programOf(app)) ? 'nodeProcessCommandLine' : 'PATH';
    const node: NodeSeen = { ...seen, from, target: field('target') };
    const sddl = lines.get('rights')?.split('\t')[2];
    const right =
      app?.pool &&
      sddl &&
      rightFor({ of: 'node', path: seen.path, sddl, needs: 'execute' }, accountOf(app.pool, userSidIn(text)));
    return { node, ...(right && { rights: [right] }) };
  },
};
