import { type Argument, type Placeholder, quoteForBatch } from '../../quoting.js';
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
import type {
  ChangeItem,
  Condition,
  FileList,
  Look,
  LookItem,
  ScriptCommand,
  ScriptPart,
  ScriptProgram,
} from './script-part.js';

/** Each program by its full path, else one of that name in the current folder or in PATH would run. */
const programs: Readonly<Record<ScriptProgram, string>> = {
  appcmd: '"%APPCMD%"',
  icacls: '"%SystemRoot%\\System32\\icacls.exe"',
  netsh: '"%SystemRoot%\\System32\\netsh.exe"',
  sc: '"%SystemRoot%\\System32\\sc.exe"',
  net: '"%SystemRoot%\\System32\\net.exe"',
  fc: '"%SystemRoot%\\System32\\fc.exe"',
  mkdir: 'mkdir',
  rmdir: 'rmdir',
};
const findstr = '"%SystemRoot%\\System32\\findstr.exe" /i /l';
const curl = '"%SystemRoot%\\System32\\curl.exe"';
const answer: Argument = [{ placeholder: 'ANSWER' }];

/** A command line of a .bat. */
export const batchLine = (program: ScriptProgram, args: readonly Argument[], list?: string): string =>
  [programs[program], ...args.map(quoteForBatch), ...(list === undefined ? [] : [`%${list}%`])].join(' ');

/** cmd.exe expands `%name%` in a script, also in comments. */
const percents = (text: string): string => text.replaceAll('%', '%%');

/** A text behind `echo`: cmd.exe would read these characters as its own. */
const echoed = (text: string): string => percents(text.replace(/[&|<>^()]/g, '^$&'));

/** In the middle of a text, or behind `set`. */
const contents = (value: Argument | Placeholder): string => {
  if (typeof value === 'string') return percents(value);
  return 'placeholder' in value ? `%${value.placeholder}%` : value.map(contents).join('');
};

const rem = (text: string): string => `rem ${percents(text)}`;

/** Prints a text; then it may go on elsewhere. */
const echoLine = (text: string, then?: string): string =>
  `echo ${echoed(text)}${then === undefined ? '' : ` & ${then}`}`;

const setLeft = 'set "LEFT=yes"';
/** The end of a script that has changed nothing. */
const refused = 'goto refused';
const failureText = (why: string, onFailure: string): string =>
  onFailure === refused ? `${why} Nothing was changed.` : why;

const deleteAnswer = 'if exist "%ANSWER%" del "%ANSWER%"';

/** `if defined X `, in front of a command; negated for a jump past what is not to run. */
function condition(one: Condition, isNegated = false): string {
  const not = (isNot: boolean): string => (isNot === isNegated ? '' : 'not ');
  if ('is' in one) return `if ${not(one.is === 'unknown')}defined ${one.variable} `;
  const value = 'equals' in one ? one.equals : one.isNot;
  return `if /i ${not('isNot' in one)}"%${one.variable}%"=="${contents(value)}" `;
}

/** Answers are read from a file: `for /f` over a command would need another kind of quotes. */
function lookLines({ program, args, first, mentions = [], ends, orFail }: Look, onFailure: string): string[] {
  const other = first?.except === undefined ? '' : `if /i not "%%V"=="${percents(first.except)}" `;
  const firstLines =
    first === undefined
      ? []
      : other === ''
        ? [`call :first ${first.into}`]
        : [
            `for /f "usebackq eol=| delims=" %%V in ("%ANSWER%") do ${other}if not defined ${first.into} set "${first.into}=%%V"`,
          ];
  const folder =
    first?.isFolder === true ? [`if "%${first.into}:~-1%"=="\\" set "${first.into}=%${first.into}%\\"`] : [];
  // Of findstr, 1 means that the text is not there.
  const unless = (...answers: readonly number[]): string[] => {
    if (orFail === undefined) return [];
    const others = answers.map((code) => `if %errorlevel% neq ${code} `).join('');
    return [`${others}type "%ANSWER%" & ${echoLine(failureText(orFail, onFailure), onFailure)}`];
  };
  return [
    `${batchLine(program, args)} >"%ANSWER%"`,
    ...unless(0, ...(ends?.codes ?? [])),
    ...(ends?.codes ?? []).map((code) => `if %errorlevel% equ ${code} set "${ends?.into}=yes"`),
    ...firstLines,
    ...folder,
    ...mentions.flatMap(({ into, texts }) => [
      `${[findstr, ...[...texts.map(searched), answer].map(quoteForBatch)].join(' ')} >nul`,
      `if %errorlevel% equ 0 set "${into}=yes"`,
      ...unless(0, 1),
    ]),
  ];
}

const searched = (text: Argument): Argument => (typeof text === 'string' ? `/c:${text}` : ['/c:', ...text]);

/** A command, its second try, and what to do when both have failed. */
function commandLines({ program, args, list, orElse, orStays }: ScriptCommand, onFailure: string): string[] {
  const then = orStays === undefined ? onFailure : echoLine(orStays);
  const line = batchLine(program, args, list);
  // A command of cmd.exe itself may leave the exit code of the one before it.
  const folder = args.map(quoteForBatch).join(' ');
  if (program === 'mkdir') return [line, `if not exist ${folder} ${then}`];
  if (program === 'rmdir') return [`${line} 2>nul`, `if exist ${folder} ${then}`];
  return [
    line,
    ...(orElse === undefined ? [] : [`if %errorlevel% neq 0 ${batchLine(program, orElse.args, orElse.list)}`]),
    `if %errorlevel% neq 0 ${then}`,
  ];
}

/** Each line is appended: wine's cmd.exe writes nothing of a loop in parentheses. */
function fileListLines({ folder, apart, to }: FileList): string[] {
  const list = (kinds: readonly string[], into: Argument): string =>
    `for /r ${quoteForBatch(folder)} %%F in (${kinds.join(' ')}) do echo %%~zF %%~tF %%F>>${quoteForBatch(into)}`;
  const others = apart.map((one) => searched([...(typeof folder === 'string' ? [folder] : folder), `\\${one}`]));
  return [
    `type nul >${quoteForBatch(to)}`,
    list(codeFiles, to),
    `type nul >${quoteForBatch(answer)}`,
    list(settingFiles, answer),
    `${findstr} /v ${[...others, answer].map(quoteForBatch).join(' ')} >>${quoteForBatch(to)}`,
  ];
}

/** Without its conditions. */
function itemLines(item: ChangeItem | LookItem, onFailure: string): string[] {
  switch (item.kind) {
    case 'look':
      return lookLines(item, onFailure);
    case 'folder':
      return [`if exist ${quoteForBatch(item.folder)} set "${item.into}=yes"`];
    case 'files':
      return fileListLines(item);
    case 'rename':
      return [`move /y ${quoteForBatch(item.from)} ${quoteForBatch(item.to)} >nul`];
    case 'assign':
      return [`set "${item.into}=${contents(item.value)}"`];
    case 'add':
      return [`set "${item.to}=%${item.to}% ${item.argument.map((part) => (part ? contents(part) : '')).join('')}"`];
    case 'refuse':
      return [echoLine(failureText(item.text, refused), refused)];
    case 'say':
      return [echoLine(item.text), ...(item.isLeft === true ? [setLeft] : [])];
    case 'run':
      return commandLines(item, onFailure);
  }
}

/** Writes items; more than one line under a condition is jumped over where it does not hold. */
class BlockWriter {
  #labels = 0;

  lines(items: readonly (ChangeItem | LookItem)[], onFailure: string): string[] {
    return blocksOf(items).flatMap((block) => this.#block(block, onFailure));
  }

  #block(block: Block<ChangeItem | LookItem>, onFailure: string): string[] {
    if ('item' in block) return itemLines(block.item, onFailure);
    const inner = block.blocks.flatMap((one) => this.#block(one, onFailure));
    const [line, ...more] = inner;
    if (line !== undefined && more.length === 0) {
      return [block.conditions.map((one) => condition(one)).join('') + line];
    }
    this.#labels += 1;
    const label = `next${this.#labels}`;
    return [...block.conditions.map((one) => `${condition(one, true)}goto ${label}`), ...inner, `:${label}`];
  }
}

function checkLines({ args, refusing, text }: ScriptCheck): string[] {
  const isRefused = refusing === undefined ? 'neq 0' : `equ ${refusing}`;
  return [`${batchLine('appcmd', args)} >nul`, `if %errorlevel% ${isRefused} ${echoLine(text, 'exit /b 1')}`];
}

/** The URL is known only on the server: of the first binding of the site, where that is one of http or https without IPv6. */
const liveLines = ({ isChecked, bindings, path }: LiveLook): string[] => [
  `${batchLine('appcmd', bindings)} >"%ANSWER%"`,
  'for /f "usebackq tokens=1 delims=," %%V in ("%ANSWER%") do if not defined BINDING set "BINDING=%%V"',
  'if not defined BINDING goto done',
  'if not "%BINDING:[=%"=="%BINDING%" goto done',
  ...['SCHEME', 'ADDRESS', 'PORT', 'HOST'].map(
    (name, index) => `for /f "tokens=${index + 1} delims=/:" %%V in ("%BINDING%") do set "${name}=%%V"`,
  ),
  'if /i not "%SCHEME:~0,4%"=="http" goto done',
  'if "%ADDRESS%"=="*" set "ADDRESS=127.0.0.1"',
  'if not defined HOST set "HOST=%ADDRESS%"',
  'if "%HOST%"=="127.0.0.1" set "HOST=localhost"',
  `set "URL=%SCHEME%://%HOST%:%PORT%${percents(path)}"`,
  ...(isChecked ? askLines : []),
  echoLine(sentences.unseen),
  'echo %URL%',
];

/** The first request waits until node listens. A name that is not in DNS is reached by its address. */
const askLines: readonly string[] = [
  `if not exist ${curl} goto unchecked`,
  deleteAnswer,
  `${curl} -s -k -o NUL -D "%ANSWER%" --max-time 60 --resolve "%HOST%:%PORT%:%ADDRESS%" "%URL%"`,
  'if exist "%ANSWER%" for /f "usebackq tokens=2" %%V in ("%ANSWER%") do if not defined STATUS set "STATUS=%%V"',
  'if not defined STATUS set "STATUS=000"',
  `echo ${sentences.answered} %STATUS%: %URL%`,
  rem('No answer, or an error of the server; any other one is the answer of the app.'),
  'if "%STATUS%"=="000" goto failed',
  'if "%STATUS:~0,1%"=="5" goto failed',
  'goto done',
  ':unchecked',
];

function headLines({ title, name, folder, checks, ...script }: Script, body: readonly string[]): string[] {
  const base = isAbsolute(folder) ? '' : '%~dp0';
  const variables = [
    'LEFT',
    'STEP',
    'KEPT',
    'BINDING',
    'SCHEME',
    'ADDRESS',
    'PORT',
    'HOST',
    'STATUS',
    ...variablesOf(script),
  ];
  return [
    '@echo off',
    'setlocal EnableExtensions DisableDelayedExpansion',
    'set "NoDefaultCurrentDirectoryInExePath=1"', // else an icacls.exe in the current folder would run
    ...(isAscii([title, folder, ...body].join('')) ? [] : ['chcp 65001 >nul']), // cmd.exe reads the file in the console's code page
    rem(title),
    ...usage(name).map(rem),
    `for %%I in ("${base}${percents(folder === '' ? '.' : folder)}") do set "APP=%%~fI"`,
    'for %%I in ("%APP%\\..") do set "PARENT=%%~fI"',
    'if "%PARENT:~-1%"=="\\" set "PARENT=%PARENT%\\"', // before a quote the C runtime reads two backslashes as one
    'set "APPCMD=%windir%\\system32\\inetsrv\\appcmd.exe"',
    rem('What was there before the first run is kept in this file, for the undo later.'),
    'set "FILES=%~dpn0"',
    'set "BEFORE=%FILES%.before.txt"',
    'set "ANSWER=%TEMP%\\iisnode-sock-%RANDOM%%RANDOM%.txt"',
    `for %%V in (${variables.join(' ')}) do set "%%V="`,
    `if not exist "%APPCMD%" ${echoLine(sentences.noIis, 'exit /b 1')}`,
    ...checks.filter(({ ofUndo }) => ofUndo).flatMap(checkLines),
    'if /i "%~1"=="undo" goto remove',
    '',
  ];
}

function usage(name: string): string[] {
  // cmd.exe reads the first word behind `rem` as it reads one of a command: `&` would end it.
  const first = name.replace(/[&|<>^]/g, '^$&');
  return [
    'Run it elevated:',
    `  ${first}        deploys. When a command fails, what was done before is undone. A second run changes nothing.`,
    `  ${first} undo   removes what it has added, and restores what was there before the first run.`,
    'Exit codes: 0 done; 1 refused or failed, and everything is as it was before; 5 something could not be undone.',
  ];
}

/** The labels of the steps fall through from the last one to the first. */
const undoLines = (parts: readonly ScriptPart[], writer: BlockWriter): string[] =>
  [...parts.entries()]
    .reverse()
    .flatMap(([index, { why, undo }]) => [
      rem(`Undoes step ${index + 1}. ${why}`),
      `:undo${index + 1}`,
      ...writer.lines(undo, setLeft),
    ]);

const deleteFiles = (script: Pick<Script, 'parts'>): string[] =>
  filesOf(script)
    .map(quoteForBatch)
    .map((file) => `if exist ${file} del ${file}`);

const removeLines = (parts: readonly ScriptPart[], writer: BlockWriter): string[] => [
  ':remove',
  `if not exist "%BEFORE%" ${echoLine(sentences.nothingToUndo, 'exit /b 0')}`,
  'for /f "usebackq eol=| delims=" %%V in ("%BEFORE%") do set "%%V"',
  ...[...parts].reverse().flatMap(({ remove }) => writer.lines(remove, setLeft)),
  deleteAnswer,
  `if defined LEFT ${echoLine(sentences.left, 'exit /b 5')}`,
  ...deleteFiles({ parts }),
  'del "%BEFORE%"',
  echoLine(sentences.removed),
  'exit /b 0',
];

/** The first line of an answer; none of a program that has failed. */
const firstLines: readonly string[] = [
  ':first',
  'set "CODE=%errorlevel%"',
  'set "%1="',
  'if %CODE% equ 0 for /f "usebackq eol=| delims=" %%V in ("%ANSWER%") do if not defined %1 set "%1=%%V"',
  'exit /b 0',
];

/** For cmd.exe: looks, then changes, and behind them what undoes these. */
export const batch: Dialect = (script) => {
  const { parts, look, name } = script;
  const writer = new BlockWriter();
  const files = deleteFiles(script);
  const body = [
    rem('What is there now? Nothing is changed yet.'),
    ...script.checks.filter(({ ofUndo }) => !ofUndo).flatMap(checkLines),
    ...parts.flatMap((part) => writer.lines(part.look, refused)),
    'set "BEFORE_RUN=yes"',
    'if not exist "%BEFORE%" set "KEPT=yes"',
    // A blank behind the name would be part of it.
    'if defined KEPT set BEFORE_>"%BEFORE%"',
    `if not exist "%BEFORE%" echo "%BEFORE%" ${echoed(sentences.notKept)} & ${refused}`,
    ...parts.flatMap(({ why, change }, index) => [
      '',
      rem(`Step ${index + 1}. ${why}`),
      `set "STEP=${index + 1}"`,
      ...writer.lines(change, 'goto failed'),
    ]),
    '',
    rem('Does the app answer?'),
    ...liveLines(look),
    ':done',
    ...parts.flatMap(({ done = [] }) => writer.lines(done, setLeft)),
    deleteAnswer,
    echoLine(`To undo the deployment later: ${name} undo`),
    'exit /b 0',
    '',
    ':refused',
    deleteAnswer,
    'exit /b 1',
    '',
    rem('Each step undoes its own change, and goes on with the step before it.'),
    ':failed',
    echoLine(sentences.failed),
    'goto undo%STEP%',
    ...undoLines(parts, writer),
    deleteAnswer,
    `if defined LEFT ${echoLine(sentences.left, 'exit /b 5')}`,
    ...(files.length > 0
      ? ['if not defined KEPT goto undone', ...files, 'del "%BEFORE%"', ':undone']
      : ['if defined KEPT del "%BEFORE%"']),
    echoLine(sentences.asBefore),
    'exit /b 1',
    '',
    rem('Later: others may have changed the server since, so only what the script itself has added is removed.'),
    ...removeLines(parts, writer),
    '',
    ...firstLines,
    '',
  ];
  return [...headLines(script, body), ...body].join('\r\n');
};
