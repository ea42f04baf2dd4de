import path from 'node:path';
import type { AllowanceFault, DoctorReport, Finding, Severity } from '../types.js';
import { nameBelow, rootOf } from './repository-root.js';

const annotationCommands: Readonly<Record<Severity, string>> = { error: 'error', warning: 'warning', info: 'notice' };

/** Escapes of GitHub's workflow commands (actions/toolkit, command.ts). */
const data = (text: string): string => text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');
const property = (text: string): string => data(text).replaceAll(':', '%3A').replaceAll(',', '%2C');

const annotation = ({ rule, severity, message, why, fix, ...at }: Finding, root: string | undefined): string =>
  annotationOf(severity, rule, `${message} ${why}${fix ? ` Fix: ${fix}` : ''}`, at, root);

function annotationOf(
  severity: Severity,
  title: string,
  text: string,
  { file, line, column }: Pick<Finding, 'file' | 'line' | 'column'>,
  root: string | undefined,
): string {
  const name = file !== undefined && root !== undefined ? (nameBelow(root, file) ?? file) : file;
  const properties = [
    name !== undefined && `file=${property(name)}`,
    line !== undefined && `line=${line}`,
    column !== undefined && `col=${column}`,
    `title=${property(title)}`,
  ].filter((part) => part !== false);
  return `::${annotationCommands[severity]} ${properties.join(',')}::${data(text)}`;
}

/** Of an allowance that silences nothing. */
const faultAnnotation = (
  { kind, file, line, column, message, next }: AllowanceFault,
  root: string | undefined,
): string =>
  annotationOf(
    kind === 'unused' ? 'info' : 'warning',
    'allowance without effect',
    `${message} ${next}`,
    { file, line, column },
    root,
  );

/**
 * Annotations for GitHub Actions, one line each; none for what is silenced.
 *
 * @param cwd Absolute; of relative targets.
 * @param workspace GITHUB_WORKSPACE: the checkout, to which GitHub takes file names as relative; without it the repository of the target.
 */
export function githubReport(report: DoctorReport, cwd?: string, workspace?: string): string {
  const { findings, allowanceFaults = [] } = report;
  const root = workspace ? path.resolve(workspace) : cwd && rootOf(report, cwd);
  const lines = [
    ...findings.map((finding) => annotation(finding, root)),
    ...allowanceFaults.map((fault) => faultAnnotation(fault, root)),
  ];
  return lines.map((line) => `${line}\n`).join('');
}
