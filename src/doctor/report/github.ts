import path from 'node:path';
import type { AllowanceFault, DoctorReport, Finding, Severity } from '../types.js';

const annotationCommands: Readonly<Record<Severity, string>> = { error: 'error', warning: 'warning', info: 'notice' };

/** Escapes of GitHub's workflow commands (actions/toolkit, command.ts). */
const data = (text: string): string => text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');
const property = (text: string): string => data(text).replaceAll(':', '%3A').replaceAll(',', '%2C');

const annotation = ({ rule, severity, message, why, fix, ...at }: Finding, cwd: string | undefined): string =>
  annotationOf(severity, rule, `${message} ${why}${fix ? ` Fix: ${fix}` : ''}`, at, cwd);

function annotationOf(
  severity: Severity,
  title: string,
  text: string,
  { file, line, column }: Pick<Finding, 'file' | 'line' | 'column'>,
  cwd: string | undefined,
): string {
  const name = file !== undefined && cwd !== undefined ? path.relative(cwd, file).replaceAll(path.sep, '/') : file;
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
  cwd: string | undefined,
): string =>
  annotationOf(
    kind === 'unused' ? 'info' : 'warning',
    'allowance without effect',
    `${message} ${next}`,
    { file, line, column },
    cwd,
  );

/** Annotations for GitHub Actions, one line each; none for what is silenced. */
export function githubReport({ findings, allowanceFaults = [] }: DoctorReport, cwd?: string): string {
  const lines = [
    ...findings.map((finding) => annotation(finding, cwd)),
    ...allowanceFaults.map((fault) => faultAnnotation(fault, cwd)),
  ];
  return lines.map((line) => `${line}\n`).join('');
}
