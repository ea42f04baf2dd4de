import { readdirSync } from 'node:fs';
import path from 'node:path';
import { webConfigAbove } from '../app/index.js';
import { UserError } from '../errors.js';
import { iisnodeSock } from '../typed-command.js';
import { allowancesInFolder, allowancesOf } from './allow/allowances.js';
import { markSilenced, sortSilenced } from './allow/silence.js';
import { changesSince } from './changed-files.js';
import { diagnoseOnServer } from './diagnose-on-server.js';
import type { DiagnoseOptions } from './diagnose-options.js';
import { withoutDisproved } from './disproved.js';
import { runRules, type Selection, selectRules, withoutUnknownRules } from './engine.js';
import { assumptionsIn } from './facts/assumptions.js';
import { gatherFacts } from './facts/gather.js';
import { siteOfOthers } from './facts/site-of-others.js';
import { fixAndTry, type Tried } from './fix-and-try.js';
import { onCopy } from './fix-copy.js';
import type { Examined } from './fix-findings.js';
import { faultOfRecord } from './former-files.js';
import { joinFindings } from './join.js';
import { isUrl, liveRules, lookLive, refuseBadUrl } from './look-live.js';
import { reportParts } from './report-parts.js';
import { rules } from './rules/index.js';
import { diagnoseSeen, explainedFirst, hasSeen, observe, withOwnLogs, withSeen } from './seen/index.js';
import { reportOf, tryApp, whyNotTried } from './trial/try-app.js';
import { forTypedFolder } from './typed-folder.js';
import type { DoctorReport, FileFacts, FilesBeside, Finding } from './types.js';

const fileRules = rules.filter(({ scope }) => scope === undefined || scope === 'files');
const trialRules = rules.filter(({ scope }) => scope === 'trial');

/** A live app alone. */
async function diagnoseLive(target: string, options: DiagnoseOptions): Promise<DoctorReport> {
  refuseBadUrl(target);
  if (options.fix) {
    throw new UserError('URL_NOT_FIXABLE', {
      what: `--fix cannot fix a live site: ${target}`,
      why: 'Fixes are edits of files.',
      next: `Run it in the app's folder: ${iisnodeSock} doctor .`,
    });
  }
  refuseOptionsOfFiles(target, options);
  const observed = observe(options, options.cwd);
  const { diagnoses, skipped, report: live } = await lookLive(target, options);
  const joined = withSeen(observed, { diagnoses, rules: liveRules }, options, target);
  const allowances = allowancesInFolder(options.cwd);
  const findings = joinFindings(markSilenced(joined.diagnoses, allowances));
  const { allowanceFaults: _ofFiles, ...sorted } = sortSilenced(findings, allowances);
  return { target: live.url, ...reportParts(sorted, 0, skipped + joined.skipped), live };
}

/** The rules that have checked an app to the end: what they do not find is not there. */
function checkedRules(
  selection: Selection,
  { site, folder }: FileFacts,
  tried: Tried | undefined,
): ReadonlySet<string> {
  if (site === undefined || !folder.hasSources) return new Set();
  const report = tried?.report;
  const isTried = report?.ran === true && report.outcome !== 'undecided';
  const checked = [...fileRules, ...(isTried ? trialRules : [])];
  return new Set(selectRules(checked, withoutUnknownRules(selection, checked)).map(({ code }) => code));
}

/** What the files say to who looks for the cause of what is seen live. */
function filesBeside(selection: Selection, { facts, result }: Examined): FilesBeside {
  const found = new Map(result.diagnoses.map(({ finding }) => [finding.rule, foundAt(finding)]));
  const checked = checkedRules(selection, facts, undefined);
  const isRead = facts.site !== undefined;
  return {
    facts: isRead ? facts : undefined,
    ofFiles: new Set(fileRules.map(({ code }) => code)),
    checkedRules: checked,
    found,
  };
}

const foundAt = ({ rule, file, line }: Finding): string =>
  file === undefined
    ? `${rule} in the files`
    : `${rule} at ${path.basename(file)}${line === undefined ? '' : `:${line}`}`;

/** Scripts of the server that no visitor should get; none where no entry point is known. */
function scriptsOf({ entries, server }: FileFacts): { readonly scripts?: readonly string[] } {
  const names = entries.filter(({ exists }) => exists).map(({ name }) => name);
  const loaded = server.scripts.flatMap(({ loaded: script }) => script?.name ?? []);
  return names.length === 0 ? {} : { scripts: [...new Set([...names, ...loaded])] };
}

/** Options for files are an error with a URL: they would be ignored silently. */
function refuseOptionsOfFiles(target: string, options: DiagnoseOptions): void {
  const { vdirPath, machines, siteRoot, apps, apphost, iisnodeVersion } = options;
  const all = {
    '--path': vdirPath,
    '--machines': machines,
    '--site-root': siteRoot,
    '--app': apps,
    '--apphost': apphost,
    '--iisnode-version': iisnodeVersion,
  };
  const named = Object.entries(all).flatMap(([name, value]) => (value === undefined ? [] : [name]));
  if (named.length === 0) return;
  const [verb, they] = named.length === 1 ? ['is', 'it applies'] : ['are', 'they apply'];
  throw new UserError('URL_TAKES_NO_OPTION', {
    what: `${named.join(' and ')} ${verb} for files, and ${target} is a URL.`,
    why: `For a URL the doctor only sends requests; it reads no files to which ${they}.`,
    next: `Omit ${named.length === 1 ? 'it' : 'them'}: ${iisnodeSock} doctor ${target}; or give the folder of the app.`,
    again: { without: named },
  });
}

function twoUrls(target: string, url: string): UserError {
  return new UserError('TWO_URLS', {
    what: `--url ${url} is for a folder, and ${target} is a URL.`,
    why: 'The doctor looks at one live site at a time.',
    next: `Omit one: ${iisnodeSock} doctor ${url}; or give the folder of the app: ${iisnodeSock} doctor . --url ${url}`,
    again: { without: ['--url'] },
  });
}

/** What is expected of a live app cannot be checked in files. */
function refuseExpect(target: string, { expect = [], url }: DiagnoseOptions): void {
  if (expect.length === 0 || url !== undefined) return;
  throw new UserError('EXPECT_NEEDS_URL', {
    what: `--expect is for a URL, and ${target} is not one.`,
    why: 'What a live app answers is not in its files.',
    next: `${iisnodeSock} doctor http://host/app/ --expect /path=200; deploy takes --expect as well.`,
  });
}

/** Whom a live app lets in is not in its files alone. */
function refuseOrigin(target: string, { origin, url }: DiagnoseOptions): void {
  if (origin === undefined || url !== undefined) return;
  throw new UserError('ORIGIN_NEEDS_URL', {
    what: `--origin is for a URL, and ${target} is not one.`,
    why: 'The doctor sends the requests of a page of that origin to the live app.',
    next: `${iisnodeSock} doctor http://host/app/ --origin ${origin}`,
  });
}

/** A folder in which the doctor has something to examine. */
export function hasApp(directory: string): boolean {
  try {
    return readdirSync(directory).some((name) => /^(?:web\.config|package\.json)$/i.test(name));
  } catch {
    return false; // examining it says why
  }
}

/** Without --fix. */
const untouched = {
  fixed: 0,
  takenBack: [],
  applied: [],
  former: new Map<string, Uint8Array>(),
  worse: undefined,
  notWritten: [],
};

/** Starts the app where that is wanted and possible. Throws UserError INTERRUPTED. */
async function tried(options: DiagnoseOptions, { facts, result }: Examined): Promise<Tried> {
  const { run, only, environment = {}, runLimit, signal } = options;
  const nothing = { run: undefined, diagnoses: [], skipped: 0 };
  const without = (reason: string): Tried => ({ ...nothing, report: { ran: false, reason } });
  if (run === undefined) return { ...nothing, report: undefined };
  if (!run) return without('--no-run');
  if (!facts.isFolder) return without('a web.config was given, not a folder');
  if (only !== undefined) return without('--only');
  const isFound = (code: string): boolean => result.diagnoses.some(({ rule }) => rule.code === code);
  const why = isFound('ENTRY_NOT_BUILT') ? 'its entry point is not built (npm run build)' : whyNotTried(facts);
  if (why !== undefined) return without(why);
  const isRoot = isFound('VDIR_PATH_NOT_SAID');
  const found = await tryApp(facts, { environment, signal, limit: runLimit, isRoot }).catch(reasonFor);
  if (typeof found === 'string') return without(found);
  const { diagnoses, skipped } = runRules(trialRules, found, withoutUnknownRules(options, trialRules));
  return { report: reportOf(found), run: found.run, diagnoses, skipped };
}

/** The nearest web.config above the app's folder: whether the server has that folder above as well is unknown. */
function notReadAbove({ directory, isFolder, around }: FileFacts): string | undefined {
  const isKnown = around.server !== undefined || around.apps !== undefined;
  return isFolder && !isKnown ? webConfigAbove(directory) : undefined;
}

/** Why this machine cannot try an app: what the files say is reported without it. */
function reasonFor(error: unknown): string {
  if (!(error instanceof UserError) || error.exit === 'interrupted') throw error;
  return `${error.what}: ${error.why.replace(/\.$/, '')}`;
}

/** The options of a command line that say where the app is and what is around it. */
function askedIn(options: DiagnoseOptions): Pick<DoctorReport, 'asked'> {
  const { vdirPath, machines, siteRoot, apps = [], apphost, iisnodeVersion, server } = options;
  const named = [
    ['--server', server?.to],
    ['--path', vdirPath],
    ['--machines', machines],
    ['--site-root', siteRoot],
    ...apps.map((app) => ['--app', app]),
    ['--apphost', apphost],
    ['--iisnode-version', iisnodeVersion],
  ];
  const asked = named.flatMap(([name, value]) => (value === undefined ? [] : [String(name), String(value)]));
  return asked.length > 0 ? { asked } : {};
}

/** `--fix --dry-run`: of a copy, at the place of the app itself. */
async function diagnoseCopy(target: string, options: DiagnoseOptions): Promise<DoctorReport> {
  const { dryRun: _dry, keepsFormer: _keeps, ...real } = options;
  const { isFolder, directory, webConfig, around, vdirPath } = gatherFacts(target, options); // refuses what cannot be examined
  const at = vdirPath?.from === 'option' ? { vdirPath: vdirPath.path } : {};
  const { asked: _own, ...report } = await onCopy(isFolder ? directory : webConfig.file, (copy) =>
    diagnose(copy, { ...real, ...at, around }),
  );
  return { ...report, ...askedIn(options), target, dryRun: true };
}

/**
 * Examines a directory, a web.config or a live app.
 *
 * @param target A directory or a web.config, relative to `cwd`; or an http(s) URL, which is probed as a browser would.
 * @throws UserError for a file of `seen` that cannot be used, a target that does not exist, an unknown rule, --fix, --path or --machines with a URL; file system errors while fixing.
 */
export async function diagnose(target: string, options: DiagnoseOptions): Promise<DoctorReport> {
  selectRules(rules, options);
  const { server, ...withoutServer } = options;
  if (server !== undefined && !isUrl(target)) {
    const report = await diagnoseOnServer(target, withoutServer, server, (known) => diagnose(target, known));
    return { ...report, ...askedIn(options) };
  }
  if (options.url !== undefined) refuseBadUrl(options.url);
  // Of another scheme it is no name of a file.
  if (/^[a-z][a-z\d+.-]*:\/\//i.test(target)) refuseBadUrl(target);
  if (isUrl(target)) {
    if (options.url !== undefined) throw twoUrls(target, options.url);
    return diagnoseLive(target, options);
  }
  if (options.fix && options.dryRun) return diagnoseCopy(target, options);
  if (options.isDefault && !hasApp(path.resolve(options.cwd, target))) {
    const { url, ...others } = options;
    if (url !== undefined) return diagnoseLive(url, others);
    if (hasSeen(options)) return diagnoseSeen(options);
  }
  refuseExpect(target, options);
  refuseOrigin(target, options);
  return diagnoseApp(target, options);
}

/** A directory or a web.config, and what is seen of its app. */
async function diagnoseApp(target: string, options: DiagnoseOptions): Promise<DoctorReport> {
  const observed = observe(options, options.cwd);
  const selection = withoutUnknownRules(options, fileRules);
  const examine = (): Examined => {
    const facts = gatherFacts(target, options);
    const { diagnoses, skipped } = runRules(fileRules, facts, selection);
    return { facts, result: { diagnoses: markSilenced(diagnoses, allowancesOf(facts)), skipped } };
  };
  const first = examine();
  const assumed = assumptionsIn(first.facts);
  const remark = siteOfOthers(first.facts);
  const live =
    options.url === undefined
      ? undefined
      : await lookLive(options.url, { ...options, ...scriptsOf(first.facts), files: filesBeside(options, first) });
  const notRead = options.around === undefined ? notReadAbove(first.facts) : undefined;
  const tryIt = (examined: Examined): Promise<Tried> => tried(options, examined);
  const { result, facts, fixed, takenBack, applied, trial, former, worse, notWritten } = options.fix
    ? await fixAndTry({ first, examine, tryApp: tryIt })
    : { ...untouched, ...first, trial: await tryIt(first) };
  const changed = changesSince(former);
  if (options.keepsFormer) {
    const fault = await faultOfRecord(first.facts.directory, former, options.environment ?? {});
    if (fault)
      return { ...(await diagnoseApp(target, { ...options, fix: false })), notWritten: [{ ...fault, rules: applied }] };
  }
  const seen = [...(live?.diagnoses ?? []), ...trial.diagnoses];
  const before = [...seen, ...first.result.diagnoses];
  const after = [...seen, ...withoutDisproved(result.diagnoses, facts, trial.run)];
  const examined = { diagnoses: before, facts: first.facts, rules: fileRules };
  // Logs of an app that works now are of the past.
  const works = trial.report?.ran === true && trial.report.outcome === 'works';
  const all = works ? observed : withOwnLogs(observed, options, first.facts);
  const joined = withSeen(all, examined, options, target, after);
  const allowances = allowancesOf(facts);
  const marked = explainedFirst(joinFindings(markSilenced(joined.diagnoses, allowances)));
  const named = forTypedFolder(marked, target, first.facts, askedIn(options).asked);
  const sorted = sortSilenced(named, allowances, checkedRules(options, facts, trial));
  return {
    target,
    ...reportParts(sorted, fixed, result.skipped + trial.skipped + joined.skipped + (live?.skipped ?? 0)),
    ...(trial.report && { trial: trial.report }),
    ...(live && { live: live.report }),
    ...(assumed.length > 0 && { assumed }),
    ...(notRead !== undefined && { notRead }),
    ...askedIn(options),
    ...(remark !== undefined && { remark }),
    ...(takenBack.length > 0 && { takenBack }),
    ...(worse && { worse }),
    ...(notWritten.length > 0 && { notWritten }),
    ...(changed.length > 0 && { changed }),
  };
}
