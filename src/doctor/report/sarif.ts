import { pathToFileURL } from 'node:url';
import { rules } from '../rules/index.js';
import type { DoctorReport, Finding, Severity } from '../types.js';

const levels: Readonly<Record<Severity, string>> = { error: 'error', warning: 'warning', info: 'note' };

function locations({ file, line, column, evidence }: Finding): object[] {
  if (file === undefined) return [];
  const region =
    line === undefined
      ? {}
      : { region: { startLine: line, startColumn: column ?? 1, ...(evidence && { snippet: { text: evidence } }) } };
  return [{ physicalLocation: { artifactLocation: { uri: pathToFileURL(file).href }, ...region } }];
}

/** SARIF 2.1.0 (OASIS), as code scanning services read it. */
export function sarifReport(report: DoctorReport): string {
  const used = rules.filter(({ code }) => report.findings.some(({ rule }) => rule === code));
  const document = {
    $schema: 'https://json.schemastore.org/sarif-2.1.0.json',
    version: '2.1.0',
    runs: [
      {
        tool: {
          driver: {
            name: 'iisnode-sock',
            rules: used.map(({ code, title, why, help, severity }) => ({
              id: code,
              shortDescription: { text: title },
              fullDescription: { text: why },
              help: { text: help.replace(/\s*\n\s*/g, ' ') },
              defaultConfiguration: { level: levels[severity] },
            })),
          },
        },
        columnKind: 'utf16CodeUnits',
        results: report.findings.map((finding) => ({
          ruleId: finding.rule,
          ruleIndex: used.findIndex(({ code }) => code === finding.rule),
          level: levels[finding.severity],
          message: { text: `${finding.message} ${finding.why}${finding.fix ? ` Fix: ${finding.fix}` : ''}` },
          locations: locations(finding),
          properties: {
            known: finding.known,
            ...(finding.consequences && { consequences: finding.consequences.map(({ message }) => message) }),
          },
        })),
      },
    ],
  };
  return `${JSON.stringify(document, undefined, 2)}\n`;
}
