import { isList, type ProgramShape, type Values } from './shape.js';

const quoted = (text: string): string => `'${text.replace(/['\u2018\u2019]/g, '$&$&')}'`;

/** An expression whose value is the candidates. Files are offered by PowerShell itself where there is no candidate. */
function candidates(values: Values): string {
  switch (values.kind) {
    case 'words':
      return `@(${values.words.map(quoted).join(', ')})`;
    case 'rules':
      return '$rules';
    case 'targets':
    case 'folder-or-target':
      return '(& $targets)';
    default:
      return '@()';
  }
}

/** What is typed: `$place` is the command, or the command and the option whose value is typed; `$word` the value, `$start` what stands before it. */
const reading = `    $word = "$wordToComplete"
    $words = @($commandAst.CommandElements | Where-Object { $_.Extent.EndOffset -lt $cursorPosition } | ForEach-Object { $_.Extent.Text })
    if ($words.Count -gt 0 -and $words[0] -match '(^|[\\\\/])npx(\\.cmd)?$') {
        $at = -1
        for ($i = 1; $i -lt $words.Count; $i++) {
            if ($words[$i] -match '^iisnode-sock(@.*)?$') { $at = $i; break }
        }
        if ($at -lt 0) {
            if ('iisnode-sock'.StartsWith($word)) { 'iisnode-sock' }
            return
        }
        $words = @($words | Select-Object -Skip $at)
    }
    $before = if ($words.Count -gt 1) { $words[$words.Count - 1] } else { '' }
    $name = "$($words | Select-Object -Skip 1 | Where-Object { -not $_.StartsWith('-') } | Select-Object -First 1)"
    $start = ''
    if ($word -match '^(--[^=]+=)(.*)$') {
        $before = $Matches[1].TrimEnd('=')
        $start = $Matches[1]
        $word = $Matches[2]
    }
    $place = "$name $before"
    if (-not ($valued -contains $place)) {
        $place = $name
        if ($word.StartsWith('-')) {
            if ($options.ContainsKey($name)) {
                foreach ($option in $options[$name].GetEnumerator()) {
                    if ($option.Key.StartsWith($word)) {
                        [System.Management.Automation.CompletionResult]::new($option.Key, $option.Key, 'ParameterName', $option.Value)
                    }
                }
            }
            return
        }
    }
    if ($lists -contains $place -and $word.Contains(',')) {
        $end = $word.LastIndexOf(',') + 1
        $start += $word.Substring(0, $end)
        $word = $word.Substring($end)
    }
`;

/** The script for Windows PowerShell 5 and PowerShell 7. */
export function powerShellScript({ version, program, commands, rules }: ProgramShape): string {
  const all = [program, ...commands];
  const table = (rows: readonly string[]): string => `@{\n${rows.map((row) => `        ${row}`).join('\n')}\n    }`;
  const options = all.map(({ name, options }) => {
    const own = options.flatMap(({ flags, text }) => flags.map((flag) => `${quoted(flag)} = ${quoted(text)}`));
    return `${quoted(name)} = [ordered]@{ ${own.join('; ')} }`;
  });
  const values = all.flatMap(({ name, options, values }) => [
    `${quoted(name)} { ${candidates(values)} }`,
    ...options.flatMap((option) =>
      option.values === undefined
        ? []
        : option.flags.map((flag) => `${quoted(`${name} ${flag}`)} { ${candidates(option.values as Values)} }`),
    ),
  ]);
  const valued = all.flatMap(({ name, options }) =>
    options.flatMap(({ flags, values }) => (values ? flags.map((flag) => quoted(`${name} ${flag}`)) : [])),
  );
  const lists = all.flatMap(({ name, options }) =>
    options.flatMap((option) => (isList(option) ? option.flags.map((flag) => quoted(`${name} ${flag}`)) : [])),
  );
  return `# Completion of iisnode-sock, version ${version}, for PowerShell: a part of $PROFILE.
Register-ArgumentCompleter -Native -CommandName @('iisnode-sock', 'iisnode-sock.cmd', 'npx', 'npx.cmd') -ScriptBlock {
    param($wordToComplete, $commandAst, $cursorPosition)
    $rules = @(${rules.map(quoted).join(', ')})
    $targets = {
        try {
            $manifest = Get-Content -Raw -Encoding UTF8 -ErrorAction Stop 'package.json' | ConvertFrom-Json
            $manifest.'iisnode-sock'.targets.PSObject.Properties | ForEach-Object { $_.Name }
        } catch { }
    }
    $texts = ${table(commands.map(({ name, text }) => `${quoted(name)} = ${quoted(text)}`))}
    $options = ${table(options)}
    $valued = @(${valued.join(', ')})
    $lists = @(${lists.join(', ')})
${reading}    $found = switch ($place) {
${values.map((row) => `        ${row}`).join('\n')}
        'help' { @(${commands.map(({ name }) => quoted(name)).join(', ')}) }
    }
    foreach ($value in $found) {
        if ($value.StartsWith($word, [System.StringComparison]::OrdinalIgnoreCase)) {
            $text = if ($texts.ContainsKey($value)) { $texts[$value] } else { $value }
            [System.Management.Automation.CompletionResult]::new($start + $value, $value, 'ParameterValue', $text)
        }
    }
}
`;
}
