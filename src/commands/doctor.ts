import path from 'node:path';
import { assumptionLine } from '../app/index.js';
import {
  type DoctorReport,
  diagnose,
  explainRule,
  listRules,
  type RuleExplanation,
  refuseTogether,
  reporters,
  ruleColumns,
  ruleListText,
  type SeenOptions,
  unfix,
  waterfall,
} from '../doctor/index.js';
import { UserError } from '../errors.js';
import { exitCodes } from '../exit-codes.js';
import { fileLimits } from '../files/index.js';
import type { Expectation } from '../probe/index.js';
import { serverHere } from '../server/index.js';
import { readInput, type Terminal } from '../terminal/index.js';
import { typedCommand } from '../typed-command.js';
import type { Command, CommandContext, CommonOptions } from './context.js';
import { lasting } from './lasting.js';
import { nameOf, typedOptions } from './served-place.js';

export interface DoctorCommandOptions extends CommonOptions {
  readonly fix?: boolean;
  readonly unfix?: boolean;
  readonly dryRun?: boolean;
  /** False with --no-run. */
  readonly run?: boolean;
  readonly strict?: boolean;
  readonly format: 'text' | 'json' | 'sarif' | 'github';
  readonly only?: readonly string[];
  readonly skip?: readonly string[];
  readonly explain?: string;
  readonly list?: boolean;
  readonly path?: string;
  readonly machines?: number;
  readonly expect?: readonly Expectation[];
  readonly origin?: string;
  readonly seen?: readonly string[];
  readonly har?: string;
  readonly logs?: string;
  readonly url?: string;
  readonly siteRoot?: string;
  readonly app?: readonly string[];
  readonly apphost?: string;
  readonly iisnodeVersion?: string;
  /** False with --no-server; true without a value, and otherwise the server's address: doctor-at-server.ts. */
  readonly server?: boolean | string;
}

/** `doctor [what]`, without a server elsewhere. */
export const doctor: Command<DoctorCommandOptions> = async ([what], options, context) => {
  const { terminal, cwd, environment } = context;
  refuseTogether({ ...options, form: terminal.form });
  if (options.list || options.explain !== undefined) return printRules(options, terminal);
  if (options.unfix) {
    const unfixed = await unfix(what ?? '.', cwd, environment, options.dryRun);
    for (const file of unfixed.restored) terminal.print(`${unfixed.dryRun ? 'would restore' : 'restored'} ${file}`);
    if (unfixed.restored.length === 0) terminal.print('Nothing to restore: --fix has changed no file here.');
    terminal.document(unfixed);
    return exitCodes.done.code;
  }
  const server = options.server === false ? undefined : serverHere(environment);
  const served = what === undefined ? undefined : await servedApp(what, options, context);
  const target = served?.directory ?? what ?? '.';
  const asked = await diagnoseOptions({ ...options, ...served?.options }, context);
  const report = await lasting(terminal, `examining ${target === '.' ? 'this folder' : target}`, () =>
    diagnose(target, { ...asked, isDefault: what === undefined, server }),
  );
  return printReport(report, options, context);
};

/** Where a URL leads to a host of this user: the folder of its app and the options for that place, which are said. */
async function servedApp(what: string, options: DoctorCommandOptions, { terminal, cwd, environment }: CommandContext) {
  const { path: vdirPath, app, apphost, siteRoot, url } = options;
  const isPlaced = [vdirPath, app, apphost, siteRoot, url].some((given) => given !== undefined);
  if (isPlaced || !/^https?:\/\//i.test(what) || !URL.canParse(what)) return undefined;
  const { servedAt } = await import('./served-at.js');
  const served = await servedAt(new URL(what), environment);
  if (served?.app === undefined) return undefined;
  const { by, app: found } = served;
  const directory = nameOf(found.directory, cwd);
  const placed = [directory, ...typedOptions(found.options)];
  if (options.fix)
    throw new UserError('URL_NOT_FIXABLE', {
      what: `--fix cannot fix a live site: ${what}`,
      why: `Fixes are edits of files, and ${by} listens there.`,
      next: typedCommand(['doctor', ...placed, '--fix']),
    });
  const live = served.url.href;
  const command = typedCommand(['doctor', ...placed, '--url', live]);
  if (terminal.form === 'text' || terminal.json)
    terminal.say(terminal.err.dim(`${by} listens there: examined as with ${command}`));
  return { directory, options: { ...found.options, url: live } };
}

/** The options of the command line, as `diagnose` takes them. */
export async function diagnoseOptions(
  options: DoctorCommandOptions,
  { cwd, environment, signal }: Pick<CommandContext, 'cwd' | 'environment' | 'signal'>,
) {
  return {
    cwd,
    environment,
    assumeFrom: 'folder name' as const,
    fix: options.fix ?? false,
    keepsFormer: true,
    ...(options.dryRun ? { dryRun: true } : {}),
    run: options.run ?? true,
    signal,
    ...(options.only === undefined ? {} : { only: options.only }),
    ...(options.skip === undefined ? {} : { skip: options.skip }),
    ...(options.path === undefined ? {} : { vdirPath: options.path }),
    ...(options.machines === undefined ? {} : { machines: options.machines }),
    ...(options.expect === undefined ? {} : { expect: options.expect }),
    ...(options.origin === undefined ? {} : { origin: options.origin }),
    ...(options.seen === undefined ? {} : { seen: await seenTexts(options.seen) }),
    ...(options.har === undefined ? {} : { har: options.har }),
    ...(options.logs === undefined ? {} : { logs: options.logs }),
    ...(options.url === undefined ? {} : { url: options.url }),
    ...(options.siteRoot === undefined ? {} : { siteRoot: options.siteRoot }),
    ...(options.app === undefined ? {} : { apps: options.app }),
    ...(options.apphost === undefined ? {} : { apphost: options.apphost }),
    ...(options.iisnodeVersion === undefined ? {} : { iisnodeVersion: options.iisnodeVersion }),
  };
}

/** Prints a report in the format that is asked for, and gives the exit code. */
export function printReport(
  report: DoctorReport,
  { strict = false }: Pick<DoctorCommandOptions, 'strict'>,
  { terminal, cwd, environment }: Pick<CommandContext, 'terminal' | 'cwd' | 'environment'>,
): number {
  const { form } = terminal;
  const assumed = assumptionLine(report.assumed ?? []);
  const notes = [assumed, report.notRead && notReadLine(report.notRead, cwd), serverLine(report)];
  for (const note of form === 'text' || terminal.json ? notes : []) if (note) terminal.say(terminal.err.dim(note));
  if (terminal.verbose && report.live !== undefined && form === 'text') terminal.printText(waterfall(report.live));
  if (form === 'text' || terminal.json) terminal.printText(reporters.text(report, terminal.out, cwd, terminal.width));
  const workspace = environment.GITHUB_WORKSPACE;
  if (form === 'json') terminal.document(report);
  else if (form !== 'text') terminal.machineText(reporters[form](report, terminal.out, cwd, terminal.width, workspace));
  const { errors, warnings } = report.summary;
  const { notWritten = [] } = report;
  // These two forms have no place for it.
  for (const { file, why } of form === 'sarif' || form === 'github' ? notWritten : [])
    terminal.say(`cannot write ${file}: ${why}`);
  return errors > 0 || notWritten.length > 0 || (strict && warnings > 0) ? exitCodes.refused.code : exitCodes.done.code;
}

/** `-` is standard input, which is read once. */
async function seenTexts(given: readonly string[]): Promise<NonNullable<SeenOptions['seen']>> {
  if (!given.includes('-')) return given;
  const bytes = await readInput(process.stdin, '--seen', fileLimits.seen);
  return [...given.filter((text) => text !== '-'), { name: 'standard input', bytes }];
}

/** --list, or --explain RULE. */
function printRules({ explain }: DoctorCommandOptions, terminal: Terminal): number {
  const { form, width } = terminal;
  const isText = terminal.json || form === 'text';
  if (explain === undefined) {
    if (isText) terminal.printText(ruleListText(width));
    terminal.document({ rules: listRules() });
    return exitCodes.done.code;
  }
  const rule = explained(explain, terminal);
  if (isText) terminal.printText(`${rule.text}\n`);
  terminal.document(rule);
  return exitCodes.done.code;
}

/** For a name that resembles no rule, all of them are printed above the error. */
function explained(name: string, terminal: Terminal): RuleExplanation {
  try {
    return explainRule(name, terminal.width);
  } catch (error) {
    const isFar = error instanceof UserError && error.next.endsWith('--list');
    if (isFar && terminal.form === 'text') terminal.sayText(`The rules:\n${ruleColumns(terminal.width)}`);
    throw error;
  }
}

/** What was seen of the server; undefined where there is none. */
function serverLine({ server }: DoctorReport): string | undefined {
  if (server === undefined) return undefined;
  const { iis, iisnode, node, poolState, w3svc, was } = server.seen;
  const named = Object.entries({ IIS: iis, iisnode, node: node?.version, W3SVC: w3svc, WAS: was, pool: poolState });
  const seen = named.flatMap(([name, value]) => (value === undefined ? [] : [`${name} ${value}`]));
  const notSeen = server.notSeen.length > 0 ? [`not seen: ${server.notSeen.join('; ')}`] : [];
  const { name, directory } = server;
  const where =
    name === undefined
      ? 'server'
      : `server ${name}, where the app is ${directory === undefined ? 'not there yet' : `in ${directory}`}`;
  return `${where}: ${[seen.join(', ') || 'nothing was seen', ...notSeen].join('. ')}`;
}

/** Its folder may be anything: a repository, or the site. */
function notReadLine(file: string, cwd: string): string {
  const shown = path.relative(cwd, file) || file;
  const folder = path.dirname(shown);
  return `${shown} is not read; if its folder is the site's root on the server: --site-root ${/\s/.test(folder) ? JSON.stringify(folder) : folder}`;
}
