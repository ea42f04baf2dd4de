import { XMLParser } from 'fast-xml-parser';
import type { AppOnServer, EventSeen } from './types.js';

/** A kind of event: its text in English, made of its values, whatever language the server has. */
interface Known {
  readonly source: EventSeen['source'];
  readonly kind: EventSeen['kind'];
  readonly says: (values: readonly string[]) => string;
  /** Has no pool among its values: it is about a module. */
  readonly isOfModule?: true;
}

const was = (kind: EventSeen['kind'], says: Known['says']): Known => ({ source: 'WAS', kind, says });
const worker = (kind: EventSeen['kind'], says: Known['says'], isOfModule?: true): Known => ({
  source: 'IIS-W3SVC-WP',
  kind,
  says,
  ...(isOfModule && { isOfModule }),
});

const notRead = worker(
  'configuration',
  ([pool, error, file, line]) =>
    `The worker process for application pool '${pool}' could not read ${file}, line ${line} (${error})`,
);

/** Microsoft's documents on events of application pools and worker processes; the first value is the pool, or the DLL. */
const known: ReadonlyMap<number, Known> = new Map([
  [
    5002,
    was(
      'disabled',
      ([pool]) => `Application pool '${pool}' is being automatically disabled due to a series of failures`,
    ),
  ],
  [
    5009,
    was(
      'crash',
      ([pool, pid, code]) =>
        `A process serving application pool '${pool}' terminated unexpectedly (process ${pid}, exit code ${code})`,
    ),
  ],
  [
    5010,
    was(
      'crash',
      ([pool, pid]) => `A process serving application pool '${pool}' failed to respond to a ping (process ${pid})`,
    ),
  ],
  [
    5011,
    was(
      'crash',
      ([pool, pid]) =>
        `A process serving application pool '${pool}' suffered a fatal communication error (process ${pid})`,
    ),
  ],
  [5021, was('identity', ([pool]) => `The identity of application pool ${pool} is invalid`)],
  [5057, was('identity', ([pool]) => `Application pool ${pool} has been disabled: its identity is invalid`)],
  [
    5059,
    was('disabled', ([pool]) => `Application pool ${pool} has been disabled: its worker process could not be started`),
  ],
  [2280, worker('module', ([dll]) => `The Module DLL ${dll} failed to load`, true)],
  [
    2282,
    worker('module', ([dll]) => `The Module DLL '${dll}' could not be loaded due to a configuration problem`, true),
  ],
  [2297, notRead],
  [2307, notRead],
]);

/** The numbers of a source's events. */
export const numbersOf = (source: EventSeen['source']): readonly number[] =>
  [...known].filter(([, each]) => each.source === source).map(([id]) => id);

/** The fast parser, because these are the server's own lines; anything else gives no events. */
const parser = new XMLParser({
  ignoreAttributes: false,
  attributeNamePrefix: '@',
  parseTagValue: false,
  parseAttributeValue: false,
  isArray: (name) => name === 'Event' || name === 'Data',
});

/** `wevtutil qe LOG /f:xml /e:Events`: the known events that are about the app's pool or a module that fails to load, the newest first. */
export function eventsIn(text: string, { pool }: AppOnServer): readonly EventSeen[] | undefined {
  const root = parsed(text);
  if (root === undefined) return undefined;
  return listOf(field(root, 'Event')).flatMap((event) => {
    const system = field(event, 'System');
    const number = field(system, 'EventID');
    const id = Number(typeof number === 'object' ? field(number, '#text') : number);
    const kind = known.get(id);
    const values = listOf(field(field(event, 'EventData'), 'Data')).map((data) => textOf(data).slice(0, 300));
    const at = textOf(field(field(system, 'TimeCreated'), '@SystemTime'));
    const [first = ''] = values;
    if (kind === undefined || !/^\d{4}-\d\d-\d\dT[\d:.]{5,20}Z$/.test(at)) return [];
    const isAboutApp = kind.isOfModule ? /\.dll/i.test(first) : first.toLowerCase() === pool?.name.toLowerCase();
    return isAboutApp ? [{ id, source: kind.source, kind: kind.kind, at, says: kind.says(values) }] : [];
  });
}

function parsed(text: string): unknown {
  try {
    const root: unknown = parser.parse(text);
    const events = field(root, 'Events');
    return events === '' ? {} : events;
  } catch {
    return undefined; // not XML
  }
}

const field = (value: unknown, name: string): unknown =>
  typeof value === 'object' && value !== null && Object.hasOwn(value, name)
    ? (value as Readonly<Record<string, unknown>>)[name]
    : undefined;

const listOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);

/** `<Data>x</Data>`, or with a name: `<Data Name='AppPoolID'>x</Data>`. */
const textOf = (value: unknown): string => {
  const text = typeof value === 'object' ? field(value, '#text') : value;
  return typeof text === 'string' ? text.replaceAll(/[\r\n\t]+/g, ' ') : '';
};
