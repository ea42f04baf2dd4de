import { type Argument, type Placeholder, powerShellString, quoteForPowerShell } from '../../quoting.js';
import { codeFiles, settingFiles } from '../loaded-files.js';
import type { ScriptCheck } from '../targets/script-checks.js';
import { type Block, blocksOf } from './blocks.js';
import {
  type Dialect,
  filesOf,
  isAbsolute,
  isAscii,
  type LiveLook,
  type Script,
  sentences,
  variablesOf,
} from './script.js';
import type { ChangeItem, Condition, FileList, Look, LookItem, ScriptCommand, ScriptProgram } from './script-part.js';

const programs: Readonly<Record<Exclude<ScriptProgram, 'mkdir' | 'rmdir'>, string>> = {
  appcmd: '& $appcmd',
  icacls: '& "$env:SystemRoot\\System32\\icacls.exe"',
  netsh: '& "$env:SystemRoot\\System32\\netsh.exe"',
  sc: '& "$env:SystemRoot\\System32\\sc.exe"',
  net: '& "$env:SystemRoot\\System32\\net.exe"',
  fc: '& "$env:SystemRoot\\System32\\fc.exe"',
};

/** A command line of a .ps1. */
export function powerShellLine(program: ScriptProgram, args: readonly Argument[], list?: string): string {
  const quoted = args.map(quoteForPowerShell);
  if (program === 'mkdir') return `New-Item -ItemType Directory -Force -Path ${quoted.join(' ')} | Out-Null`;
  // Not recursive: a folder with files in it stays.
  if (program === 'rmdir') return `[IO.Directory]::Delete(${args.map(valueText).join(', ')})`;
  // Each word of a list is an argument of its own.
  return [programs[program], ...quoted, ...(list === undefined ? [] : [`(-split ${named(list)})`])].join(' ');
}

const named = (variable: string): string => `$${variable.toLowerCase()}`;
const text = powerShellString;
const contents = (value: string | Placeholder): string =>
  typeof value === 'string' ? text(value) : named(value.placeholder);
const valueText = (value: Argument): string =>
  typeof value === 'string' ? text(value) : value.map((part) => contents(part)).join(' + ');

/** Operators that are not told otherwise ignore case. */
function condition(one: Condition): string {
  if ('is' in one) return `${named(one.variable)} ${one.is === 'known' ? '-ne' : '-eq'} ''`;
  return 'equals' in one
    ? `${named(one.variable)} -eq ${contents(one.equals)}`
    : `${named(one.variable)} -ne ${contents(one.isNot)}`;
}

const failed = 'if ($LASTEXITCODE -ne 0)';

/** Where an item of a script stands: looks end a script that has changed nothing, a change begins to undo, an undo goes on. */
type Phase = 'look' | 'change' | 'undo';

function failure(why: string, phase: Phase): string {
  if (phase === 'undo') return "$left = 'yes'";
  return phase === 'look' ? `Exit-Refused ${text(`${why} Nothing was changed.`)}` : `throw ${text(why)}`;
}

function lookLines({ program, args, first, mentions = [], ends, orFail }: Look, phase: Phase): string[] {
  const others = first?.except === undefined ? '' : ` | Where-Object { $_ -ne ${text(first.except)} }`;
  const firstLine = `if ($LASTEXITCODE -eq 0) { ${named(first?.into ?? '')} = [string]($answer${others} | Select-Object -First 1) }`;
  return [
    `$answer = @(${powerShellLine(program, args)})`,
    ...(orFail === undefined
      ? []
      : [
          `if (@(${[0, ...(ends?.codes ?? [])].join(', ')}) -notcontains $LASTEXITCODE) { Write-Output $answer; ${failure(orFail, phase)} }`,
        ]),
    ...(ends?.codes ?? []).map((code) => `if ($LASTEXITCODE -eq ${code}) { ${named(ends?.into ?? '')} = 'yes' }`),
    ...(first === undefined ? [] : [`${named(first.into)} = ''`, firstLine]),
    // Windows PowerShell 5 puts quotes around an argument with a blank, and a backslash at its end would escape the last one.
    ...(first?.isFolder === true
      ? [`if (${named(first.into)} -match '\\s.*\\\\$') { ${named(first.into)} += '\\' }`]
      : []),
    ...mentions.map(({ into, texts }) => {
      const found = texts.map((one) => `(Test-Text $answer (${valueText(one)}))`).join(' -or ');
      return `if (${found}) { ${named(into)} = 'yes' }`;
    }),
  ];
}

function commandLines(command: ScriptCommand, phase: Phase): string[] {
  const { program, args, list, orElse, orStays } = command;
  const line = powerShellLine(program, args, list);
  const words = args.filter((one) => typeof one === 'string').slice(0, 2);
  const onFailure = failure(`${[program, ...words].join(' ')} has failed`, phase);
  if (program === 'mkdir') return [line];
  if (program === 'rmdir') {
    return [`try { ${line} } catch { ${orStays === undefined ? onFailure : `Write-Output ${text(orStays)}`} }`];
  }
  return [
    line,
    ...(orElse === undefined ? [] : [`${failed} { ${powerShellLine(program, orElse.args, orElse.list)} }`]),
    `${failed} { ${onFailure} }`,
  ];
}

const anyOf = (wildcards: readonly string[]): string =>
  `(${wildcards.map((one) => `$name -like ${text(one)}`).join(' -or ')})`;

const fileListLines = ({ folder, apart, to }: FileList): string[] => [
  `$apart = @(${apart.map((one) => text(`\\${one}`)).join(', ')})`,
  `$root = ${quoteForPowerShell(folder)}`,
  'function Test-Apart([string]$file) {',
  '  $below = $file.Substring($root.Length)',
  "  foreach ($one in $apart) { if ($below.StartsWith($one, 'OrdinalIgnoreCase')) { return $true } }",
  '  return $false',
  '}',
  'Get-ChildItem -LiteralPath $root -Recurse -Force -File |',
  `  Where-Object { $name = $_.Name; ${anyOf(codeFiles)} -or (${anyOf(settingFiles)} -and -not (Test-Apart $_.FullName)) } |`,
  "  ForEach-Object { '{0} {1} {2}' -f $_.Length, $_.LastWriteTimeUtc.Ticks, $_.FullName } |",
  `  Set-Content -LiteralPath ${quoteForPowerShell(to)} -Encoding UTF8`,
];

/** Without its conditions. */
function itemLines(item: ChangeItem | LookItem, phase: Phase): string[] {
  switch (item.kind) {
    case 'look':
      return lookLines(item, phase);
    case 'folder':
      return [`if (Test-Path -LiteralPath ${quoteForPowerShell(item.folder)}) { ${named(item.into)} = 'yes' }`];
    case 'files':
      return fileListLines(item);
    case 'rename':
      return [
        `Move-Item -Force -LiteralPath ${quoteForPowerShell(item.from)} -Destination ${quoteForPowerShell(item.to)}`,
      ];
    case 'assign':
      return [`${named(item.into)} = ${valueText(item.value)}`];
    case 'add':
      return [
        `${named(item.to)} += ' ' + ${item.argument.flatMap((part) => (part ? [contents(part)] : [])).join(' + ')}`,
      ];
    case 'refuse':
      return [failure(item.text, 'look')];
    case 'say':
      return [`Write-Output ${text(item.text)}`, ...(item.isLeft === true ? ["$left = 'yes'"] : [])];
    case 'run':
      return commandLines(item, phase);
  }
}

function blockLines(block: Block<ChangeItem | LookItem>, phase: Phase): string[] {
  if ('item' in block) return itemLines(block.item, phase);
  const inner = block.blocks.flatMap((one) => blockLines(one, phase));
  return [`if (${block.conditions.map(condition).join(' -and ')}) {`, ...indented(inner), '}'];
}

const linesOf = (items: readonly (ChangeItem | LookItem)[], phase: Phase): string[] =>
  blocksOf(items).flatMap((block) => blockLines(block, phase));

const checkLines = ({ args, refusing, text: said }: ScriptCheck): string[] => [
  `${powerShellLine('appcmd', args)} | Out-Null`,
  `if ($LASTEXITCODE ${refusing === undefined ? '-ne 0' : `-eq ${refusing}`}) { Exit-Refused ${text(said)} }`,
];

const indented = (lines: readonly string[]): string[] => lines.map((line) => (line === '' ? '' : `  ${line}`));

/** A name that is not in DNS is reached by its address. Below 500 it is the app's own answer, such as 404 for a page that it lacks. */
const askLines: readonly string[] = [
  '$status = 0',
  'try {',
  "  $status = [int](Invoke-WebRequest -Uri $path.Replace('{0}', $address) -Headers @{ Host = $hostName } -UseBasicParsing -TimeoutSec 60).StatusCode",
  '} catch {',
  "  if ($_.Exception.PSObject.Properties['Response'] -and $_.Exception.Response) { $status = [int]$_.Exception.Response.StatusCode }",
  '}',
  `Write-Output "${sentences.answered} \${status}: $url"`,
  "if ($status -eq 0 -or $status -ge 500) { throw 'the app does not answer as it should' }",
];

/** The URL is known only on the server: of the first binding of the site, where that is one of http or https without IPv6. */
function liveLines({ isChecked, bindings, path }: LiveLook): string[] {
  return [
    `$binding = [string](${powerShellLine('appcmd', bindings)} | Select-Object -First 1)`,
    "if ($binding -match '^(https?)/([^:\\[]+):(\\d+):([^,]*)') {",
    "  $hostName = if ($Matches[4] -ne '') { $Matches[4] } elseif ($Matches[2] -eq '*') { 'localhost' } else { $Matches[2] }",
    "  $address = if ($Matches[2] -eq '*') { 'localhost' } else { $Matches[2] }",
    `  $path = $Matches[1] + '://{0}:' + $Matches[3] + ${text(path)}`,
    "  $url = $path.Replace('{0}', $hostName)",
    ...(isChecked
      ? [
          "  if ($Matches[1] -eq 'http') {",
          ...indented(indented(askLines)),
          '  } else {',
          `    Write-Output ${text(sentences.unseen)}`,
          '    Write-Output $url',
          '  }',
        ]
      : [`  Write-Output ${text(sentences.unseen)}`, '  Write-Output $url']),
    '}',
  ];
}

function headLines({ title, name, folder, checks, ...script }: Script, body: readonly string[]): string[] {
  const at = isAbsolute(folder) ? text(folder) : `[IO.Path]::Combine($PSScriptRoot, ${text(folder)})`;
  return [
    // Windows PowerShell 5 reads a file without byte order mark as ANSI.
    `${isAscii([title, folder, ...body].join('')) ? '' : '\uFEFF'}# ${title} Run it elevated.`,
    `#   ${name}        deploys. If a command fails, what was done before is undone. A second run changes nothing.`,
    `#   ${name} undo   removes what it has added, and restores what was there before the first run.`,
    '# Exit codes: 0 done; 1 refused or failed, and everything is as it was before; 5 something could not be undone.',
    "param([string]$Action = '')",
    'Set-StrictMode -Version 2.0',
    "$ErrorActionPreference = 'Stop'",
    '# PowerShell 7 would escape the quotes of arguments once more.',
    "$PSNativeCommandArgumentPassing = 'Legacy'",
    folder === '' ? '$app = $PSScriptRoot' : `$app = [IO.Path]::GetFullPath(${at})`,
    '$parent = [string][IO.Path]::GetDirectoryName($app)',
    "$appcmd = Join-Path $env:windir 'system32\\inetsrv\\appcmd.exe'",
    '# What was there before the first run is kept in this file, for the undo later.',
    "$files = $PSCommandPath -replace '\\.ps1$', ''",
    "$before = [IO.Path]::ChangeExtension($PSCommandPath, '.before.txt')",
    "$left = ''",
    "$kept = ''",
    '$step = 0',
    '$answer = @()',
    `foreach ($one in ${variablesOf(script)
      .map((variable) => text(variable.toLowerCase()))
      .join(', ')}) { Set-Variable -Name $one -Value '' }`,
    'function Exit-Refused($why) { Write-Output $why; exit 1 }',
    'function Test-Text($lines, $part) { ($lines -join "`n").IndexOf($part, [StringComparison]::OrdinalIgnoreCase) -ge 0 }',
    `if (-not (Test-Path -LiteralPath $appcmd)) { Exit-Refused ${text(sentences.noIis)} }`,
    ...checks.filter(({ ofUndo }) => ofUndo).flatMap(checkLines),
  ];
}

/** What is only kept beside the script is no reason to undo a deployment. */
function keepLines({ parts }: Script): string[] {
  const lines = parts.flatMap(({ done = [] }) => linesOf(done, 'change'));
  return lines.length === 0 ? [] : ['try {', ...indented(lines), '} catch {', '  Write-Output "$_"', '}'];
}

const undoLines = ({ parts }: Script): string[] =>
  [...parts.entries()]
    .reverse()
    .flatMap(([index, { why, undo }]) =>
      undo.length === 0
        ? []
        : [
            `# Undoes step ${index + 1}. ${why}`,
            `if ($step -ge ${index + 1}) {`,
            ...indented(linesOf(undo, 'undo')),
            '}',
          ],
    );

const deleteFiles = (script: Pick<Script, 'parts'>): string[] =>
  filesOf(script)
    .map(quoteForPowerShell)
    .map((file) => `if (Test-Path -LiteralPath ${file}) { Remove-Item -LiteralPath ${file} }`);

const removeLines = ({ parts }: Script): string[] => [
  `if (-not (Test-Path -LiteralPath $before)) { Write-Output ${text(sentences.nothingToUndo)}; exit 0 }`,
  "foreach ($line in Get-Content -LiteralPath $before -Encoding UTF8) { $key, $value = $line -split '=', 2; Set-Variable -Name $key -Value $value }",
  ...[...parts].reverse().flatMap(({ remove }) => linesOf(remove, 'undo')),
  `if ($left -ne '') { Write-Output ${text(sentences.left)}; exit 5 }`,
  ...deleteFiles({ parts }),
  'Remove-Item -LiteralPath $before',
  `Write-Output ${text(sentences.removed)}`,
  'exit 0',
];

/** For Windows PowerShell 5.1 and PowerShell 7: the same as the .bat, in the same order. */
export const powerShell: Dialect = (script) => {
  const { parts, look, name } = script;
  const body = [
    '',
    '# Later: others may have changed the server since, so only what the script itself has added is removed.',
    "if ($Action -eq 'undo') {",
    ...indented(removeLines(script)),
    '}',
    '',
    '# What is there now? Nothing is changed yet.',
    ...script.checks.filter(({ ofUndo }) => !ofUndo).flatMap(checkLines),
    ...parts.flatMap((part) => linesOf(part.look, 'look')),
    "$before_run = 'yes'",
    'if (-not (Test-Path -LiteralPath $before)) {',
    "  $values = Get-Variable -Name 'before_*' | Where-Object { $_.Value -ne '' } | ForEach-Object { $_.Name + '=' + $_.Value }",
    '  Set-Content -LiteralPath $before -Value $values -Encoding UTF8',
    "  $kept = 'yes'",
    '}',
    'try {',
    ...indented(
      parts.flatMap(({ why, change }, index) => [
        `# Step ${index + 1}. ${why}`,
        `$step = ${index + 1}`,
        ...linesOf(change, 'change'),
        '',
      ]),
    ),
    ...indented(['# Does the app answer?', ...liveLines(look), ...keepLines(script)]),
    '} catch {',
    '  Write-Output "$_"',
    `  Write-Output ${text(sentences.failed)}`,
    '  # Each step undoes its own change.',
    ...indented(undoLines(script)),
    `  if ($left -ne '') { Write-Output ${text(sentences.left)}; exit 5 }`,
    "  if ($kept -ne '') {",
    ...indented(indented([...deleteFiles({ parts }), 'Remove-Item -LiteralPath $before'])),
    '  }',
    `  Write-Output ${text(sentences.asBefore)}`,
    '  exit 1',
    '}',
    `Write-Output ${text(`To undo the deployment later: ${name} undo`)}`,
    'exit 0',
    '',
  ];
  return [...headLines(script, body), ...body].join('\r\n');
};
