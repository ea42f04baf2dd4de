import path from 'node:path';
import type { App } from '../../app/index.js';
import { UserError } from '../../errors.js';
import { fileLimits, readIfThere, writeFileAtomic } from '../../files/index.js';
import { type Argument, type Placeholder, quoteForBatch, quoteForPowerShell } from '../../quoting.js';
import { resultOf } from '../deploy-result.js';
import { planDeploy } from '../plan-deploy.js';
import { runPlan } from '../run-plan.js';
import { refuseOtherRoot } from '../site-root.js';
import { localSteps, serverSteps } from '../steps/index.js';
import type { DeployEvent, DeployOptions, DeployPlan, DeployResult } from '../types.js';
import { freshServer, scriptTarget } from './fresh-server.js';
import { refusePort, refuseWithoutBinding } from './iis.js';
import { type ScriptCheck, scriptChecks } from './script-checks.js';
import { requireWritableFolder } from './writable-folder.js';

/** The app's folder on the server: the script finds it relative to its own folder. */
const appFolder: Placeholder = { placeholder: 'APP' };
const appcmdProgram: Placeholder = { placeholder: 'APPCMD' };

interface ScriptLines {
  readonly checks: readonly string[];
  readonly lines: readonly string[];
}

interface Dialect {
  /** One command line of the script. `mkdir` creates a folder that may already exist. */
  line(program: string | Placeholder, args: readonly Argument[]): string;
  /** The lines of a check before all commands. */
  check(check: ScriptCheck): readonly string[];
  /** The whole file. `folder`: the app's folder relative to the script's, with backslashes; '' for the same folder. */
  render(commands: ScriptLines, plan: DeployPlan, folder: string): string;
}

/**
 * Builds the app on this machine, which has its compiler, and writes the commands of the same plan, for a new IIS, into a script. The
 * script is run elevated on the server, with the app at the same place relative to it. Running it twice is fine: what exists (183)
 * is skipped.
 * @throws UserError FILE_EXISTS when the file exists with other content; PORT_NOT_OURS; SCRIPT_FOLDER_NOT_FOUND.
 */
export async function deployToScript(
  app: App,
  options: DeployOptions,
  to: string,
  report: (event: DeployEvent) => void,
): Promise<DeployResult> {
  const began = performance.now();
  const dialect = /\.ps1$/i.test(to) ? powerShell : batch;
  refusePort(options);
  const file = path.resolve(to);
  requireWritableFolder(file, 'SCRIPT_FOLDER_NOT_FOUND');
  const there = (await readIfThere(file, fileLimits.source))?.toString('utf8');
  const plan = planDeploy(app, options, undefined);
  refuseWithoutBinding(plan);
  const dryRun = options.dryRun === true;
  const context = freshServer(plan, {
    target: scriptTarget(pathInScript),
    appcmdLine: (args) => dialect.line(appcmdProgram, args),
    format: (program, args) => dialect.line(program, args),
    signal: options.signal,
    environment: options.environment,
  });
  await refuseOtherRoot(context, plan, options);
  const built = await runPlan(localSteps, context, plan, report, { dryRun });
  const said = await runPlan(serverSteps, context, plan, report, { dryRun: true });
  const folder = backslashes(path.relative(path.dirname(file), plan.directory));
  const lines = said.steps.flatMap((step) => step.commands);
  const checks = scriptChecks(plan).flatMap((check) => dialect.check(check));
  const text = dialect.render({ checks, lines }, plan, folder);
  const changed = there !== text;
  if (there !== undefined && changed) throw fileExists(to);
  if (changed && !dryRun) await writeFileAtomic(file, text);
  const steps = [...built.steps, ...said.steps];
  return resultOf({ target: context.target.name, plan, done: { changed, steps }, file }, began, options);
}

const backslashes = (folder: string): string => folder.replaceAll('/', '\\');

/** The app's folder relative to the script; absolute if it is on another drive. */
function pathInScript({ directory }: DeployPlan, folder: string): Argument {
  const below = backslashes(path.relative(directory, folder));
  if (onOtherDrive(below)) return below;
  return below === '' ? [appFolder] : [appFolder, `\\${below}`];
}

const fileExists = (file: string): UserError =>
  new UserError('FILE_EXISTS', {
    what: `${file} already exists`,
    why: 'its content differs from what would be written, so it may have been edited',
    next: 'give another name with --to, or remove that file first',
  });

/** Then there is no relative path from the script's folder. */
const onOtherDrive = (folder: string): boolean => /^[A-Za-z]:|^\\\\/.test(folder);

const isAscii = (texts: readonly string[]): boolean => texts.every((text) => /^[\x20-\x7e]*$/.test(text));

const describeFolder = (folder: string): string =>
  folder === '' ? 'in this folder' : `in ${folder}, relative to this folder,`;

const batch: Dialect = {
  line(program, args) {
    const [folder = ''] = args.map(quoteForBatch);
    if (program === 'mkdir') return `if not exist ${folder} mkdir ${folder}`;
    const called = typeof program === 'string' ? `"%SystemRoot%\\System32\\${program}.exe"` : quoteForBatch([program]);
    return [called, ...args.map(quoteForBatch)].join(' ');
  },
  check({ args, refusing, text }) {
    const isRefused = refusing === undefined ? 'neq 0' : `equ ${refusing}`;
    return [`${batch.line(appcmdProgram, args)} >nul`, `if %errorlevel% ${isRefused} echo ${echoed(text)} & exit /b 1`];
  },
  render({ checks, lines }, plan, folder) {
    const body = lines.flatMap((line) => [line, 'if %errorlevel% neq 0 if %errorlevel% neq 183 goto failed']);
    return [
      '@echo off',
      'setlocal',
      'set "NoDefaultCurrentDirectoryInExePath=1"', // else an icacls.exe in the current folder would run
      ...(isAscii([...lines, folder]) ? [] : ['chcp 65001 >nul']), // cmd.exe reads the file in the console's code page
      percents(
        `rem Deploys the app ${describeFolder(folder)} to IIS, at ${plan.vdirPath} of "${plan.siteName}". Run it elevated.`,
      ),
      `for %%I in ("${onOtherDrive(folder) ? '' : '%~dp0'}${percents(folder === '' ? '.' : folder)}") do set "APP=%%~fI"`,
      'set "APPCMD=%windir%\\system32\\inetsrv\\appcmd.exe"',
      `if not exist "%APPCMD%" echo ${echoed(noIis)} & exit /b 1`,
      ...checks,
      ...body,
      'exit /b 0',
      ':failed',
      'echo Failed with exit code %errorlevel% (5: run it elevated).',
      'exit /b %errorlevel%',
      '',
    ].join('\r\n');
  },
};

const noIis = 'There is no IIS on this machine, or its management tools are missing. Nothing was changed.';

/** A text behind `echo`: cmd.exe would read these characters as its own. */
const echoed = (text: string): string => percents(text.replace(/[&|<>^()]/g, '^$&'));

/** cmd.exe expands `%name%` in a script, also in comments. */
const percents = (text: string): string => text.replaceAll('%', '%%');

const powerShell: Dialect = {
  line(program, args) {
    const [folder = ''] = args.map(quoteForPowerShell);
    if (program === 'mkdir') return `New-Item -ItemType Directory -Force -Path ${folder} | Out-Null`;
    const called =
      typeof program === 'string'
        ? `& "$env:SystemRoot\\System32\\${program}.exe"`
        : `& $${program.placeholder.toLowerCase()}`;
    return [called, ...args.map(quoteForPowerShell)].join(' ');
  },
  check({ args, refusing, text }) {
    const isRefused = refusing === undefined ? '-ne 0' : `-eq ${refusing}`;
    return [
      `${powerShell.line(appcmdProgram, args)} | Out-Null`,
      `if ($LASTEXITCODE ${isRefused}) { throw ${quoteForPowerShell(text)} }`,
    ];
  },
  render({ checks, lines }, plan, folder) {
    const body = lines.flatMap((line) => [line, 'Test-Exit']);
    return [
      // Windows PowerShell 5 reads a file without byte order mark as ANSI.
      `${isAscii([...lines, folder]) ? '' : '\uFEFF'}# Deploys the app ${describeFolder(folder)} to IIS, at ${plan.vdirPath} of "${plan.siteName}". Run it elevated.`,
      "$ErrorActionPreference = 'Stop'",
      folder === ''
        ? '$app = $PSScriptRoot'
        : `$app = [IO.Path]::GetFullPath([IO.Path]::Combine($PSScriptRoot, '${folder.replaceAll("'", "''")}'))`,
      "$appcmd = Join-Path $env:windir 'system32\\inetsrv\\appcmd.exe'",
      `if (-not (Test-Path -LiteralPath $appcmd)) { throw ${quoteForPowerShell(noIis)} }`,
      ...checks,
      'function Test-Exit {',
      '  if ($LASTEXITCODE -ne 0 -and $LASTEXITCODE -ne 183) { throw "Failed with exit code $LASTEXITCODE (5: run it elevated)." }',
      '}',
      ...body,
      '',
    ].join('\r\n');
  },
};
