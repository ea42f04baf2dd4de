import {
  attribute,
  findElement,
  findElements,
  type TextEdit,
  type XmlDocument,
  type XmlElement,
} from '../xml/index.js';
import { handlersCollection, rulesCollection } from './collections.js';
import { listed } from './handlers.js';
import { removeWithComment } from './own-comments.js';
import type { PatchStep } from './patch-step.js';
import { sectionsAt } from './sections.js';

/** What in a web.config runs the app in another way than iisnode. */
export interface OtherHost {
  readonly kind: 'HttpPlatformHandler' | 'the ASP.NET Core Module' | 'a reverse proxy';
  /** 1-based, of the first element. */
  readonly line: number;
  /** Its handlers, sections or rules. */
  readonly elements: readonly XmlElement[];
  /** Environment variables that it gives to the app, without the port. */
  readonly variables: Readonly<Record<string, string>>;
}

const modules: readonly (readonly [kind: OtherHost['kind'], module: RegExp, section: string])[] = [
  ['HttpPlatformHandler', /^httpPlatformHandler$/i, 'system.webServer/httpPlatform'],
  ['the ASP.NET Core Module', /^AspNetCoreModule(V2)?$/i, 'system.webServer/aspNetCore'],
];

/** Finds them; those of other URLs than the app's own, such as a rule that sends /api to another server, are not among them. */
export function otherHosts(document: XmlDocument): readonly OtherHost[] {
  const hosts = modules.flatMap(([kind, module, path]): OtherHost[] => {
    const handlers = sectionsAt(document, `${handlersCollection.path}/add`).filter((add) =>
      listed(attribute(add, 'modules')).some((name) => module.test(name)),
    );
    const sections = sectionsAt(document, path);
    return hostOf(document, kind, [...handlers, ...sections], sections.flatMap(variablesIn));
  });
  const proxies = proxyRules(document).filter((rule) => {
    const match = findElement(rule, 'match');
    return takesApp(actionAttribute(rule, 'url'), match && attribute(match, 'url'));
  });
  return [...hosts, ...hostOf(document, 'a reverse proxy', proxies, [])];
}

/** Does IIS send requests to another server? WebSockets of such a rule need the WebSocket module of IIS. */
export const hasProxyRules = (document: XmlDocument): boolean => proxyRules(document).length > 0;

function hostOf(
  document: XmlDocument,
  kind: OtherHost['kind'],
  elements: readonly XmlElement[],
  variables: readonly (readonly [string, string])[],
): OtherHost[] {
  const [first] = [...elements].sort((a, b) => a.span.start - b.span.start);
  if (first === undefined) return [];
  const { line } = document.positionAt(first.span.start);
  return [{ kind, line, elements, variables: Object.fromEntries(variables) }];
}

/** A value with a port in it is for that server alone. */
function variablesIn(section: XmlElement): readonly (readonly [string, string])[] {
  return findElements(section, 'environmentVariables/environmentVariable').flatMap((variable) => {
    const name = attribute(variable, 'name') ?? '';
    const value = attribute(variable, 'value') ?? '';
    const isOfHost =
      /^(|PORT|ASPNETCORE_.*|DOTNET_.*)$/i.test(name) || /%(HTTP_PLATFORM|ASPNETCORE)_PORT%/i.test(value);
    return isOfHost ? [] : [[name, value] as const];
  });
}

/** The scheme may be the one of the request: `{C:1}://localhost:3000`, with a condition on {CACHE_URL}. */
const otherServer = /^(https?|wss?|\{C:\d\}):/i;

/** Rules that rewrite to a URL of another server. */
const proxyRules = (document: XmlDocument): readonly XmlElement[] =>
  sectionsAt(document, `${rulesCollection.path}/rule`).filter(
    (rule) =>
      attribute(rule, 'enabled')?.toLowerCase() !== 'false' &&
      /^rewrite$/i.test(actionAttribute(rule, 'type')) &&
      otherServer.test(actionAttribute(rule, 'url')),
  );

function actionAttribute(rule: XmlElement, name: string): string {
  const action = findElement(rule, 'action');
  return (action && attribute(action, name)) ?? '';
}

/** Does a module of this name run the app in place of iisnode? */
export const runsApp = (module: string): boolean => modules.some(([, name]) => name.test(module));

/**
 * Does a rule that rewrites to this URL send the app's own requests to another server: to the same machine, where it is the app that
 * answers, or all of them?
 *
 * @param pattern That of the rule's match.
 */
export const takesApp = (url: string, pattern = ''): boolean =>
  /^(?:\w+|\{C:\d\}):\/\/(localhost|127\.[\d.]+|\[::1\])(:|\/|$)/i.test(url) ||
  (otherServer.test(url) && /^\^?\(?\.\*\)?\$?$|^\*$/.test(pattern));

/** The `<remove>` in front of a handler, which an application above may have. */
const removedBefore = (document: XmlDocument, element: XmlElement): readonly TextEdit[] =>
  sectionsAt(document, `${handlersCollection.path}/remove`)
    .filter((each) => each.parent === element.parent && attribute(each, 'name') === attribute(element, 'name'))
    .flatMap((each) => removeWithComment(document, each));

/** What runs the app in another way goes, one element at a time. Only where the user wants it: `replacesHosts`. */
export const patchOtherHosts: PatchStep = (document, { replacesHosts = false }) => {
  const [host] = replacesHosts ? otherHosts(document) : [];
  const [element] = host?.elements ?? [];
  if (host === undefined || element === undefined) return undefined;
  const name = attribute(element, 'name');
  const what = name === undefined ? `<${element.name}>` : `${element.name === 'rule' ? 'rule' : 'handler'} "${name}"`;
  return {
    edits: [...removedBefore(document, element), ...removeWithComment(document, element)],
    changes: [`${what}: removed, because iisnode takes the place of ${host.kind}`],
  };
};
