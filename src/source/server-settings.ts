import type { AnyNode, CallExpression, NewExpression, ObjectExpression } from 'acorn';
import type { ScriptContext } from './context.js';
import { numberOf } from './numbers.js';
import { type GivenOptions, givenOptions } from './socket-options.js';
import type { Place } from './text-file.js';
import { follow, hasSpread, objectOf, propertyOf, readValue } from './values.js';

/** A number in the options, with its place. */
export interface NumberSetting {
  readonly value: number;
  readonly at: Place;
}

/** Options of a socket.io server besides those that its clients have, as far as they are literal. */
export interface ServerSettings {
  readonly maxHttpBufferSize: NumberSetting | undefined;
  readonly pingInterval: NumberSetting | undefined;
  /** undefined: not set, or unknown. */
  readonly compresses: { readonly value: boolean; readonly at: Place } | undefined;
  /** Where it asks for the recovery of connections. */
  readonly recovers: Place | undefined;
  /** cors with the origin '*' and credentials. */
  readonly anyOriginWithCredentials: Place | undefined;
  /** Whether cors allows credentials; undefined where that is unknown. */
  readonly allowsCredentials: boolean | undefined;
  /** Any option cors. */
  readonly setsCors: boolean;
  /** The option of socket.io 1 and 2 that cors replaced. */
  readonly origins: Place | undefined;
  /** Origins of cors that are no origin of any page: 'https://www.example.com/'. */
  readonly faultyOrigins: readonly { readonly origin: string; readonly at: Place }[];
  /** cors with an origin. */
  readonly cors: Place | undefined;
}

const none: ServerSettings = {
  maxHttpBufferSize: undefined,
  pingInterval: undefined,
  compresses: undefined,
  recovers: undefined,
  anyOriginWithCredentials: undefined,
  cors: undefined,
  allowsCredentials: false,
  setsCors: false,
  origins: undefined,
  faultyOrigins: [],
};

/** What an option is on: true, or an object of its own options. */
function switchOf({ bindings }: ScriptContext, given: AnyNode | undefined): boolean | undefined {
  if (given === undefined) return undefined;
  if (follow(given, bindings).type === 'ObjectExpression') return true;
  const value = readValue(given, bindings);
  return value.kind === 'literal' && typeof value.value === 'boolean' ? value.value : undefined;
}

/** Reads them among a call's arguments from `first` on. */
export function readServerSettings(
  context: ScriptContext,
  call: CallExpression | NewExpression,
  first: number,
): ServerSettings {
  const options = givenOptions(context, call, first);
  return options === undefined ? none : settingsIn(options);
}

function settingsIn({ context, object }: GivenOptions): ServerSettings {
  const { bindings } = context;
  const numberAt = (key: string): NumberSetting | undefined => {
    const given = propertyOf(object, key, bindings);
    const value = numberOf(given, bindings);
    return given === undefined || value === undefined ? undefined : { value, at: context.place(given.start) };
  };
  const deflate = propertyOf(object, 'perMessageDeflate', bindings);
  const compresses = switchOf(context, deflate);
  const origins = propertyOf(object, 'origins', bindings);
  const recovery = propertyOf(object, 'connectionStateRecovery', bindings);
  return {
    maxHttpBufferSize: numberAt('maxHttpBufferSize'),
    pingInterval: numberAt('pingInterval'),
    compresses:
      deflate === undefined || compresses === undefined
        ? undefined
        : { value: compresses, at: context.place(deflate.start) },
    recovers: recovery && switchOf(context, recovery) === true ? context.place(recovery.start) : undefined,
    setsCors: propertyOf(object, 'cors', bindings) !== undefined,
    origins: origins && context.place(origins.start),
    faultyOrigins: faultyOriginsIn(context, propertyOf(object, 'cors', bindings)),
    ...corsOf(context, object),
  };
}

/** A browser sends scheme, host and port as URL writes them: in lower case, without the usual port, and nothing behind them. */
function isOrigin(text: string): boolean {
  if (/^(\*|null|true|false)$/.test(text)) return true;
  if (text.includes('*') || !URL.canParse(text)) return false;
  return /^https?:/i.test(text) ? new URL(text).origin === text : /^[a-z][a-z\d+.-]*:\/\/[^/?#]+$/i.test(text);
}

function faultyOriginsIn(context: ScriptContext, given: AnyNode | undefined): ServerSettings['faultyOrigins'] {
  const { bindings } = context;
  const cors = objectOf(given, bindings);
  const origin = cors && propertyOf(cors, 'origin', bindings);
  const meant = origin && follow(origin, bindings);
  const all = meant?.type === 'ArrayExpression' ? meant.elements : [meant];
  return all.flatMap((each) => {
    const value = each && readValue(each, bindings);
    if (value?.kind !== 'literal' || typeof value.value !== 'string' || isOrigin(value.value)) return [];
    return [{ origin: value.value, at: context.place(value.node.start) }];
  });
}

function corsOf(
  context: ScriptContext,
  object: ObjectExpression,
): Pick<ServerSettings, 'cors' | 'anyOriginWithCredentials' | 'allowsCredentials'> {
  const { bindings } = context;
  const given = propertyOf(object, 'cors', bindings);
  const cors = objectOf(given, bindings);
  const origin = cors && propertyOf(cors, 'origin', bindings);
  if (given === undefined || cors === undefined || origin === undefined) {
    // A function, or `cors: true`, may do anything.
    return {
      cors: undefined,
      anyOriginWithCredentials: undefined,
      allowsCredentials: given === undefined ? false : undefined,
    };
  }
  const value = readValue(origin, bindings);
  const isAny = value.kind === 'literal' && value.value === '*';
  const isOff = value.kind === 'literal' && value.value === false;
  const credentials = propertyOf(cors, 'credentials', bindings);
  const isWithCredentials = switchOf(context, credentials) === true;
  const isOpen = hasSpread(cors, bindings);
  return {
    cors: isOff ? undefined : context.place(origin.start),
    anyOriginWithCredentials: isAny && isWithCredentials ? context.place(origin.start) : undefined,
    allowsCredentials: credentials === undefined && !isOpen ? false : switchOf(context, credentials),
  };
}
