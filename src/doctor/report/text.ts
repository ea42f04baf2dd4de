import path from 'node:path';
import { printable } from '../../printable.js';
import type { DoctorReport, Finding, Known, TrialOutcome } from '../types.js';
import { noColours, type Palette } from './palette.js';

const plural = (count: number, word: string): string => `${count} ${word}${count === 1 ? '' : 's'}`;

/** The file name to show: relative if the file is below the working directory. */
function shortName(file: string, cwd: string | undefined): string {
  if (cwd === undefined) return file;
  const relative = path.relative(cwd, file);
  return relative !== '' && !relative.startsWith('..') && !path.isAbsolute(relative) ? relative : file;
}

/** The line of the finding with a caret below the column; long indentation is cut so that the caret stays visible. */
function excerpt(finding: Finding, colours: Palette): string[] {
  const { evidence, line, column } = finding;
  if (evidence === undefined || evidence.trim() === '' || line === undefined || column === undefined) return [];
  const indent = /^[ \t]*/.exec(evidence)?.[0].length ?? 0;
  const cut = Math.min(indent, Math.max(0, column - 1));
  const number = `${line} | `;
  const asShown = (text: string): string => printable(text.replaceAll('\t', ' '));
  const before = asShown(evidence.slice(cut, column - 1));
  const shown = `${before}${asShown(evidence.slice(column - 1))}`.slice(0, 120);
  const caret = before.length;
  const lines = [`    ${colours.dim(number)}${shown}`];
  if (caret < shown.length) lines.push(`    ${' '.repeat(number.length + caret)}${colours.error('^')}`);
  return lines;
}

const widest = 100;

/** Text of several lines, indented to align with the first. */
function wrapped(label: string, text: string, colours: Palette): string[] {
  const room = widest - label.length - 3;
  const lines: string[] = [];
  for (const word of text.split(/\s+/)) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + word.length < room) lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(word);
  }
  return lines.map((line, index) => `  ${index === 0 ? colours.dim(label) : ' '.repeat(label.length)} ${line}`);
}

/** The line of the place is the one that the user has seen: it is printed as such. */
const isQuoted = ({ evidence = '', seen = [] }: Finding): boolean => seen.some((quote) => quote.endsWith(evidence));

/** The causes of a text that was seen, after the likeliest, which the message has; last those that the files rule out. */
function otherCauses({ causes = [], apart }: Finding, colours: Palette): string[] {
  const [first, ...others] = causes;
  const shown = first?.against === undefined ? others : causes;
  const lines = shown.flatMap(({ says, fix, against }) =>
    wrapped(
      against === undefined ? 'or:' : 'not:',
      against === undefined ? `${says}. Then: ${fix}.` : `${says} (${against})`,
      colours,
    ),
  );
  return shown.length > 0 && apart !== undefined ? [...lines, ...wrapped('apart:', apart, colours)] : lines;
}

/** How a finding is known; for one in a file its place says that. */
const knownFrom: Readonly<Record<Known, string>> = {
  file: '',
  live: ' (seen live)',
  trial: ' (seen in the trial run)',
  seen: ' (seen by you)',
};

/** Below its cause. */
function renderConsequence({ rule, message, known }: Finding, colours: Palette): string[] {
  return wrapped('so:', printable(`${message} [${rule}${knownFrom[known]}]`), colours).map((line) => `  ${line}`);
}

function renderFinding(finding: Finding, colours: Palette, cwd: string | undefined, isWhyPrinted: boolean): string {
  const { severity, rule, file, line, column } = finding;
  const place =
    file === undefined
      ? ''
      : ` ${printable(shortName(file, cwd))}${line === undefined ? '' : `:${line}:${column ?? 1}`}`;
  const lines = [
    `${colours[severity](severity)} ${colours.strong(rule)}${colours.dim(place)}${colours.dim(knownFrom[finding.known])}`,
    `  ${printable(finding.message)}`,
    ...(isQuoted(finding) ? [] : excerpt(finding, colours)),
    ...(finding.seen ?? []).map((quote) => `  ${colours.dim('seen by you:')} ${printable(quote)}`),
    ...(isWhyPrinted ? [] : wrapped('why:', finding.why, colours)),
  ];
  if (finding.fix !== undefined) lines.push(`  ${colours.dim('fix:')} ${printable(finding.fix)}`);
  for (const effect of finding.consequences ?? []) lines.push(...renderConsequence(effect, colours));
  return [...lines, ...otherCauses(finding, colours)].join('\n');
}

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
  ].filter((part) => part !== false);
  return more.length > 0 ? `${found} (${more.join(', ')})` : found;
}

const outcomes: Readonly<Record<TrialOutcome, string>> = {
  works: 'it answers all that a browser asks for',
  fails: 'it answers, but not all that a browser asks for',
  crashed: 'it crashes',
  ended: 'it ends by itself',
  'never-listened': 'it never listens',
  'listened-elsewhere': 'it listens elsewhere than on its pipe',
  'not-started': 'it could not be started',
  'config-refused': 'IIS refuses its configuration',
  undecided: 'that says nothing of it here',
};

/** What came of the trial, or why there was none. */
function trialLine({ trial }: DoctorReport): string[] {
  if (trial === undefined) return [];
  if (!trial.ran) return [`not tried: ${printable(trial.reason)}`];
  return [
    `tried: the app was started in the embedded IIS for ${(trial.ms / 1000).toFixed(1)} s; ${outcomes[trial.outcome]}`,
  ];
}

/** The files and lines that --fix changed; with --dry-run what it would change, as a diff. */
function changes({ changed = [], dryRun }: DoctorReport, colours: Palette, cwd: string | undefined): string[] {
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

/** The target on the command line; the current folder needs none. */
function argument(target: string): string {
  const name = printable(target);
  return target === '.' ? '' : ` ${/\s/.test(name) ? `"${name}"` : name}`;
}

function next(report: DoctorReport, cwd: string | undefined): string[] {
  const { target, findings, takenBack = [], dryRun, changed, assumed } = report;
  if (dryRun && changed !== undefined) return [`next: iisnode-sock doctor${argument(target)} --fix writes it`];
  const worst = findings.find(({ severity }) => severity === 'error') ?? findings[0];
  if (!worst) return [];
  // Without an app nothing was assumed of one.
  if (assumed === undefined && findings.every(({ known }) => known === 'seen'))
    return ['next: with the files the doctor knows more: iisnode-sock doctor FOLDER --seen "..."'];
  const explain = `iisnode-sock doctor --explain ${worst.rule}`;
  const fixable = findings.filter(({ fixable: can, rule }) => can && !takenBack.includes(rule)).length;
  if (fixable === 0) {
    return worst.fix === undefined ? [`next: ${explain}`] : [`more: ${explain}`, `next: ${firstStep(worst, cwd)}`];
  }
  const count = fixable === findings.length ? (fixable === 1 ? 'it' : 'all of it') : `${fixable} of ${findings.length}`;
  return [`more: ${explain}`, `next: iisnode-sock doctor${argument(target)} --fix fixes ${count}`];
}

/** The human-readable report; ends with a newline. Text that several findings share is printed once. */
export function textReport(report: DoctorReport, colours: Palette = noColours, cwd?: string): string {
  const said = new Set<string>();
  const blocks = report.findings.map((finding) => {
    const isSaid = said.has(finding.why);
    said.add(finding.why);
    return renderFinding(finding, colours, cwd, isSaid);
  });
  const end = [
    `${counts(report, colours)} in ${printable(report.target)}`,
    ...trialLine(report),
    ...changes(report, colours, cwd),
    ...undone(report),
    ...next(report, cwd),
  ].join('\n');
  return `${[...blocks, end].join('\n\n')}\n`;
}
