import { nearestName } from '../../nearest-name.js';
import { clientTarget, codeText, type Place } from '../../source/index.js';
import { setAttributeEdit } from '../../xml/index.js';
import { hostedElsewhere, usesSocketIo } from '../facts/realtime.js';
import type { FileFacts, RuleFinding } from '../types.js';
import { defineRule } from './define-rule.js';
import { editWebConfig } from './web-config-edits.js';

/** The transports that engine.io 6 has and iisnode can carry. */
const transports = ['websocket', 'polling'];
/** engine.io has it as well, but it is HTTP/3, which does not reach node through IIS. */
const notCarried = 'webtransport';
const meant: Readonly<Record<string, string>> = {
  ws: 'websocket',
  wss: 'websocket',
  socket: 'websocket',
  xhr: 'polling',
  poll: 'polling',
  'xhr-polling': 'polling',
  'jsonp-polling': 'polling',
  'long-polling': 'polling',
  longpolling: 'polling',
};

/** The transport that a word probably means; undefined when it is unclear. */
function transportFor(word: string): string | undefined {
  const name = word.toLowerCase();
  return meant[name] ?? nearestName(name.replace(/[-_]/g, ''), [...transports, notCarried]);
}

/** The corrected list, without transports that iisnode cannot carry; undefined when a word is unclear, or nothing is left. */
function corrected(words: readonly string[]): readonly string[] | undefined {
  const names = words.map((word) => (transports.includes(word) ? word : transportFor(word)));
  const known = names.filter((name) => name !== undefined);
  const carried = known.filter((name) => name !== notCarried);
  return known.length === names.length && carried.length > 0 ? [...new Set(carried)] : undefined;
}

/** The value that the setting should have. */
interface FixData {
  readonly transports: readonly string[];
}

interface TransportList {
  /** 'appSettings transports="ws"' */
  readonly source: string;
  readonly words: readonly string[];
  readonly isSetting: boolean;
  /** The code throws an error for an unknown word. */
  readonly isRefused: boolean;
  readonly at: Place | undefined;
  readonly shown: (names: readonly string[]) => string;
}

function findUnknownTransports({
  source,
  words,
  isSetting,
  isRefused,
  at,
  shown,
}: TransportList): RuleFinding<FixData> | undefined {
  const left = words.filter((word) => transports.includes(word));
  const strange = words.filter((word) => !transports.includes(word) && word !== notCarried);
  // With another transport it does no harm, unless the code refuses it.
  const isLost = words.includes(notCarried) && (isRefused || left.length === 0);
  if (strange.length === 0 && !isLost) return undefined;
  const better = corrected(words);
  const named = strange.map((word) => `"${word}"`).join(' and ');
  const faults = [
    ...(strange.length > 0 ? [`socket.io has no transport ${named}`] : []),
    ...(isLost ? [`iisnode cannot carry ${notCarried}`] : []),
  ];
  const rest = isRefused
    ? 'the code refuses it'
    : left.length === 0
      ? 'no transport is left'
      : `that leaves ${left.join(' and ')}`;
  return {
    severity: isRefused || left.length === 0 ? 'error' : 'warning',
    ...(isLost && {
      why: 'iisnode passes HTTP requests and WebSocket upgrades to node, and webtransport is neither: no client can connect.',
    }),
    ...(isRefused && { why: 'The app ends at its start: 500.1002 under iisnode.' }),
    message: `${source}: ${faults.join(', ')}, and ${rest}.`,
    fix: shown(better ?? ['websocket', 'polling']),
    ...(at && { at }),
    ...(isSetting && better && { data: { transports: better } }),
  };
}

/** The setting as a list; the templates and nearly all apps split at commas and spaces. */
function wordsOf(facts: FileFacts, value: string): readonly string[] {
  const otherSeparator = /[^\w\s,-]/.exec(value)?.[0];
  // The code may use another separator; JSON is not split here.
  const isTheirs =
    otherSeparator !== undefined && facts.server.scripts.some((script) => splits(codeText(script), otherSeparator));
  return isTheirs ? [] : value.split(/[\s,]+/).filter(Boolean);
}

export function splits(code: string, separator: string): boolean {
  if (/[[\]{}"]/.test(separator)) return code.includes('JSON.parse');
  return [...code.matchAll(/\bsplit\(([^()]*)\)/g)].some(([, given = '']) => given.includes(separator));
}

const fromEnvironment =
  /\benv(?:\.transports\b|\[\s*['"`]transports['"`])|\btransports\b[^{}]*\}\s*=\s*process\.env\b/i;

/** Does a server of the app read its transports from the setting? */
const readsSetting = ({ server }: FileFacts): boolean =>
  server.scripts.some((script) => fromEnvironment.test(codeText(script))) &&
  server.scripts.some(({ sockets }) =>
    sockets.servers.some(
      ({ options }) => options.transports === undefined && (options.setsTransports || !options.known),
    ),
  );

/** How the apps that init creates handle such a word. */
const refusal = /\bthrow new \w*Error\([^;]*\btransport/;

/** Code that contains the word may handle it in its own way. */
const isKnownToCode = ({ server }: FileFacts, word: string): boolean =>
  server.scripts.some((script) =>
    [...codeText(script).matchAll(/(\brequire\(\s*|\bfrom\s*|\bimport[\s(]*)?(['"`])([\w-]+)\2/g)].some(
      ([, loads, , literal]) => loads === undefined && literal === word,
    ),
  );

function ofSetting(facts: FileFacts): TransportList[] {
  const value = facts.query.appSetting('transports');
  if (value === undefined || !readsSetting(facts)) return [];
  const origin = facts.query.appSettingOrigin('transports');
  return [
    {
      source: `appSettings transports="${value}"`,
      words: wordsOf(facts, value).filter((word) => transports.includes(word) || !isKnownToCode(facts, word)),
      isSetting: true,
      isRefused: facts.server.scripts.some((script) => refusal.test(codeText(script))),
      at: origin && facts.query.placeOf(origin),
      shown: (names) => `<add key="transports" value="${names.join(',')}" />`,
    },
  ];
}

const list = (names: readonly string[]): string => `transports: [${names.map((name) => `'${name}'`).join(', ')}]`;

/** Lists in the code of server and pages. */
function ofCode({ server, pages }: FileFacts): TransportList[] {
  const servers = server.scripts.flatMap(({ sockets }) => sockets.servers);
  const clients = pages.flatMap((page) => page.clients).filter((client) => clientTarget(client) !== 'elsewhere');
  return [...servers, ...clients].flatMap(({ options: { transports: words }, at }) =>
    words === undefined ? [] : [{ source: list(words), words, isSetting: false, isRefused: false, at, shown: list }],
  );
}

/** A list of transports with an unknown word. */
export const transportsUnknown = defineRule<FixData>({
  code: 'TRANSPORTS_UNKNOWN',
  severity: 'error',
  explains: ['HANDSHAKE_FAILED', 'WEBSOCKET_FAILED', { finding: 'APP_CRASHED', saying: /transport/i }],
  title: 'A list of transports names one that socket.io does not have',
  why: 'socket.io ignores unknown transports: if no known one is left, the server answers every handshake with 400 "Transport unknown", and no client can connect.',
  help: `socket.io's transports are websocket and polling, in lower case (and webtransport, which does not reach node through IIS:
with another transport it does no harm, alone it lets no client connect). socket.io does not report other words; it starts with the
transports that are left, even with none. An app that init created ends with an error that names the word. websockets and ws are
mistakes for websocket; xhr-polling and jsonp-polling were names in 0.9 and are polling today; flashsocket and htmlfile were removed.
Write the same list on both ends: <add key="transports" value="websocket,polling" /> where the code reads it from web.config's
appSettings, else transports: ['websocket', 'polling']. --fix corrects a word in appSettings where it is clear which one was meant.`,
  check(facts) {
    if (hostedElsewhere(facts) || !usesSocketIo(facts) || facts.package.socketIo.major === 0) return [];
    return [...ofSetting(facts), ...ofCode(facts)]
      .map(findUnknownTransports)
      .filter((finding) => finding !== undefined);
  },
  fix: (facts, { data }) => {
    const element = facts.query.ownElement(facts.query.appSettingOrigin('transports'));
    if (!element || !data) return [];
    return editWebConfig(facts, (document) => setAttributeEdit(document, element, 'value', data.transports.join(',')));
  },
});
