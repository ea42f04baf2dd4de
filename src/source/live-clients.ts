import type { AnyNode } from 'acorn';
import { type ClientCredentials, readCredentials } from './client-credentials.js';
import { contextOf, type ScriptContext } from './context.js';
import { readPageScripts } from './html.js';
import { type ImportMap, readImportMap, withImportMap } from './import-map.js';
import { readModuleUses } from './modules.js';
import { parsePageScript } from './page-script.js';
import { propertyName } from './properties.js';
import { parseForBundler, type Script } from './script.js';
import { type ConnectCall, choiceByPlace, connectCalls, isBranch } from './socket-client.js';
import { readSocketOptions, switchIn } from './socket-options.js';
import { type Place, placeAt, type TextFile } from './text-file.js';
import { holdsInPage, startInPage, valueInPage } from './value-in-page.js';
import { follow, objectOf, propertyOf, readValue } from './values.js';

/** A value of a page's code; `value` is undefined where only running the code would tell it. */
export interface PlacedText {
  readonly value: string | undefined;
}

/** A connection that a live page opens with socket.io's client, with the values that its expressions have there. */
export interface LiveClient {
  readonly at: Place;
  /** Whom it connects to; undefined where it names no host: the page's own. */
  readonly address: PlacedText | undefined;
  /** socket.io's path; undefined where it names none. */
  readonly path: PlacedText | undefined;
  /** In its order, the default one where it sets none; undefined: unknown. */
  readonly transports: readonly string[] | undefined;
  /** By what the server may know it. */
  readonly sent: ClientCredentials;
  /** It shares no connection with another client of the page (forceNew; multiplex: false). */
  readonly isOwnConnection: boolean;
  /** False: its path has no slash at the end (addTrailingSlash: false). */
  readonly hasSlash: boolean;
}

/** Where a page is, and what its relative addresses are relative to. */
export interface PageAddress {
  readonly address: URL;
  readonly base: URL;
}

/** What is longer is a bundle, in which `io` has another name. */
const longestScript = 500_000;
const standard: readonly string[] = ['polling', 'websocket'];

/** The connections that the inline scripts of a page open. Never throws. */
export function clientsOfPage(page: TextFile, where: PageAddress): readonly LiveClient[] {
  const map = readImportMap(page.text);
  return readPageScripts(page)
    .filter(({ src, code }) => src === undefined && mayConnect(code, map))
    .flatMap(({ code, offset, language }) =>
      clientsOf(contextOf(parsePageScript(page, code, offset, language)), where, map),
    );
}

/** The connections that a script opens which a page with this import map loads. Never throws. */
export function clientsOfScript(
  script: TextFile,
  where: PageAddress,
  map: ImportMap = readImportMap(''),
): readonly LiveClient[] {
  return mayConnect(script.text, map) ? clientsOf(contextOf(parseForBundler(script)), where, map) : [];
}

/** A module that a script imports as it is loaded. */
export interface LiveImport {
  /** Relative, or from the host's root. */
  readonly address: string;
  /** By the import map: relative to the page, and not to the script. */
  readonly isMapped?: true;
  /** Where the import stands, in the file that the script is in. */
  readonly at: Place;
}

/** The modules of its own host that a script imports as it is loaded, in a page with this import map. Never throws. */
export const importsOfScript = (script: TextFile, map: ImportMap = readImportMap('')): readonly LiveImport[] =>
  mayImport(script.text) ? importsIn(parseForBundler(script), map) : [];

/** The same of the inline modules of a page. */
export function importsOfPage(page: TextFile): readonly LiveImport[] {
  const map = readImportMap(page.text);
  return readPageScripts(page)
    .filter(({ src, isModule, code }) => src === undefined && isModule && mayImport(code))
    .flatMap(({ code, offset, language }) => importsIn(parsePageScript(page, code, offset, language), map));
}

function importsIn(script: Script, map: ImportMap): readonly LiveImport[] {
  return readModuleUses(script).flatMap(({ specifier, start, node }) => {
    const mapped = map.resolve(specifier);
    const address = mapped ?? specifier;
    if (!/^(Import|Export)\w*Declaration$/.test(node.type) || !/^\.{0,2}\//.test(address)) return [];
    const at = placeAt(script.source, script.offset + start);
    return [{ address, at, ...(mapped !== undefined && { isMapped: true as const }) }];
  });
}

const mayImport = (code: string): boolean => code.length < longestScript && /\b(?:import|export)\b/.test(code);

/** A plain WebSocket that a script of a live page opens. */
export interface LivePlainSocket {
  readonly at: Place;
  /** As the code has it; undefined where only running it would tell. */
  readonly address: string | undefined;
  /** What an address begins with whose end only running the code would tell: 'ws://host/feed?token='. */
  readonly start?: string;
  /** The URL of a SockJS server, which has plain WebSockets at /websocket below it. */
  readonly isSockJs?: true;
}

/** The plain WebSockets that the inline scripts of a page open. Never throws. */
export const plainSocketsOfPage = (page: TextFile, where: PageAddress): readonly LivePlainSocket[] =>
  readPageScripts(page)
    .filter(({ src, code }) => src === undefined && mayOpen(code))
    .flatMap(({ code, offset, language }) => opensIn(contextOf(parsePageScript(page, code, offset, language)), where));

/** The plain WebSockets that a script opens which a page loads. Never throws. */
export const plainSocketsOfScript = (script: TextFile, where: PageAddress): readonly LivePlainSocket[] =>
  mayOpen(script.text) ? opensIn(contextOf(parseForBundler(script)), where) : [];

const mayOpen = (code: string): boolean => code.length < longestScript && /\b(?:WebSocket|SockJS)\b/.test(code);

function opensIn(context: ScriptContext | undefined, where: PageAddress): readonly LivePlainSocket[] {
  return (context?.tree.nodes ?? []).flatMap((node) => {
    if (context === undefined || node.type !== 'NewExpression') return [];
    const { callee } = node;
    const name = callee.type === 'Identifier' ? callee.name : propertyName(callee);
    const [given] = node.arguments;
    if (!/^(WebSocket|ReconnectingWebSocket|SockJS)$/.test(name ?? '') || given === undefined) return [];
    const address = valueInPage(given, context.bindings, where);
    const start = address === undefined ? startInPage(given, context.bindings, where) : undefined;
    return [
      {
        at: context.place(node.start),
        address,
        ...(start !== undefined && { start }),
        ...(name === 'SockJS' && { isSockJs: true as const }),
      },
    ];
  });
}

/** With an import map the client may have any name. */
const mayConnect = (code: string, { names }: ImportMap): boolean =>
  code.length < longestScript && (/\bio\b|socket\.io/.test(code) || (names.length > 0 && mayImport(code)));

function clientsOf(read: ScriptContext | undefined, where: PageAddress, map: ImportMap): readonly LiveClient[] {
  if (read === undefined) return [];
  const context = withImportMap(read, map);
  const isSetLater = setsOptionsLater(context);
  const isChosen = choiceByPlace(context);
  return connectCalls(context)
    .filter(({ node }) => isReached(context, node, where))
    .map((call) => ({ call, client: clientOf(context, call, where, isSetLater) }))
    .filter(({ call, client }) => !(isOnThisMachine(where, client) && (isChosen(call.node) || isChosen(call.url))))
    .map(({ client }) => client);
}

/** No branch around it is one that the page does not take. */
function isReached(context: ScriptContext, call: AnyNode, where: PageAddress): boolean {
  const { tree, bindings } = context;
  // The host of a page on a server is another one.
  const isHere = loopback.test(where.address.hostname);
  for (
    let node = call, around = tree.parentOf(call);
    around !== undefined;
    node = around, around = tree.parentOf(node)
  ) {
    if (around.type !== 'ConditionalExpression' && around.type !== 'IfStatement') continue;
    if (isHere && isBranch(context, around)) continue;
    if (node !== around.test && holdsInPage(around.test, bindings, where) === (node === around.alternate)) return false;
  }
  return true;
}

const loopback = /^(localhost|127\.[\d.]+|\[::1\])$/;

/** An address of this machine in a page of this machine: where code chooses it by that, it says nothing of a page on a server. */
function isOnThisMachine({ address: page }: PageAddress, { address }: LiveClient): boolean {
  if (address?.value === undefined || !loopback.test(page.hostname)) return false;
  const named = /^(?:\w+:)?\/\/([^/:]+|\[[^\]]+\])/.exec(address.value)?.[1];
  return named !== undefined && loopback.test(named) && !address.value.includes(page.host);
}

function clientOf(
  context: ScriptContext,
  { node, url, firstOption }: ConnectCall,
  where: PageAddress,
  isSetLater: boolean,
): LiveClient {
  const { bindings } = context;
  const { known, transports, setsTransports, upgrade, addTrailingSlash } = readSocketOptions(
    context,
    node,
    firstOption,
  );
  const object = node.arguments
    .slice(firstOption)
    .map((each) => objectOf(each, bindings))
    .find((each) => each !== undefined);
  const path = object && propertyOf(object, 'path', bindings);
  const isKnown = known && !isSetLater;
  const given = (key: string): AnyNode | undefined => object && propertyOf(object, key, bindings);
  const all = given('tryAllTransports');
  const triesAll = all !== undefined && !isFalse(context, all);
  const isTrue = (key: string): boolean => {
    const option = given(key);
    const value = option && readValue(option, bindings);
    return value?.kind === 'literal' && value.value === true;
  };
  const isOwnHost = url === undefined || isUndefined(context, url);
  const address = isOwnHost ? undefined : { value: valueInPage(url, bindings, where) };
  return {
    at: context.place(node.start),
    address,
    path:
      path === undefined
        ? isKnown
          ? undefined
          : { value: undefined }
        : { value: isSetLater ? undefined : valueInPage(path, bindings, where) },
    // One that tries all of them begins with any.
    transports: !isKnown || triesAll ? undefined : upgraded(setsTransports ? transports : standard, switchIn(upgrade)),
    sent: readCredentials(context, node.arguments.slice(firstOption), address, where),
    isOwnConnection: isTrue('forceNew') || isTrue('force new connection') || isFalse(context, given('multiplex')),
    hasSlash: switchIn(addTrailingSlash) !== false,
  };
}

/** With `upgrade: false` a client stays with what it begins with. */
const upgraded = (transports: readonly string[] | undefined, upgrade: boolean | undefined): LiveClient['transports'] =>
  upgrade === false ? transports?.slice(0, 1) : transports;

function isUndefined({ bindings }: ScriptContext, url: AnyNode): boolean {
  const meant = follow(url, bindings);
  return meant.type === 'Identifier' && meant.name === 'undefined';
}

function isFalse({ bindings }: ScriptContext, node: AnyNode | undefined): boolean {
  if (node === undefined) return false;
  const value = readValue(node, bindings);
  return value.kind === 'literal' && value.value === false;
}

/** `options.path = ..` behind the literal. */
const setsOptionsLater = ({ tree }: ScriptContext): boolean =>
  tree.nodes.some(
    (node) =>
      node.type === 'AssignmentExpression' &&
      node.left.type === 'MemberExpression' &&
      /^(path|transports)$/.test(propertyName(node.left) ?? ''),
  );
