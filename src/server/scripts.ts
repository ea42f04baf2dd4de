/**
 * Questions in PowerShell. Many run in one process, because each takes a second to start. The script goes as -EncodedCommand: so no
 * shell on the way, cmd.exe over SSH included, reads a character of it, and file names need no other quoting than PowerShell's own.
 */

/** cmd.exe takes 8191 characters (iis.md 1.5); some of them belong to what is around the script. */
const longestCommand = 7_600;

/**
 * What the scripts use. F prints of a file its name, path, version and machine type of its PE header, with tabs between; A prints of a file
 * or folder its name, path and rights in SDDL, which is the same in every language of Windows.
 */
const prelude = [
  // Started below PowerShell 7 it would look for its own cmdlets among those of PowerShell 7.
  "$env:PSModulePath=$PSHOME+'\\Modules'",
  "$ErrorActionPreference='Stop';$ProgressPreference='SilentlyContinue'",
  'try{[Console]::OutputEncoding=New-Object Text.UTF8Encoding $false}catch{}',
  '$t=[string][char]9',
  '$w=$env:windir;$s="$w\\System32";if(Test-Path "$w\\Sysnative"){$s="$w\\Sysnative"}',
  '$p=$env:ProgramW6432;if(!$p){$p=$env:ProgramFiles}',
  'function M($f){try{$r=[IO.File]::Open($f,3,1,3);try{$b=New-Object byte[] 4096;[void]$r.Read($b,0,4096);[BitConverter]::ToUInt16($b,[BitConverter]::ToInt32($b,60)+4)}finally{$r.Close()}}catch{}}',
  'function F($n,$f){if(Test-Path -LiteralPath $f -PathType Leaf){$n,$f,(Get-Item -LiteralPath $f -Force).VersionInfo.ProductVersion,(M $f) -join $t}else{$n+$t}}',
  "function A($n,$f){try{if(Test-Path -LiteralPath $f){$n,$f,(Get-Acl -LiteralPath $f).Sddl -join $t}}catch{$n,$f,'?' -join $t}}",
].join('\n');

const begin = (index: number): string => `#${index}`;
const end = '#.';
const failure = '#!';

/** The script of one process. */
const joined = (scripts: readonly string[]): string =>
  [
    prelude,
    ...scripts.map(
      (script, index) =>
        `'${begin(index)}'\ntry{& {\n${script}\n}\n'${end}'}catch{'${failure}'+$_.FullyQualifiedErrorId+' '+$_}`,
    ),
  ].join('\n');

const encoded = (script: string): string => Buffer.from(script, 'utf16le').toString('base64');

export interface Batch<Of> {
  readonly program: readonly string[];
  readonly args: readonly string[];
  readonly probes: readonly Of[];
}

/** As few processes as fit the length of a command line, in the order of the probes. */
export function batches<Of>(asked: readonly { readonly probe: Of; readonly script: string }[]): readonly Batch<Of>[] {
  const groups: { probe: Of; script: string }[][] = [];
  for (const each of asked) {
    const last = groups.at(-1);
    const together = [...(last ?? []), each].map(({ script }) => script);
    if (last !== undefined && encoded(joined(together)).length <= longestCommand) last.push(each);
    else groups.push([each]);
  }
  return groups.map((group) => ({
    program: ['WindowsPowerShell', 'v1.0', 'powershell.exe'],
    args: [
      '-NoLogo',
      '-NoProfile',
      '-NonInteractive',
      '-ExecutionPolicy',
      'Bypass',
      '-OutputFormat',
      'Text',
      '-EncodedCommand',
      encoded(joined(group.map(({ script }) => script))),
    ],
    probes: group.map(({ probe }) => probe),
  }));
}

/** Of each script, in order: its lines, or what it said when it failed. A script whose end is missing has no answer. */
export function answersOf(
  text: string,
): readonly ({ readonly printed: string } | { readonly failed: string } | undefined)[] {
  const answers: ({ printed: string } | { failed: string } | undefined)[] = [];
  let at: number | undefined;
  let lines: string[] = [];
  for (const line of text.split(/\r\n|\r|\n/)) {
    if (at === undefined || line === begin(answers.length)) {
      if (line !== begin(answers.length)) continue;
      at = answers.length;
      answers.push(undefined);
      lines = [];
    } else if (line === end) {
      answers[at] = { printed: lines.join('\n') };
      at = undefined;
    } else if (line.startsWith(failure)) {
      answers[at] = { failed: line.slice(failure.length) };
      at = undefined;
    } else lines.push(line);
  }
  return answers;
}
