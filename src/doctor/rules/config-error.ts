import { type ConfigError, sectionSchemas } from '../../config/index.js';
import type { TextEdit, XmlDocument, XmlElement } from '../../xml/index.js';
import type { IisFacts } from '../facts/iis.js';
import { hostedElsewhere } from '../facts/realtime.js';
import type { FileFacts, RuleFinding } from '../types.js';
import { defineRule } from './define-rule.js';
import { configuredAway } from './symptoms.js';
import { editWebConfig, elementAt } from './web-config-edits.js';

interface FixData {
  readonly element: XmlElement;
  readonly name: string;
}

const named = new Set(['duplicate-entry', 'duplicate-section', 'not-well-formed']);

/** Every known section: its name in lower case, and its correct name. */
const sectionNames = new Map(sectionSchemas.map(({ path }) => [path.toLowerCase(), path]));

/** 'system.webServer/webSocket' for system.webServer/websocket: IIS compares names case-sensitively. */
function rightCase(error: ConfigError): string | undefined {
  const path = error.section === undefined ? undefined : sectionNames.get(error.section.toLowerCase());
  return path === error.section ? undefined : path;
}

/** New names in both tags of an element. */
function renamed(document: XmlDocument, { span, name: old }: XmlElement, name: string): TextEdit[] {
  const text = document.text.slice(span.start, span.end);
  const ends = text.lastIndexOf(`</${old}`);
  return [1, ...(ends > 0 ? [ends + 2] : [])].map((at) => ({
    span: { start: span.start + at, end: span.start + at + old.length },
    text: name,
  }));
}

function misspelt(
  error: ConfigError,
  path: string,
  facts: FileFacts,
  base: RuleFinding<FixData>,
): RuleFinding<FixData> {
  const name = path.replace(/^.*\//, '');
  const isOwn = facts.query.isWebConfig(error.file);
  const found = isOwn && facts.webConfig.document && elementAt(facts.webConfig.document, error.line, error.column);
  const element = found && found.name.toLowerCase() === name.toLowerCase() ? found : undefined;
  const fix = `Did you mean ${name}? IIS compares names case-sensitively.`;
  return { ...base, fix, ...(element && element.name !== name && { data: { element, name } }) };
}

/** A locked section: whether the server at hand locks it is known from a copy of its configuration, or from the file that does. */
function lockedSection({ hresult, section, lockedBy }: ConfigError, { iis }: FileFacts): Partial<RuleFinding<FixData>> {
  const code = `0x${hresult.toString(16)}`;
  const unlock = section && { fix: `appcmd unlock config -section:${section}` };
  if (lockedBy !== undefined) {
    const isServer = lockedBy.file === iis?.file;
    return {
      why: `${lockedBy.file}, line ${lockedBy.line}, locks the section: IIS answers 500.19 (${code}).`,
      fix: `overrideMode="Allow" there, or remove the section here${isServer && section ? ` (appcmd unlock config -section:${section})` : ''}`,
    };
  }
  if (iis !== undefined) {
    const why = `${iis.file} declares the section with overrideModeDefault="Deny": IIS answers 500.19 (${code}).`;
    return { why, ...unlock };
  }
  return {
    severity: 'warning',
    why: `The section is locked on a server as it was installed, which answers 500.19 (${code}); whether an administrator has unlocked it is unknown: a copy of applicationHost.config tells (--apphost FILE).`,
    ...unlock,
  };
}

/** The installers of modules declare their sections. */
const productOf: readonly (readonly [section: RegExp, product: string])[] = [
  [/^system\.webServer\/rewrite(?:\/|$)/, 'URL Rewrite'],
  [/^system\.webServer\/iisnode$/, 'iisnode'],
  [/^system\.webServer\/httpPlatform$/, 'HttpPlatformHandler'],
  [/^system\.webServer\/aspNetCore$/, 'the ASP.NET Core Module'],
  [/^system\.webServer\/webSocket$/, 'the role feature WebSocket Protocol'],
];

/** A section that the server's own configuration does not declare. */
function undeclared({ hresult, section = '' }: ConfigError, { file }: IisFacts): Partial<RuleFinding<FixData>> {
  const [, product] = productOf.find(([sections]) => sections.test(section)) ?? [];
  return {
    why: `${file} declares no such section${product ? `: ${product} is not installed on that server` : ''}. IIS answers every request with 500.19 (0x${hresult.toString(16)}).`,
    fix: `Install ${product ?? 'the module it belongs to'}, or remove the section.`,
  };
}

/** A section of another module: whether that module is installed is unknown. */
function describeConfigError(error: ConfigError, facts: FileFacts): RuleFinding<FixData> {
  // For a file that IIS does not read it names no line.
  const at = facts.query.placeOf(error) ?? (error.file && { file: error.file, line: 1, column: 1, evidence: '' });
  const code = `0x${error.hresult.toString(16)}`;
  const base = {
    message: `${error.message}.`.replace(/\.\.$/, '.'),
    why: `${error.reason === undefined ? '' : `${error.reason} `}IIS answers 500.19 (${code}) with this text.`,
    ...(at && { at }),
  };
  if (error.kind === 'section-locked') return { ...base, ...lockedSection(error, facts) };
  if (error.kind === 'lock-violation') {
    return {
      ...base,
      why: `The server, or a web.config above, locks what is set or removed here (lockItem, lockAttributes, lockElements): IIS answers 500.19 (${code}).`,
      fix: 'Remove it: a locked setting can only be changed where it is locked.',
    };
  }
  const right = error.kind === 'unknown-section' ? rightCase(error) : undefined;
  if (right !== undefined) return misspelt(error, right, facts, base);
  if (error.kind === 'unknown-section' && facts.iis !== undefined) return { ...base, ...undeclared(error, facts.iis) };
  if (error.kind === 'unknown-section') {
    return {
      ...base,
      severity: 'warning',
      why: `No module of IIS, URL Rewrite or iisnode declares this section. Unless the server has another module that does, it answers every request with 500.19 (${code}).`,
      fix: 'Install the module it belongs to, or remove the section.',
    };
  }
  return error.section === 'system.webServer/iisnode' && !onLoading.has(error.kind)
    ? unreadSettings(error, base)
    : base;
}

/** Errors that IIS itself reports before iisnode reads its section. */
const onLoading: ReadonlySet<string> = new Set(['config-source', 'not-at-this-path']);

/** iisnode reads its section on each request, and answers with its own error when it cannot (cnodeapplicationmanager.cpp Initialize). */
function unreadSettings({ kind }: ConfigError, base: RuleFinding<FixData>): RuleFinding<FixData> {
  const isUnknown = kind === 'unknown-attribute' || kind === 'unknown-element';
  return {
    ...base,
    why: 'iisnode cannot read its settings: clients on the server itself get a page that explains it, all others get 500.1000.',
    ...(isUnknown && { fix: 'Remove or rename it. Put environment variables for node into appSettings.' }),
  };
}

/** All other errors in the configuration that IIS refuses. */
export const configError = defineRule<FixData>({
  code: 'CONFIG_ERROR',
  severity: 'error',
  explains: ['CONFIG_REFUSED', 'APP_NOT_STARTED'],
  leadsTo: configuredAway,
  title: 'IIS refuses the configuration',
  why: 'IIS answers with 500.19 and this text (the rewrite module with 500.50).',
  help: `IIS checks web.config against its schema: sections must be declared by a module that is installed, attributes and child
elements must be in the schema, names are case-sensitive, values must have the right type. The message is the one IIS
shows on its error page, with the same line. For iisnode: the section belongs in system.webServer, it has 34 attributes and no
children, and settings of other modules (stdoutLogEnabled, environmentVariables) are refused. Patterns of rewrite rules are regular
expressions by default (see patternSyntax): url="*" is not one. --fix corrects the upper and lower case of a section's name.`,
  check(facts) {
    const { site, query } = facts;
    if (!site) return [];
    // The section of the module that runs the app is declared where that module is installed.
    const elsewhere = hostedElsewhere(facts);
    const refused = site.problems
      .filter(({ kind, file }) => !named.has(kind) || (kind === 'not-well-formed' && !query.isWebConfig(file)))
      .filter(({ kind }) => !(elsewhere && facts.iis === undefined && kind === 'unknown-section'))
      .map((error) => describeConfigError(error, facts));
    const rules = site.rewriteProblems.map(({ message, rule }) => {
      const at = rule?.origin && query.placeOf(rule.origin);
      return {
        message: rule ? `Rule "${rule.name}": ${message}` : message,
        why: 'The URL Rewrite module answers every request that reaches the rule with 500.50.',
        ...(at && { at }),
      };
    });
    return [...refused, ...rules];
  },
  fix: (facts, { data }) => (data ? editWebConfig(facts, (doc) => renamed(doc, data.element, data.name)) : []),
});
