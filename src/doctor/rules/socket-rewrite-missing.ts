import { literalTarget } from '../../app/index.js';
import type { RewriteRule } from '../../rewrite/index.js';
import { upTo } from '../../trimmed.js';
import { findElement, setAttributeEdit, type XmlElement } from '../../xml/index.js';
import { isBehindProxy, socketFolder } from '../facts/realtime.js';
import { endOf } from '../facts/rewrite-rules.js';
import { type SocketRoute, socketEntries, socketRoute } from '../facts/socket-route.js';
import type { FileFacts, RuleFinding } from '../types.js';
import { defineRule } from './define-rule.js';
import { socketsFail } from './symptoms.js';
import { editWebConfig, firstRulePlace, insertInWebServer } from './web-config-edits.js';

/** A pattern for a folder of the app: anchored, dots escaped. The URLs we know have no special characters but dots. */
export function anchoredPattern(folder: string): string {
  return `^${folder.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')}(/|$)`;
}

type RouteMissing = Extract<SocketRoute, { readonly kind: 'missing' }>;

interface FixData {
  /** A rule that is right except for its pattern. */
  readonly match: XmlElement | undefined;
  readonly entry: string | undefined;
}

/** The element to correct, when no part of the rule uses the captures of its pattern. */
export function replaceableMatch({ query, site }: FileFacts, rule: RewriteRule | undefined): XmlElement | undefined {
  const element = query.ownElement(rule?.origin);
  if (!rule || !element || rule.patternSyntax !== 'ECMAScript' || rule.action.type !== 'Rewrite') return undefined;
  const usesCaptures = rule.conditions.some(({ input }) => input?.includes('{R:')) || /\{R:/.test(rule.action.url);
  return usesCaptures || literalTarget(rule.action.url, site?.vdirPath ?? '/') === undefined
    ? undefined
    : findElement(element, 'match');
}

/** The program that must get socket.io's requests; undefined when it is unknown. */
function entryOf(facts: FileFacts): string | undefined {
  const socket = socketEntries(facts).filter(({ exists }) => exists);
  const candidates = socket.length > 0 ? socket : facts.entries.filter(({ exists }) => exists);
  const [only, ...others] = candidates;
  if (!only || others.length > 0) return undefined;
  return facts.query.isHandledByIisnode(only.name) ? only.name : undefined;
}

function freeName(facts: FileFacts): string {
  const names = new Set((facts.site?.rewrite?.rules ?? []).map(({ name }) => name.toLowerCase()));
  const free = ['socket.io', 'socket.io to node', 'socket.io requests'].find((name) => !names.has(name));
  return free ?? `socket.io ${names.size}`;
}

function ruleXml(facts: FileFacts, name: string, entry: string): string {
  const url = entry.replace(/[&<"]/g, (c) => `&#${c.charCodeAt(0)};`);
  return `<rule name="${name}" stopProcessing="true">
  <match url="${anchoredPattern(socketFolder(facts))}" />
  <action type="Rewrite" url="${url}" />
</rule>`;
}

/** The server that a rule of the app hands requests to: 'http://localhost:3000'. */
function serverBehind({ site }: FileFacts): string {
  const targets = (site?.rewrite?.rules ?? []).map(({ action }) =>
    action.type === 'Rewrite' ? /^https?:\/\/[^/{]+(?=\/|$)/i.exec(action.url)?.[0] : undefined,
  );
  return targets.find((each) => each !== undefined) ?? 'http://localhost:PORT';
}

/** Behind a reverse proxy. */
function notPassedOn(facts: FileFacts, { url, end, wouldBe, input }: RouteMissing): RuleFinding<FixData> {
  const { query, webConfig, vdirPath } = facts;
  const start = vdirPath && vdirPath.path !== '/' ? vdirPath.path.length + 1 : 1;
  const folder = upTo(url.slice(start), '?').replace(/\/$/, '');
  const at = wouldBe?.origin
    ? query.placeOf(wouldBe.origin)
    : webConfig.document && query.place(webConfig.document.root);
  const message = wouldBe
    ? `Rule "${wouldBe.name}" is meant for socket.io but never matches: its pattern "${wouldBe.match?.url}" is tested against "${input}".`
    : `No rule passes ${url} on to the server behind the proxy; it is ${endOf(end)}.`;
  const pattern = wouldBe ? `^${folder.replaceAll('.', '\\.')}/(.*)` : `^${folder.replaceAll('.', '\\.')}/.*`;
  const fix = wouldBe
    ? `<match url="${pattern}" />`
    : `<match url="${pattern}" /> with <action type="Rewrite" url="${serverBehind(facts)}/{R:0}" />, above the other rules`;
  return {
    message,
    why: 'The handshake and socket.io.js never reach node: IIS looks for them among its own files, and answers 404, or with the page.',
    fix,
    ...(at && { at }),
  };
}

/** No rule sends socket.io's requests to the program. */
export const socketRewriteMissing = defineRule<FixData>({
  code: 'SOCKET_REWRITE_MISSING',
  severity: 'error',
  explains: socketsFail,
  title: "No rewrite rule sends socket.io's requests to the entry point",
  why: 'The handshake and socket.io.js never reach node: the static file handler looks for a folder that does not exist and answers 404 ("io is not defined").',
  help: `socket.io's client asks for socket.io/?EIO=4.. and socket.io/socket.io.js below the app, which are not files. A URL
Rewrite rule must send them to the entry point: <match url="^socket\\.io(/|$)" /> with <action type="Rewrite" url="server.js" />
and stopProcessing="true", before all other rules. The pattern is tested against the path below the folder of web.config: without
a leading slash, without the vdir path, without scheme, host and query string. --fix adds the rule or corrects its pattern.`,
  check(facts) {
    const route = socketRoute(facts);
    if (route.kind !== 'missing') return [];
    if (isBehindProxy(facts)) return [notPassedOn(facts, route)];
    const entry = entryOf(facts);
    const { wouldBe, end } = route;
    const pattern = anchoredPattern(socketFolder(facts));
    const { query } = facts;
    const { document } = facts.webConfig;
    const at = wouldBe?.origin ? query.placeOf(wouldBe.origin) : document && query.place(document.root);
    const taker = end.handler ? `handler "${end.handler.name}"` : 'no handler';
    const data = { match: replaceableMatch(facts, wouldBe), entry };
    const message = wouldBe
      ? `Rule "${wouldBe.name}" is meant for socket.io but never matches: its pattern "${wouldBe.match?.url}" is tested against "${route.input}".`
      : `No rewrite rule sends ${route.url} to ${entry ?? 'the entry point'}; it ends at ${taker}.`;
    return [{ message, fix: `<match url="${pattern}" />`, ...(at && { at }), data }];
  },
  fix(facts, { data }) {
    const { match, entry } = data ?? {};
    if (match)
      return editWebConfig(facts, (doc) => setAttributeEdit(doc, match, 'url', anchoredPattern(socketFolder(facts))));
    if (entry === undefined) return [];
    const name = freeName(facts);
    return editWebConfig(facts, (doc) =>
      insertInWebServer(doc, ['rewrite', 'rules'], ruleXml(facts, name, entry), (parent) =>
        firstRulePlace(parent, name),
      ),
    );
  },
});
