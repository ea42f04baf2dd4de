import {
  findElement,
  moveElementEdits,
  removeAttributeEdit,
  setAttributeEdit,
  type TextEdit,
  type XmlDocument,
  type XmlElement,
} from '../xml/index.js';
import { addFirst, changesNoTarget, rulesCollection } from './collections.js';
import {
  homeRuleComment,
  homeRuleXml,
  routeRuleXml,
  socketIoPattern,
  socketIoRoute,
  socketIoRuleComment,
} from './fragments.js';
import type { PatchChange, PatchStep } from './patch-step.js';
import { type Routes, routesOf, type WrittenRule } from './routes.js';
import { sectionAt } from './sections.js';
import { bystanderUrls, meansSocketIo, socketIoUrls } from './socket-route.js';

/**
 * Rules that send socket.io's requests, and only them, to the entry point. A rule intended for them is corrected in place; a rule
 * for all requests that sends them there is sufficient; else one is added above all others.
 */
export const patchSocketIoRule: PatchStep = (document, { entry, vdirPath, route = socketIoRoute }) => {
  if (route !== socketIoRoute) return undefined;
  const routes = routesOf(document, vdirPath);
  if (!routes.isKnown) return undefined;
  const own = routes.rules.find((candidate) => isGeneratedRule(candidate, entry));
  const meant = routes.rules.find(({ rule }) => isCorrectable(rule, entry));
  const arrives = socketIoUrls.every((url) => same(routes.target(url), entry));
  const corrected =
    meant && correctRule(document, meant, { matchesWrongUrls: matchesWrongUrls(routes, meant, entry), arrives });
  if (corrected) return corrected;
  if (arrives) return undefined;
  const first = routes.rules.find(({ element }) => !changesNoTarget(element));
  if (own && first) return own === first ? undefined : moveFirst(document, own, first);
  const xml = (name: string): string => `${socketIoRuleComment}\n${routeRuleXml(name, route, entry)}`;
  return add(document, route, xml, `sends socket.io's requests to ${entry}`);
};

/** A rule that sends the app's own URL to the entry point, unless it already opens something. */
export const patchHomeRule: PatchStep = (document, { entry, vdirPath, home }) => {
  if (home === 'static' || sectionAt(document, 'system.webServer/defaultDocument')) return undefined;
  const routes = routesOf(document, vdirPath);
  const isTaken = routes.target('') !== '' || routes.rules.some(({ rule }) => rule.match?.url === '^$');
  if (isTaken) return undefined;
  const socket = routes.rules.find(({ rule }) => meansSocketIo(rule));
  const xml = (name: string): string => `${homeRuleComment}\n${homeRuleXml(name, entry)}`;
  return add(document, 'home', xml, `opens the app's own URL with ${entry}`, socket?.element);
};

/** Intended for socket.io, with the entry point as target, and without parts that depend on its pattern. */
function isCorrectable({ action, conditions, match, enabled }: WrittenRule['rule'], entry: string): boolean {
  if (action.type !== 'Rewrite' || !enabled || !match || conditions.length > 0) return false;
  const target = action.url.replace(/^.*\//, '');
  return (
    // A negated one with the entry point as target is a mistake, which is corrected.
    meansSocketIo({ conditions, match: { ...match, negate: false } }) &&
    same(target, entry.replace(/^.*\//, '')) &&
    !/[{}]/.test(action.url)
  );
}

/** Its pattern matches more than socket.io's requests, or not all of them. */
function matchesWrongUrls(routes: Routes, { rule }: WrittenRule, entry: string): boolean {
  const takes = (url: string): boolean => same(routes.targetBy(rule, url), entry);
  return bystanderUrls.some(takes) || !socketIoUrls.every(takes);
}

interface Verdict {
  readonly matchesWrongUrls: boolean;
  /** socket.io's requests reach the entry point, through any rule. */
  readonly arrives: boolean;
}

function correctRule(document: XmlDocument, { element, rule }: WrittenRule, verdict: Verdict): PatchChange | undefined {
  const match = findElement(element, 'match');
  if (!match || !rule.match) return undefined;
  const edits: TextEdit[] = [];
  const changes: string[] = [];
  if (verdict.matchesWrongUrls) {
    const pattern = rule.patternSyntax === 'Wildcard' ? 'socket.io/*' : socketIoPattern;
    if (rule.match.url !== pattern) {
      edits.push(...setAttributeEdit(document, match, 'url', pattern));
      changes.push(`rule "${rule.name}": the pattern is "${pattern}", was "${rule.match.url}"`);
    }
    if (rule.patternSyntax === 'ExactMatch') {
      edits.push(...setAttributeEdit(document, element, 'patternSyntax', 'ECMAScript'));
      changes.push(`rule "${rule.name}": the pattern is a regular expression, was an exact match`);
    }
    if (rule.match.negate) {
      edits.push(...removeAttributeEdit(document, match, 'negate'));
      changes.push(`rule "${rule.name}": matches its pattern, was negated`);
    }
  }
  if (!verdict.arrives && !rule.stopProcessing) {
    edits.push(...setAttributeEdit(document, element, 'stopProcessing', 'true'));
    changes.push(`rule "${rule.name}": stops there, so that no later rule sends socket.io's requests elsewhere`);
  }
  return edits.length > 0 ? { edits, changes } : undefined;
}

/** Exactly the rule that would be added. */
function isGeneratedRule({ rule }: WrittenRule, entry: string): boolean {
  const { match, action, conditions, stopProcessing, enabled } = rule;
  const exact = match?.url === socketIoPattern || (rule.patternSyntax === 'Wildcard' && match?.url === 'socket.io/*');
  return (
    exact &&
    !match?.negate &&
    enabled &&
    stopProcessing &&
    conditions.length === 0 &&
    action.type === 'Rewrite' &&
    same(action.url, entry)
  );
}

function moveFirst(document: XmlDocument, { element, rule }: WrittenRule, first: WrittenRule): PatchChange | undefined {
  const parent = first.element.parent;
  if (!parent) return undefined;
  return {
    edits: moveElementEdits(document, element, parent, { before: first.element }),
    changes: [`rule "${rule.name}": moved above "${first.rule.name}", which matched its requests`],
  };
}

function add(
  document: XmlDocument,
  wanted: string,
  xml: (name: string) => string,
  does: string,
  after?: XmlElement,
): PatchChange {
  const { edits, name } = addFirst(document, rulesCollection, wanted, xml, after);
  return { edits, changes: [`rules: added "${name}", which ${does}`] };
}

function same(one: string | undefined, other: string): boolean {
  return one?.toLowerCase() === other.toLowerCase();
}
