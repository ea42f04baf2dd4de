import path from 'node:path';
import type { Advice, InitFinding } from './types.js';

/** The rules about lines of the app's own code, and the purpose of these lines. */
const topics: Readonly<Record<string, Advice['topic']>> = {
  SOCKET_PATH_MISMATCH_SERVER: 'server-path',
  SOCKET_PATH_UNKNOWN: 'server-path',
  SOCKET_SERVER_NOT_FOUND: 'server-path',
  SOCKET_PATH_MISMATCH_CLIENT: 'client-path',
  CLIENT_ADDRESS_LOCAL: 'client-path',
  NAMESPACE_MISMATCH: 'client-path',
  FIXED_PORT: 'listen',
  PORT_NUMERIC: 'listen',
  WRONG_SERVER_LISTENS: 'listen',
  PIPE_AS_PORT_OPTION: 'listen',
  TLS_SERVER: 'listen',
  GATEWAY_PORT: 'listen',
  CLUSTER_FORKS: 'listen',
  ROOT_ABSOLUTE_URL: 'urls',
  ROUTES_WITHOUT_VDIR_PATH: 'routes',
  ROUTES_NOT_REWRITTEN: 'rewrite',
};

/** Is the finding about a line of the app's own code that may have to be changed? A second server that the loader keeps does not. */
export const isAdvice = ({ rule, severity }: InitFinding): boolean =>
  rule in topics && !(rule === 'FIXED_PORT' && severity === 'info');

function adviceTopic({ rule, fix = '' }: InitFinding): Advice['topic'] | undefined {
  if (fix.startsWith('<script')) return 'client-script';
  if (rule === 'SOCKET_PATH_UNKNOWN' && fix.includes('location')) return 'client-path';
  return topics[rule];
}

/** Of the findings, those about the app's own code. */
export function adviceOf(findings: readonly InitFinding[], directory: string): readonly Advice[] {
  return findings.filter(isAdvice).flatMap((finding) => {
    const { message, fix, line, evidence } = finding;
    const topic = adviceTopic(finding);
    const file = finding.file && relativeName(directory, finding.file);
    if (topic === undefined) return [];
    return [
      {
        topic,
        change: true,
        message,
        ...(file && { file, line, code: evidence?.trim() }),
        ...(fix !== undefined && { suggestion: fix }),
      },
    ];
  });
}

/** The other findings, each in one line. */
export function warningsOf(findings: readonly InitFinding[], directory: string): readonly string[] {
  return findings
    .filter((finding) => !isAdvice(finding))
    .map(({ message, why, fix, file, line }) => {
      const place = file === undefined ? '' : `${relativeName(directory, file)}:${line}: `;
      return `${place}${message} ${why}${fix === undefined ? '' : ` Fix: ${fix}`}`;
    });
}

/** With forward slashes. */
const relativeName = (directory: string, file: string): string =>
  path.relative(directory, file).split(path.sep).join('/');
