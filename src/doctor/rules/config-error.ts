import { type ConfigError, sectionSchemas } from '../../config/index.js';
import type { TextEdit, XmlDocument, XmlElement } from '../../xml/index.js';
import { hostedElsewhere } from '../facts/realtime.js';
import type { Facts, RuleFinding } from '../types.js';
import { defineRule } from './define-rule.js';
import { editWebConfig, elementAt } from './web-config-edits.js';

interface FixData {
  readonly element: XmlElement;
  readonly name: string;
}

const named = new Set(['duplicate-entry', 'duplicate-section', 'not-well-formed']);

/** Every section this configuration knows, in lower case, with its right name. */
const sectionNames = new Map(sectionSchemas.map(({ path }) => [path.toLowerCase(), path]));

/** 'system.webServer/webSocket' for system.webServer/websocket: IIS compares names with letter case. */
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

function misspelt(error: ConfigError, path: string, facts: Facts, base: RuleFinding<FixData>): RuleFinding<FixData> {
  const name = path.replace(/^.*\//, '');
  const found = facts.webConfig.document && elementAt(facts.webConfig.document, error.line, error.column);
  const element = found?.name.toLowerCase() === name.toLowerCase() ? found : undefined;
  const fix = `Did you mean ${name}? IIS compares names with letter case.`;
  return { ...base, fix, ...(element && element.name !== name && { data: { element, name } }) };
}

/** A section some other module brings: whether it is installed is not to be seen from here. */
function describe(error: ConfigError, facts: Facts): RuleFinding<FixData> {
  // IIS names no line of a file that it does not read.
  const at = facts.webConfig.placeOf(error) ?? (error.file && { file: error.file, line: 1, column: 1, evidence: '' });
  const code = `0x${error.hresult.toString(16)}`;
  const base = {
    message: `${error.message}.`.replace(/\.\.$/, '.'),
    why: `${error.reason === undefined ? '' : `${error.reason} `}IIS answers 500.19 (${code}) with this text.`,
    ...(at && { at }),
  };
  if (error.kind === 'section-locked') {
    return {
      ...base,
      severity: 'warning',
      why: `The section is locked on a server as it was installed, which answers 500.19 (${code}); whether an administrator has opened it is not to be seen from here.`,
      ...(error.section && { fix: `appcmd unlock config -section:${error.section}` }),
    };
  }
  if (error.kind === 'lock-violation') {
    return {
      ...base,
      why: `The server, or a web.config above, locks what is set or removed here (lockItem, lockAttributes, lockElements): IIS answers 500.19 (${code}).`,
      fix: 'Remove it: what is locked above can only be changed there.',
    };
  }
  const right = error.kind === 'unknown-section' ? rightCase(error) : undefined;
  if (right !== undefined) return misspelt(error, right, facts, base);
  if (error.kind === 'unknown-section') {
    return {
      ...base,
      severity: 'warning',
      why: `No module of a plain IIS with URL Rewrite and iisnode declares this section; unless the server has one that does, every request is answered with 500.19 (${code}).`,
      fix: 'Install the module it belongs to, or remove the section.',
    };
  }
  return error.section === 'system.webServer/iisnode' && !onLoading.has(error.kind)
    ? unreadSettings(error, base)
    : base;
}

/** What IIS itself refuses before iisnode reads its section. */
const onLoading: ReadonlySet<string> = new Set(['config-source', 'not-at-this-path']);

/** iisnode reads its section on each request, and answers itself when it cannot (cnodeapplicationmanager.cpp Initialize). */
function unreadSettings({ kind }: ConfigError, base: RuleFinding<FixData>): RuleFinding<FixData> {
  const isUnknown = kind === 'unknown-attribute' || kind === 'unknown-element';
  return {
    ...base,
    why: 'iisnode cannot read its settings: on the server itself a page says so, any other client gets 500.1000.',
    ...(isUnknown && { fix: 'Remove or rename it; environment variables for node go to appSettings.' }),
  };
}

/** Whatever else IIS would refuse. */
export const configError = defineRule<FixData>({
  code: 'CONFIG_ERROR',
  severity: 'error',
  title: 'IIS refuses the configuration',
  why: 'IIS answers with 500.19 and this text (the rewrite module with 500.50).',
  help: `IIS checks web.config against its schema: sections must be declared by a module that is installed, attributes and child
elements must be known to it, names are compared with letter case, values must be of the right type. The message is the one IIS
shows on its error page, with the same line. For iisnode: the section belongs into system.webServer, it has 34 attributes and no
children, and settings of other modules (stdoutLogEnabled, environmentVariables) are refused. Patterns of rewrite rules are regular
expressions unless patternSyntax says otherwise: url="*" is none. --fix renames a section that is written in another letter case.`,
  check(facts) {
    const { site, webConfig } = facts;
    if (!site) return [];
    // The section of the module that runs the app is declared where that module is installed.
    const elsewhere = hostedElsewhere(facts);
    const refused = site.problems
      .filter(({ kind }) => !named.has(kind) && !(elsewhere && kind === 'unknown-section'))
      .map((error) => describe(error, facts));
    const rules = site.rewriteProblems.map(({ message, rule }) => {
      const at = rule?.origin && webConfig.placeOf(rule.origin);
      return {
        message: rule ? `Rule "${rule.name}": ${message}` : message,
        why: 'The URL Rewrite module answers every request the rule is tried on with 500.50.',
        ...(at && { at }),
      };
    });
    return [...refused, ...rules];
  },
  fix: (facts, { data }) => (data ? editWebConfig(facts, (doc) => renamed(doc, data.element, data.name)) : []),
});
