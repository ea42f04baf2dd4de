import { wrapAnsi } from 'fast-wrap-ansi';
import { iisnodeSock } from '../typed-command.js';
import { helpUriOf } from '../version.js';
import { rules } from './rules/index.js';
import type { Rule, Severity } from './types.js';

/** A rule in the list of all. */
export interface ListedRule {
  readonly code: string;
  readonly family: string;
  readonly severity: Severity;
  readonly title: string;
  /** True when --fix can fix it, at least in simple cases. */
  readonly fixable: boolean;
  readonly helpUri: string;
}

/** The families of rules about files, each with its first rule: the list of rules is in their order. */
export const firstOfFamily: Readonly<Record<string, string>> = {
  SERVICE_NOT_RUNNING: 'The server',
  MALFORMED_XML: 'Configuration and entry point',
  REWRITE_TARGET_UNHANDLED: 'URL Rewrite',
  WEBSOCKET_MODULE_ENABLED: 'WebSockets, HttpPlatformHandler and proxies',
  COMMAND_LINE_NOT_NODE: 'iisnode',
  TRANSPORTS_UNKNOWN: 'Transports, sessions and processes',
  STREAM_NOT_FLUSHED: 'Requests and answers',
  FIXED_PORT: "The server's port and process",
  SOCKET_PATH_MISMATCH_SERVER: 'Paths and addresses',
  REMOVED_SOCKET_API: 'Versions and packages',
};

/** The families of the other rules. */
const byScope: Readonly<Record<Exclude<NonNullable<Rule['scope']>, 'files'>, string>> = {
  trial: 'Seen in the trial run',
  live: 'Seen at a live site',
  seen: 'Seen by you',
};

/** Every rule, family by family. */
export function listRules(): readonly ListedRule[] {
  let family = '';
  const listed = rules.map((rule): ListedRule => {
    const { code, severity, title, scope = 'files' } = rule;
    family = firstOfFamily[code] ?? family;
    return {
      code,
      family: scope === 'files' ? family : byScope[scope],
      severity,
      title,
      fixable: rule.fix !== undefined,
      helpUri: helpUriOf(code),
    };
  });
  const families = [...new Set(listed.map((rule) => rule.family))];
  return families.flatMap((name) => listed.filter((rule) => rule.family === name));
}

/**
 * The list as text, with a line for each rule; ends with a newline.
 *
 * @param width Columns of the terminal.
 */
export function ruleListText(width: number): string {
  const listed = listRules();
  const [first, second] = [Math.max(...listed.map(({ code }) => code.length)), 'warning'.length];
  const edge = 2 + first + 1 + second + 1;
  const families = [...new Set(listed.map(({ family }) => family))];
  const blocks = families.map((name) => {
    const lines = listed
      .filter(({ family }) => family === name)
      .flatMap(({ code, severity, title }) =>
        wrapAnsi(title, Math.max(20, width - edge))
          .split('\n')
          .map((line, index) =>
            index === 0 ? `  ${code.padEnd(first)} ${severity.padEnd(second)} ${line}` : `${' '.repeat(edge)}${line}`,
          ),
      );
    return [name, ...lines].join('\n');
  });
  return `${blocks.join('\n\n')}\n\n${listed.length} rules. One of them: ${iisnodeSock} doctor --explain RULE\n`;
}

/** The codes of all rules side by side; ends with a newline. */
export function ruleColumns(width: number): string {
  const codes = rules.map(({ code }) => code).sort();
  const column = Math.max(...codes.map(({ length }) => length)) + 2;
  const across = Math.max(1, Math.floor((width - 2) / column));
  const down = Math.ceil(codes.length / across);
  const lines = codes.slice(0, down).map((_, row) =>
    Array.from({ length: across }, (_each, at) => (codes[at * down + row] ?? '').padEnd(column))
      .join('')
      .trimEnd(),
  );
  return `${lines.map((line) => `  ${line}`).join('\n')}\n`;
}
