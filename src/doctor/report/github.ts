import path from 'node:path';
import type { DoctorReport, Finding, Severity } from '../types.js';

const annotationCommands: Readonly<Record<Severity, string>> = { error: 'error', warning: 'warning', info: 'notice' };

/** Escapes of GitHub's workflow commands (actions/toolkit, command.ts). */
const data = (text: string): string => text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');
const property = (text: string): string => data(text).replaceAll(':', '%3A').replaceAll(',', '%2C');

function annotation(
  { rule, severity, message, why, fix, file, line, column }: Finding,
  cwd: string | undefined,
): string {
  const name = file !== undefined && cwd !== undefined ? path.relative(cwd, file).replaceAll(path.sep, '/') : file;
  const properties = [
    name !== undefined && `file=${property(name)}`,
    line !== undefined && `line=${line}`,
    column !== undefined && `col=${column}`,
    `title=${property(rule)}`,
  ].filter((part) => part !== false);
  return `::${annotationCommands[severity]} ${properties.join(',')}::${data(`${message} ${why}${fix ? ` Fix: ${fix}` : ''}`)}`;
}

/** Annotations for GitHub Actions, one line each. */
export function githubReport(report: DoctorReport, cwd?: string): string {
  return report.findings.map((finding) => `${annotation(finding, cwd)}\n`).join('');
}
