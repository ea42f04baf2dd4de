import path from 'node:path';
import { type AppcmdStore, commandLine, executeAppcmd, quoteForBatch, quoteForPowerShell } from '../../appcmd/index.js';
import { applicationHostText } from '../../config/index.js';
import { writeFileAtomic } from '../../webconfig/index.js';
import { planDeploy } from '../plan-deploy.js';
import { runPlan } from '../run-plan.js';
import { steps } from '../steps/index.js';
import type { DeployContext, DeployEvent, DeployOptions, DeployPlan, DeployResult } from '../types.js';

/** Stands for the app's folder on the server until the lines are written: the folder the script lies in. */
const here = '@@APP@@';
const appcmdExe = '@@APPCMD@@';

interface Dialect {
  quote(argument: string): string;
  /** The whole file. */
  render(lines: readonly string[], plan: DeployPlan): string;
}

export const isScript = (to: string): boolean => /\.(bat|cmd|ps1)$/i.test(to);

/**
 * Writes the commands of the same plan, as for a fresh IIS, into a script to be run elevated from the app's folder on the
 * server. Running it twice is fine: what is there already (183) is passed over.
 */
export async function deployToScript(
  options: DeployOptions,
  to: string,
  report: (event: DeployEvent) => void,
): Promise<DeployResult> {
  const began = performance.now();
  const dialect = /\.ps1$/i.test(to) ? powerShell : batch;
  const planned = planDeploy(options, undefined);
  const logs = path.relative(planned.directory, planned.logDirectory ?? planned.directory).replaceAll('/', '\\');
  const plan: DeployPlan = { ...planned, directory: here, logDirectory: `${here}\\${logs}` };
  const context = scriptContext(plan, dialect, options.signal);
  const done = await runPlan(steps, context, plan, report, { dryRun: true });
  const file = path.resolve(to);
  if (options.dryRun !== true) {
    await writeFileAtomic(
      file,
      dialect.render(
        done.steps.flatMap(({ commands }) => commands),
        plan,
      ),
    );
  }
  return {
    target: 'script',
    plan: planned,
    dryRun: options.dryRun === true,
    changed: options.dryRun !== true,
    steps: done.steps.map((step) => ({
      ...step,
      commands: step.commands.map((line) => dialect.render([line], plan).trim()),
    })),
    url: undefined,
    probe: undefined,
    file,
    ms: performance.now() - began,
    exit: 'done',
  };
}

/** Looks at an IIS as it is after installing, with the plan's site: everything is still to be made. */
function scriptContext(plan: DeployPlan, dialect: Dialect, signal: AbortSignal | undefined): DeployContext {
  const text = applicationHostText({
    pools: ['DefaultAppPool'],
    sites: [
      {
        name: plan.siteName,
        id: 1,
        bindings: [{ protocol: 'http', information: '*:80:' }],
        applications: [{ path: '/', physicalPath: '%SystemDrive%\\inetpub\\wwwroot', pool: 'DefaultAppPool' }],
      },
    ],
  });
  const store: AppcmdStore = {
    file: 'applicationHost.config',
    read: async () => text,
    write: () => Promise.reject(new Error('Writing a script changes no configuration')),
    running: async () => true,
    signal: async () => undefined,
  };
  const format = (program: string, args: readonly string[]): string => commandLine(program, args, dialect.quote);
  return {
    appcmd: { run: (args) => executeAppcmd(args, store), format: (args) => format(appcmdExe, args) },
    signal: signal ?? new AbortController().signal,
    run: async () => ({ exitCode: 1, stdout: '' }), // nothing is granted yet
    format,
    target: 'script',
  };
}

const batch: Dialect = {
  quote: quoteForBatch,
  render(lines, plan) {
    if (lines.length === 1) return batchLine(lines[0] ?? '');
    const body = lines.flatMap((line) => [
      batchLine(line),
      'if %errorlevel% neq 0 if %errorlevel% neq 183 goto failed',
    ]);
    return [
      '@echo off',
      `rem Puts the app in this folder on IIS, at ${plan.vdirPath} of "${plan.siteName.replaceAll('%', '%%')}". Run it elevated.`,
      'setlocal',
      'set "APP=%~dp0"',
      'if "%APP:~-1%"=="\\" set "APP=%APP:~0,-1%"',
      'set "APPCMD=%windir%\\system32\\inetsrv\\appcmd.exe"',
      ...body,
      'exit /b 0',
      ':failed',
      'echo Failed with exit code %errorlevel% (5: run it elevated).',
      'exit /b %errorlevel%',
      '',
    ].join('\r\n');
  },
};

function batchLine(line: string): string {
  const folder = /^mkdir (.*)$/.exec(line)?.[1];
  const made = folder === undefined ? line : `if not exist ${folder} mkdir ${folder}`;
  // The folder's path may hold a blank, so an argument with it is quoted as a whole.
  return made
    .replace(/(?<=^|\s)(\/[\w.]+:)?@@APP@@([^\s"]*)/g, '$1"@@APP@@$2"')
    .replaceAll('@@APPCMD@@', '"%APPCMD%"')
    .replaceAll(here, '%APP%');
}

const powerShell: Dialect = {
  quote: quoteForPowerShell,
  render(lines, plan) {
    if (lines.length === 1) return powerShellLine(lines[0] ?? '');
    const body = lines.flatMap((line) => [powerShellLine(line), 'Test-Exit']);
    return [
      `# Puts the app in this folder on IIS, at ${plan.vdirPath} of "${plan.siteName}". Run it elevated.`,
      "$ErrorActionPreference = 'Stop'",
      '$app = $PSScriptRoot',
      "$appcmd = Join-Path $env:windir 'system32\\inetsrv\\appcmd.exe'",
      'function Test-Exit {',
      '  if ($LASTEXITCODE -ne 0 -and $LASTEXITCODE -ne 183) { throw "Failed with exit code $LASTEXITCODE (5: run it elevated)." }',
      '}',
      ...body,
      '',
    ].join('\r\n');
  },
};

function powerShellLine(line: string): string {
  const folder = /^mkdir (.*)$/.exec(line)?.[1];
  const made = folder === undefined ? line : `New-Item -ItemType Directory -Force -Path ${folder} | Out-Null`;
  return made
    .replace(/^'@@APPCMD@@'/, '& $appcmd')
    .replace(/'((?:[^']|'')*)@@APP@@((?:[^']|'')*)'/g, "('$1' + $app + '$2')");
}
