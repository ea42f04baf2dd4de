import path from 'node:path';
import type { ConfigError } from '../../config/index.js';
import {
  attribute,
  insertElementEdit,
  removeElementEdit,
  type TextEdit,
  type XmlDocument,
  type XmlElement,
} from '../../xml/index.js';
import type { FileFacts, RuleFinding } from '../types.js';
import { defineRule } from './define-rule.js';
import { configuredAway } from './symptoms.js';
import { editWebConfig, elementAt } from './web-config-edits.js';

interface FixData {
  readonly kind: 'remove' | 'remove-inherited';
  readonly element: XmlElement;
  /** The unique key attribute and its value. */
  readonly key: string;
  readonly value: string;
}

/** IIS's own text (Microsoft.Web.Administration tests): "... with unique key attribute 'name' set to 'iisnode'". */
const keyInMessage = /unique key attribute '([^']+)' set to '([^']*)'/;

const attributesOf = (element: XmlElement): string =>
  JSON.stringify([element.name, ...element.attributes.map(({ name, value }) => [name, value]).sort()]);

function earlierDuplicate(element: XmlElement, key: string, value: string): XmlElement | undefined {
  return element.parent?.children.find(
    (other) =>
      other.span.start < element.span.start &&
      other.name === element.name &&
      attribute(other, key)?.toLowerCase() === value.toLowerCase(),
  );
}

function describeDuplicate(
  error: ConfigError,
  document: XmlDocument | undefined,
  facts: FileFacts,
): RuleFinding<FixData> {
  const at = facts.query.placeOf(error);
  const [, key, value] = keyInMessage.exec(error.message) ?? [];
  const element = document && elementAt(document, error.line, error.column);
  const base = { message: `${error.message}.`.replace(/\.\.$/, '.'), ...(at && { at }) };
  if (!element || key === undefined || value === undefined) {
    return { ...base, fix: 'Keep one of the two, with the settings of both.' };
  }
  const first = earlierDuplicate(element, key, value);
  if (first) {
    const same =
      attributesOf(first) === attributesOf(element) && element.children.length === 0 && first.children.length === 0;
    return {
      ...base,
      fix: same ? 'Remove the second one.' : `Give one of them another ${key}, or remove it.`,
      ...(same && { data: { kind: 'remove', element, key, value } }),
    };
  }
  const { earlier } = error;
  const isKnown = facts.iis !== undefined || (earlier && path.basename(earlier.file).toLowerCase() === 'web.config');
  if (earlier !== undefined && isKnown) {
    return {
      ...base,
      message: `${error.message.replace(/\.$/, '')}: ${earlier.file}, line ${earlier.line}, has it, and the app inherits it.`,
      why: `IIS answers 500.19 (0x${error.hresult.toString(16)}) when the section is read: with a mimeMap for static files, with a handler for every request.`,
      fix: `<remove ${key}="${value}" /> before it, or <location path="." inheritInChildApplications="false"> around the system.webServer of that file.`,
      data: { kind: 'remove-inherited', element, key, value },
    };
  }
  return {
    ...base,
    // Older versions and other servers may not have the entry, so it may work on the author's server.
    severity: 'warning',
    why: `IIS 10 has "${value}" in its own list and answers 500.19 (0x800700b7) when the section is read: with a mimeMap for static files, with a handler for every request.`,
    fix: `<remove ${key}="${value}" /> before it.`,
    data: { kind: 'remove-inherited', element, key, value },
  };
}

/** Something is defined twice. */
export const duplicateEntry = defineRule<FixData>({
  code: 'DUPLICATE_ENTRY',
  severity: 'error',
  explains: ['CONFIG_REFUSED'],
  leadsTo: configuredAway,
  title: 'web.config defines something twice',
  why: 'IIS answers 500.19 with 0x800700b7: a collection may hold each key once, inherited entries included.',
  help: `Each handler and each rule needs its own name, a mimeMap entry a file extension that no level above has mapped, and a
section may appear once. To replace an inherited entry, put <remove name=".." /> (or <remove fileExtension=".." />) in front of it, or
<clear /> at the start of the collection. --fix removes an exact duplicate and adds the <remove> in front of an inherited one.`,
  check(facts) {
    const { site, webConfig, query } = facts;
    const { document } = webConfig;
    if (!site || !document) return [];
    return site.problems
      .filter(({ kind }) => kind === 'duplicate-entry' || kind === 'duplicate-section')
      .map((error) => describeDuplicate(error, query.isWebConfig(error.file) ? document : undefined, facts));
  },
  fix(facts, { data }) {
    if (!data) return [];
    const { kind, element, key, value } = data;
    const { parent } = element;
    return editWebConfig(facts, (doc): readonly TextEdit[] => {
      if (kind === 'remove') return removeElementEdit(doc, element);
      const escaped = value.replace(/[&<"]/g, (c) => `&#${c.charCodeAt(0)};`);
      return parent ? insertElementEdit(doc, parent, `<remove ${key}="${escaped}" />`, { before: element }) : [];
    });
  },
});
