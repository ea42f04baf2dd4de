import { nearestName } from '../../nearest-name.js';
import { clientTarget, codeText, type Place } from '../../source/index.js';
import { setAttributeEdit } from '../../xml/index.js';
import { hostedElsewhere, usesSocketIo } from '../facts/realtime.js';
import type { Facts, RuleFinding } from '../types.js';
import { defineRule } from './define-rule.js';
import { editWebConfig } from './web-config-edits.js';

/** What engine.io 6 knows and iisnode carries. */
const transports = ['websocket', 'polling'];
/** engine.io knows it as well, but it is HTTP/3, which never comes through IIS to node. */
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

/** The transport somebody meant by a word; undefined when nobody can tell. */
function transportFor(word: string): string | undefined {
  const name = word.toLowerCase();
  return meant[name] ?? nearestName(name.replace(/[-_]/g, ''), [...transports, notCarried]);
}

/** The list with the words that are meant, as far as iisnode carries them; undefined when one is not clear, or none is left. */
function corrected(words: readonly string[]): readonly string[] | undefined {
  const names = words.map((word) => (transports.includes(word) ? word : transportFor(word)));
  const known = names.filter((name) => name !== undefined);
  const carried = known.filter((name) => name !== notCarried);
  return known.length === names.length && carried.length > 0 ? [...new Set(carried)] : undefined;
}

/** What the setting is to be. */
interface FixData {
  readonly transports: readonly string[];
}

interface Said {
  /** 'appSettings transports="ws"' */
  readonly source: string;
  readonly words: readonly string[];
  readonly isSetting: boolean;
  /** The code ends with an error when it reads such a word. */
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
}: Said): RuleFinding<FixData> | undefined {
  const left = words.filter((word) => transports.includes(word));
  const strange = words.filter((word) => !transports.includes(word) && word !== notCarried);
  // Beside another it does no harm, unless the code refuses it.
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
      ? 'that leaves none'
      : `that leaves ${left.join(' and ')}`;
  return {
    severity: isRefused || left.length === 0 ? 'error' : 'warning',
    ...(isLost && {
      why: 'iisnode hands node HTTP requests and WebSocket upgrades, and webtransport is neither: nobody connects.',
    }),
    ...(isRefused && { why: 'The app ends as it starts: 500.1002 under iisnode.' }),
    message: `${source}: ${faults.join(', ')}, and ${rest}.`,
    fix: shown(better ?? ['websocket', 'polling']),
    ...(at && { at }),
    ...(isSetting && better && { data: { transports: better } }),
  };
}

/** How the code takes the setting apart; the templates and nearly everybody do it at commas and blanks. */
function wordsOf(facts: Facts, value: string): readonly string[] {
  const odd = /[^\w\s,-]/.exec(value)?.[0];
  // Another separator may be the code's own; JSON is nothing to take apart here.
  const isTheirs = odd !== undefined && facts.server.scripts.some((script) => splits(codeText(script), odd));
  return isTheirs ? [] : value.split(/[\s,]+/).filter(Boolean);
}

function splits(code: string, separator: string): boolean {
  if (/[[\]{}"]/.test(separator)) return code.includes('JSON.parse');
  return [...code.matchAll(/\bsplit\(([^)]*)\)/g)].some(([, given = '']) => given.includes(separator));
}

const fromEnvironment =
  /\benv(?:\.transports\b|\[\s*['"`]transports['"`])|\btransports\b[^{}]*\}\s*=\s*process\.env\b/i;

/** Does a server of the app take its transports from the setting? */
const readsSetting = ({ server }: Facts): boolean =>
  server.scripts.some((script) => fromEnvironment.test(codeText(script))) &&
  server.scripts.some(({ sockets }) =>
    sockets.servers.some(
      ({ options }) => options.transports === undefined && (options.setsTransports || !options.known),
    ),
  );

/** What the apps that init makes do with such a word. */
const refusal = /\bthrow new \w*Error\([^;]*\btransport/;

/** Code that knows the word by itself may make of it what it likes. */
const isKnownToCode = ({ server }: Facts, word: string): boolean =>
  server.scripts.some((script) =>
    [...codeText(script).matchAll(/(\brequire\(\s*|\bfrom\s*|\bimport[\s(]*)?(['"`])([\w-]+)\2/g)].some(
      ([, loads, , literal]) => loads === undefined && literal === word,
    ),
  );

function ofSetting(facts: Facts): Said[] {
  const value = facts.site?.appSetting('transports');
  if (value === undefined || !readsSetting(facts)) return [];
  const origin = facts.site?.appSettingOrigin('transports');
  return [
    {
      source: `appSettings transports="${value}"`,
      words: wordsOf(facts, value).filter((word) => transports.includes(word) || !isKnownToCode(facts, word)),
      isSetting: true,
      isRefused: facts.server.scripts.some((script) => refusal.test(codeText(script))),
      at: origin && facts.webConfig.placeOf(origin),
      shown: (names) => `<add key="transports" value="${names.join(',')}" />`,
    },
  ];
}

const list = (names: readonly string[]): string => `transports: [${names.map((name) => `'${name}'`).join(', ')}]`;

/** Lists that stand in the code of server and pages. */
function ofCode({ server, pages }: Facts): Said[] {
  const servers = server.scripts.flatMap(({ sockets }) => sockets.servers);
  const clients = pages.flatMap((page) => page.clients).filter((client) => clientTarget(client) !== 'elsewhere');
  return [...servers, ...clients].flatMap(({ options: { transports: words }, at }) =>
    words === undefined ? [] : [{ source: list(words), words, isSetting: false, isRefused: false, at, shown: list }],
  );
}

/** A list of transports with a word in it that is none. */
export const transportsUnknown = defineRule<FixData>({
  code: 'TRANSPORTS_UNKNOWN',
  severity: 'error',
  title: 'A list of transports names one that socket.io does not have',
  why: 'A word that is no transport is no use to anyone: where it was the only one, the server answers every handshake with 400 "Transport unknown", and nobody connects.',
  help: `socket.io's transports are called websocket and polling, in lower case (and webtransport, which does not pass through IIS to
node: beside another it does no harm, by itself it leaves nobody connected). socket.io does not complain of other words; it starts with what is left, even with nothing; what init makes ends with an
error that names the word. websockets and ws are slips;
xhr-polling and jsonp-polling were names of 0.9 and are polling today; flashsocket and htmlfile are gone. Write the same list on both
ends: <add key="transports" value="websocket,polling" /> where the code reads it from web.config's appSettings, else transports:
['websocket', 'polling']. --fix puts right a word of appSettings where it is clear which one was meant.`,
  check(facts) {
    if (hostedElsewhere(facts) || !usesSocketIo(facts) || facts.package.socketIo.major === 0) return [];
    return [...ofSetting(facts), ...ofCode(facts)]
      .map(findUnknownTransports)
      .filter((finding) => finding !== undefined);
  },
  fix: (facts, { data }) => {
    const element = facts.webConfig.own(facts.site?.appSettingOrigin('transports'));
    if (!element || !data) return [];
    return editWebConfig(facts, (document) => setAttributeEdit(document, element, 'value', data.transports.join(',')));
  },
});
