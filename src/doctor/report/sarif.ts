import { pathToFileURL } from 'node:url';
import { inOneLine } from '../../trimmed.js';
import { helpUriOf, informationUri, version } from '../../version.js';
import { rules } from '../rules/index.js';
import type { AllowanceFault, DoctorReport, Finding, Severity } from '../types.js';
import { nameBelow, rootOf } from './repository-root.js';

const levels: Readonly<Record<Severity, string>> = { error: 'error', warning: 'warning', info: 'note' };

/** The name of the repository's root in URIs, as code scanning services know it. */
const rootName = '%SRCROOT%';

/** A file below the root relative to it, any other by its absolute URI. */
function artifactLocation(file: string, root: string): object {
  const relative = nameBelow(root, file);
  if (relative === undefined) return { uri: pathToFileURL(file).href };
  return { uri: relative.split('/').map(encodeURIComponent).join('/'), uriBaseId: rootName };
}

interface Spot extends Pick<Finding, 'file' | 'line' | 'column' | 'evidence' | 'evidenceColumn'> {}

function locations({ file, line, column, evidence, evidenceColumn }: Spot, root: string): readonly object[] {
  if (file === undefined) return [];
  const physical = { artifactLocation: artifactLocation(file, root) };
  if (line === undefined || line < 1) return [{ physicalLocation: physical }];
  const region = { startLine: line, startColumn: Math.max(1, column ?? 1) };
  // Of a long line the evidence is a part, which no region describes.
  const isWhole = evidence !== undefined && evidence.trim() !== '' && evidenceColumn === undefined;
  const contextRegion = { startLine: line, snippet: { text: evidence } };
  return [{ physicalLocation: { ...physical, region, ...(isWhole && { contextRegion }) } }];
}

/** An allowance as the reason why a result is suppressed. */
function suppressionOf({ silenced }: Finding, root: string): readonly object[] {
  if (silenced === undefined) return [];
  const [location] = locations(silenced, root);
  return [{ kind: 'inSource', status: 'accepted', justification: silenced.reason, location }];
}

const notificationOf = (fault: AllowanceFault, root: string): object => ({
  level: fault.kind === 'unused' ? 'note' : 'warning',
  message: { text: `${fault.message} ${fault.next}` },
  locations: locations(fault, root),
});

const ruleOf = ({ code, title, why, help, severity }: (typeof rules)[number]): object => ({
  id: code,
  shortDescription: { text: title },
  fullDescription: { text: why },
  help: { text: inOneLine(help) },
  helpUri: helpUriOf(code),
  defaultConfiguration: { level: levels[severity] },
});

/**
 * SARIF 2.1.0 (OASIS), as code scanning services read it.
 *
 * @param cwd Absolute; of relative targets. URIs are relative to the root of its git repository, or to it where there is none.
 */
export function sarifReport(report: DoctorReport, cwd = process.cwd()): string {
  const { findings, silenced = [], allowanceFaults = [] } = report;
  const root = rootOf(report, cwd);
  const all = [...findings, ...silenced];
  const used = rules.filter(({ code }) => all.some(({ rule }) => rule === code));
  const resultOf = (finding: Finding): object => ({
    ruleId: finding.rule,
    ruleIndex: used.findIndex(({ code }) => code === finding.rule),
    level: levels[finding.severity],
    message: { text: `${finding.message} ${finding.why}${finding.fix ? ` Fix: ${finding.fix}` : ''}` },
    locations: locations(finding, root),
    // Of one run either all results have it or none (SARIF 2.1.0, 3.27.23).
    ...(silenced.length > 0 && { suppressions: suppressionOf(finding, root) }),
    properties: {
      known: finding.known,
      ...(finding.consequences && { consequences: finding.consequences.map(({ message }) => message) }),
    },
  });
  const notifications = allowanceFaults.map((fault) => notificationOf(fault, root));
  const document = {
    $schema: 'https://json.schemastore.org/sarif-2.1.0.json',
    version: '2.1.0',
    runs: [
      {
        tool: { driver: { name: 'iisnode-sock', version, informationUri, rules: used.map(ruleOf) } },
        ...(notifications.length > 0 && {
          invocations: [{ executionSuccessful: true, toolConfigurationNotifications: notifications }],
        }),
        originalUriBaseIds: { [rootName]: { uri: `${pathToFileURL(root).href.replace(/\/$/, '')}/` } },
        columnKind: 'utf16CodeUnits',
        results: all.map(resultOf),
      },
    ],
  };
  return `${JSON.stringify(document, undefined, 2)}\n`;
}
