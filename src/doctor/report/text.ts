import path from 'node:path';
import stringWidth from 'fast-string-width';
import { wrapAnsi } from 'fast-wrap-ansi';
import { plural } from '../../amounts.js';
import { printable } from '../../printable.js';
import { inOneLine } from '../../trimmed.js';
import { iisnodeSock } from '../../typed-command.js';
import type { DoctorReport, Finding, Known, TrialOutcome } from '../types.js';
import { codeFrame } from './frame.js';
import { liveLines } from './live.js';
import { noColours, type Palette } from './palette.js';

/** The file name to show: relative if the file is below the working directory. */
function shortName(file: string, cwd: string | undefined): string {
  if (cwd === undefined) return file;
  const relative = path.relative(cwd, file);
  return relative !== '' && !relative.startsWith('..') && !path.isAbsolute(relative) ? relative : file;
}

/** What the text is laid out for. */
interface Layout {
  readonly colours: Palette;
  /** File names below it are relative. */
  readonly cwd: string | undefined;
  /** Columns of the terminal. */
  readonly width: number;
}

/** Broken at spaces; a longer word has a line of its own. */
const linesOf = (text: string, width: number): string[] => wrapAnsi(text, width).split('\n');

/** A text with a label in front of it; its further lines are below its first word. */
function labelled(label: string, text: string, { colours, width }: Layout, indent = 2): string[] {
  const edge = indent + label.length + 1;
  return linesOf(printable(inOneLine(text)), width - edge).map((line, index) =>
    index === 0 ? `${' '.repeat(indent)}${colours.dim(label)} ${line}` : `${' '.repeat(edge)}${line}`,
  );
}

/** A line of the end of the report; what it continues with is indented. */
const hanging = (text: string, width: number): string[] =>
  linesOf(text, width - 2).map((line, index) => (index === 0 ? line : `  ${line}`));

/** The line of the place is the one that the user has seen: it is printed as such. */
const isQuoted = ({ evidence = '', seen = [] }: Finding): boolean => seen.some((quote) => quote.endsWith(evidence));

/**
 * The causes of a text that was seen, after the likeliest, which the message has, or all causes of a failure of a live site; last those
 * that are ruled out.
 */
function otherCauses({ causes = [], apart, known }: Finding, layout: Layout): string[] {
  const [first, ...others] = causes;
  const shown = known === 'live' || first?.against !== undefined ? causes : others;
  const lines = shown.flatMap((cause) => {
    const { says, fix, evidence, against } = cause;
    if (against !== undefined) return labelled('not:', `${says} (${against})`, layout);
    const label = cause === first ? 'likely:' : 'or:';
    return labelled(label, `${says}${evidence === undefined ? '' : ` (${evidence})`}. Then: ${fix}.`, layout);
  });
  return shown.length > 0 && apart !== undefined ? [...lines, ...labelled('apart:', apart, layout)] : lines;
}

/** How a finding is known; for one in a file its place says that. */
const knownFrom: Readonly<Record<Known, string>> = {
  file: '',
  live: ' (seen live)',
  trial: ' (seen in the trial run)',
  seen: ' (seen by you)',
};

/** Below its cause. */
const renderConsequence = ({ rule, message, known }: Finding, layout: Layout): string[] =>
  labelled('so:', `${message} [${rule}${knownFrom[known]}]`, layout, 4);

/** The file, line and column of a finding; '' without a file. */
function placeOf({ file, line, column }: Finding, cwd: string | undefined): string {
  if (file === undefined) return '';
  return `${printable(shortName(file, cwd))}${line === undefined ? '' : `:${line}:${column ?? 1}`}`;
}

/** Severity, rule and place in one line; a place that has no room there in the next one. */
function heading(finding: Finding, { colours, cwd, width }: Layout): string[] {
  const { severity, rule, known } = finding;
  const place = placeOf(finding, cwd);
  const how = knownFrom[known];
  const isLong = stringWidth(`${severity} ${rule} ${place}${how}`) > width;
  const start = `${colours[severity](severity)} ${colours.strong(rule)}`;
  if (place === '') return [`${start}${colours.dim(how)}`];
  return isLong ? [start, `  ${colours.dim(`${place}${how}`)}`] : [`${start}${colours.dim(` ${place}${how}`)}`];
}

function renderFinding(finding: Finding, layout: Layout, isWhyPrinted: boolean): string {
  const { colours, width } = layout;
  return [
    ...heading(finding, layout),
    ...linesOf(printable(finding.message), width - 2).map((line) => `  ${line}`),
    ...(isQuoted(finding) ? [] : codeFrame(finding, colours, width)),
    ...(finding.seen ?? []).flatMap((quote) => labelled('seen by you:', quote, layout)),
    ...(isWhyPrinted ? [] : labelled('why:', finding.why, layout)),
    ...(finding.fix === undefined ? [] : labelled('fix:', finding.fix, layout)),
    ...(finding.consequences ?? []).flatMap((effect) => renderConsequence(effect, layout)),
    ...otherCauses(finding, layout),
  ].join('\n');
}

/** The most silenced findings that are named. */
const mostNamed = 20;

/** What the app allows, each with its reason. */
function silencedLines({ silenced = [] }: DoctorReport, { cwd, width }: Layout): string[] {
  const named = silenced.slice(0, mostNamed).flatMap((finding) => {
    const place = placeOf(finding, cwd);
    const explains = finding.seen === undefined ? '' : '; it explains what you have seen';
    const reason = printable(finding.silenced?.reason ?? '');
    return hanging(`silenced: ${finding.rule}${place === '' ? '' : ` ${place}`} (${reason})${explains}`, width);
  });
  const others = silenced.length - mostNamed;
  return others > 0 ? [...named, `silenced: ${others} more`] : named;
}

/** Allowances that silence nothing. */
const allowanceLines = ({ allowanceFaults = [] }: DoctorReport, { cwd, width }: Layout): string[] =>
  allowanceFaults.flatMap(({ file, line, message, next: instead }) =>
    hanging(printable(`allowance without effect: ${shortName(file, cwd)}:${line}: ${message} ${instead}`), width),
  );

function counts({ summary, dryRun }: DoctorReport, colours: Palette): string {
  const parts = [
    summary.errors > 0 && colours.error(plural(summary.errors, 'error')),
    summary.warnings > 0 && colours.warning(plural(summary.warnings, 'warning')),
    summary.infos > 0 && colours.info(plural(summary.infos, 'note')),
  ].filter((part) => part !== false);
  const found = parts.length > 0 ? parts.join(', ') : colours.good('Nothing wrong');
  const more = [
    summary.fixed > 0 && `${summary.fixed} ${dryRun ? 'would be ' : ''}fixed`,
    summary.skipped > 0 && `${summary.skipped} hidden by --only or --skip`,
    summary.silenced !== undefined && `${summary.silenced} silenced with a reason`,
  ].filter((part) => part !== false);
  return more.length > 0 ? `${found} (${more.join(', ')})` : found;
}

const outcomes: Readonly<Record<TrialOutcome, string>> = {
  works: 'it answers all that a browser asks for',
  fails: 'it answers, but not all that a browser asks for',
  'refused-by-policy': 'it answers, and the policy of its page refuses what its client needs',
  crashed: 'it crashes',
  ended: 'it ends by itself',
  'never-listened': 'it never listens',
  'listened-elsewhere': 'it listens elsewhere than on its pipe',
  'not-started': 'it could not be started',
  'config-refused': 'IIS refuses its configuration',
  undecided: 'that says nothing of it here',
};

/** "Nothing wrong" is misleading where nothing was looked for. */
const remarkLine = ({ remark }: DoctorReport): string[] => (remark === undefined ? [] : [`note: ${remark}`]);

/** What came of the trial, or why there was none. */
function trialLine({ trial }: DoctorReport, cwd: string | undefined): string[] {
  if (trial === undefined) return [];
  if (!trial.ran) return [`not tried: ${printable(trial.reason)}`];
  const { apphost } = trial;
  const by = apphost === undefined ? '' : `, configured by ${printable(shortName(apphost, cwd))} (not its bindings),`;
  return [
    `tried: the app was started in the embedded IIS${by} for ${(trial.ms / 1000).toFixed(1)} s; ${outcomes[trial.outcome]}`,
  ];
}

/** The files and lines that --fix changed; with --dry-run what it would change, as a diff. */
function changes({ changed = [], dryRun }: DoctorReport, { colours, cwd }: Layout): string[] {
  return changed.flatMap(({ file, lines, diff }) => {
    const name = printable(shortName(file, cwd));
    const said = `${dryRun ? 'would change' : 'changed'} ${name}: ${lines.length === 1 ? 'line' : 'lines'} ${lines.join(', ')}`;
    return dryRun
      ? [
          said,
          ...diff
            .trimEnd()
            .split(/\r?\n/)
            .map((line) => painted(printable(line), colours)),
        ]
      : [said];
  });
}

/** A line of a diff. */
function painted(line: string, colours: Palette): string {
  if (/^(\+\+\+|---|@@)/.test(line)) return colours.dim(line);
  if (line.startsWith('+')) return colours.good(line);
  return line.startsWith('-') ? colours.error(line) : line;
}

/** Fixes that could not be written. */
const unwritten = ({ notWritten = [] }: DoctorReport, cwd: string | undefined): string[] =>
  notWritten.map(
    ({ file, rules, why }) =>
      `The fix for ${rules.join(', ')} was not written: cannot write ${printable(shortName(file, cwd))}. ${printable(why)}`,
  );

/** Fixes that did not help. */
function undone({ takenBack = [], worse }: DoctorReport): string[] {
  const broke =
    worse === undefined ? [] : [`The fix for ${worse.rules.join(', ')} was rolled back: ${printable(worse.because)}.`];
  if (takenBack.length === 0) return broke;
  return [
    ...broke,
    `The fix for ${takenBack.join(', ')} did not help here and was rolled back; the files are unchanged.`,
  ];
}

/** What to do first, with the place to do it at. */
function firstStep({ file, line, fix = '' }: Finding, cwd: string | undefined): string {
  const place = file === undefined ? '' : `${shortName(file, cwd)}${line === undefined ? '' : `:${line}`}: `;
  return printable(`${place}${fix}`);
}

/** A text that has to be one line. */
function cutAtWord(text: string, width: number): string {
  if (stringWidth(text) <= width) return text;
  const [start = '', ...words] = text.split(/ (?=.)/);
  let line = start;
  for (const [index, word] of words.entries()) {
    // The place of the step is kept, however long it is.
    if (index > 0 && stringWidth(`${line} ${word} ...`) > width) break;
    line += ` ${word}`;
  }
  return `${line} ...`;
}

/** A word of a command line, after a space. */
function word(text: string): string {
  const name = printable(text);
  return ` ${/\s/.test(name) ? `"${name}"` : name}`;
}

/** The target on the command line; the current folder needs none. */
const argument = (target: string): string => (target === '.' ? '' : word(target));

/** The options without which the same command would look elsewhere. */
const again = ({ asked = [] }: DoctorReport): string => asked.map(word).join('');

/**
 * What to do first: `next:` has a command alone, to be pasted as it stands; `first:` has a step of the user's own, cut at the width, because its
 * finding has all of it.
 */
function next(report: DoctorReport, { cwd, width }: Layout): string[] {
  const { target, findings, takenBack = [], notWritten: [fault] = [], dryRun, changed, assumed } = report;
  const fix = `next: ${iisnodeSock} doctor${argument(target)}${again(report)} --fix`;
  if (dryRun && changed !== undefined) return [fix];
  const worst = findings.find(({ severity }) => severity === 'error') ?? findings[0];
  if (!worst) return [];
  // Without an app nothing was assumed of one.
  if (assumed === undefined && findings.every(({ known }) => known === 'seen'))
    return [`note: the app's files tell more: ${iisnodeSock} doctor FOLDER with the same --seen, --har or --logs`];
  if (fault) return [`first: ${printable(fault.next)}`];
  const explain = `${iisnodeSock} doctor --explain ${worst.rule}`;
  const fixable = findings.filter(({ fixable: can, rule }) => can && !takenBack.includes(rule)).length;
  if (fixable === 0) {
    return worst.fix === undefined
      ? [`next: ${explain}`]
      : [`more: ${explain}`, cutAtWord(`first: ${firstStep(worst, cwd)}`, width)];
  }
  const count = fixable === findings.length ? 'all' : `${fixable} of ${findings.length}`;
  return [`more: ${explain}`, `fixable: ${count}`, fix];
}

/**
 * The human-readable report; ends with a newline. Text that several findings share is printed once.
 *
 * @param width Columns of the terminal.
 */
export function textReport(report: DoctorReport, colours: Palette = noColours, cwd?: string, width = 80): string {
  const layout: Layout = { colours, cwd, width };
  const said = new Set<string>();
  const blocks = report.findings.map((finding) => {
    const isSaid = said.has(finding.why);
    said.add(finding.why);
    return renderFinding(finding, layout, isSaid);
  });
  const wrapped = (lines: readonly string[]): string[] => lines.flatMap((line) => hanging(line, width));
  const plain = counts(report, noColours);
  const [first = '', ...further] = hanging(`${plain} in ${printable(report.target)}`, width);
  const end = [
    first.replace(plain, () => counts(report, colours)), // painted when it is laid out: the marks of a colour have no column
    ...further,
    ...wrapped([...remarkLine(report), ...trialLine(report, layout.cwd), ...liveLines(report)]),
    ...silencedLines(report, layout),
    ...allowanceLines(report, layout),
    ...changes(report, layout),
    ...wrapped([...undone(report), ...unwritten(report, layout.cwd)]),
    ...next(report, layout),
  ].join('\n');
  return `${[...blocks, end].join('\n\n')}\n`;
}
