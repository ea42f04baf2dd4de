import { printable } from '../../../printable.js';
import type { SeenText } from '../../types.js';
import { families } from '../known/index.js';
import { recognise, type Sighting } from '../recognise.js';
import { quoteOf, shownUrl } from '../redact.js';
import { isClientScript, isEngine, isPoll, isUpgrade, pageOf, param } from './kinds.js';
import type { Exchange, Recording } from './read-har.js';
import { sessionIds, summaryOf } from './sessions.js';

export interface HarResult {
  readonly sightings: readonly Sighting[];
  /** What the recording has, in one sentence. */
  readonly summary: SeenText;
}

/** What the recording shows of each known text. */
export function findingsOf(recording: Recording): HarResult {
  const { exchanges, name } = recording;
  const page = pageOf(exchanges);
  const seen = new Seen(name);
  for (const exchange of exchanges) {
    if (isUpgrade(exchange)) upgrade(exchange, seen);
    else if (isPoll(exchange) || isClientScript(exchange)) ofSocketIo(exchange, page, seen);
    else if (exchange === page) ofPage(exchange, seen);
    else other(exchange, page, seen);
    if (hasFailed(exchange)) address(exchange, page, seen);
    timing(exchange, seen);
  }
  for (const { id, quote } of sessionIds(exchanges)) seen.add(id, quote);
  return { sightings: seen.sightings(), summary: summaryOf(recording, page) };
}

const hasFailed = ({ status }: Exchange): boolean => status === 0 || status >= 400;
/** The user, or an extension of the browser, ended the request. */
const isAborted = ({ error }: Exchange): boolean => /ERR_ABORTED|ERR_BLOCKED_BY|NS_BINDING_ABORTED/.test(error);
const isHtml = ({ mime, body }: Exchange): boolean =>
  mime === 'text/html' || /^\s{0,99}<(?:!doctype|html)\b/i.test(body);
const isOwnPage = ({ body }: Exchange): boolean =>
  /iisnode encountered an error|iisnode (?:module|was) unable|HTTP Error \d{3}/i.test(body);

/** 'GET https://host/socket.io/?EIO=4&transport=polling&sid=... -> 400 {"code":1,...}' */
function said({ method, url, status, error, body }: Exchange): string {
  const answer = status === 0 ? error || 'no answer' : String(status);
  const detail = /^\s{0,9}\{"code":/.test(body) ? ` ${quoteOf(body.slice(0, 200))}` : '';
  return `${printable(`${method} ${shownUrl(url.href)} -> ${answer}`)}${detail}`;
}

/** How many texts of answers, which may be long, are kept. */
const mostRemembered = 100;
/** How many answers to one request are read that differ in their text: a client that tries again gets one with another time in it. */
const mostDiffering = 10;
/** Characters of answers that are read in all; of further ones only their beginning. */
const mostRead = { characters: 8_000_000, beginning: 4_096 };

/** Sightings by text: each kind of request once, with how often it came. */
class Seen {
  readonly #counts = new Map<string, { quote: string; count: number }>();
  readonly #sightings: { sighting: Sighting; key: string }[] = [];
  /** Clients that try again get one answer many times. */
  readonly #recognised = new Map<string, readonly Sighting[]>();
  /** By quote: how many differing texts were read, and whether one had something of the list. */
  readonly #read = new Map<string, { texts: number; hasKnown: boolean }>();
  #characters = 0;

  constructor(readonly name: string) {}

  /** A text of the list that this exchange shows. */
  add(id: string, quote: string, text = quote): void {
    if (!this.#isNew(`${id} ${quote}`, quote)) return;
    for (const family of families)
      for (const known of family.texts)
        if (known.id === id)
          this.#sightings.push({ key: `${id} ${quote}`, sighting: { known, family, quotes: [quote], texts: [text] } });
  }

  /** What this text has of the list; false for nothing. */
  read(text: string, quote: string): boolean {
    const key = `text ${quote}`;
    const before = this.#read.get(quote) ?? { texts: 0, hasKnown: false };
    if (before.texts >= mostDiffering) {
      if (before.hasKnown) this.#isNew(key, quote); // counted
      return before.hasKnown;
    }
    const found = this.#recognised.get(text) ?? this.#recognise(text, quote);
    const isKnown = found.length > 0;
    this.#read.set(quote, { texts: before.texts + 1, hasKnown: before.hasKnown || isKnown });
    if (!isKnown) return false;
    if (this.#isNew(key, quote)) for (const sighting of found) this.#sightings.push({ key, sighting });
    return true;
  }

  #recognise(text: string, quote: string): readonly Sighting[] {
    const isLate = this.#characters > mostRead.characters;
    this.#characters += text.length;
    const found = recognise({ text: isLate ? text.slice(0, mostRead.beginning) : text, quote });
    if (this.#recognised.size < mostRemembered) this.#recognised.set(text, found);
    return found;
  }

  sightings(): Sighting[] {
    return this.#sightings.map(({ key, sighting }) => {
      const { quote = '', count = 1 } = this.#counts.get(key) ?? {};
      return { ...sighting, quotes: [`${this.name}: ${quote}${count > 1 ? ` (${count} times)` : ''}`] };
    });
  }

  #isNew(key: string, quote: string): boolean {
    const before = this.#counts.get(key);
    if (before !== undefined) before.count += 1;
    else if (this.#counts.size < 1000) this.#counts.set(key, { quote, count: 1 });
    return before === undefined && this.#counts.has(key);
  }
}

function upgrade(exchange: Exchange, seen: Seen): void {
  const { status, url, body, header } = exchange;
  const quote = said(exchange);
  if (status === 101) {
    if (/upgrade\s?,\s?upgrade/i.test(header('connection') ?? '')) seen.add('doubled-upgrade', quote);
    return;
  }
  if (isAborted(exchange)) return;
  const line = `WebSocket connection to '${shownUrl(url.href)}' failed: `;
  const text = status === 0 ? line : `${line}Unexpected response code: ${status}`;
  // The page of iisnode has the reason; the status alone is only its effect.
  seen.read(`${text}\n${body}`, quote);
}

function ofSocketIo(exchange: Exchange, page: Exchange | undefined, seen: Seen): void {
  const quote = said(exchange);
  const { method, url, status, error, body } = exchange;
  if (status >= 400 || (status !== 0 && isOwnPage(exchange))) {
    seen.read(`${method} ${shownUrl(url.href)} ${status}\n${body}`, quote);
    return;
  }
  if (status === 200 && isHtml(exchange)) {
    seen.add('html-instead-of-script', quote);
    return;
  }
  const isForeign = page !== undefined && page.url.host !== url.host;
  const isBlocked = status === 0 && /ERR_FAILED|NS_ERROR_DOM_BAD_URI|^$/.test(error);
  const allows = exchange.header('access-control-allow-origin') !== undefined;
  if (isForeign && isPoll(exchange) && (isBlocked || (status === 200 && exchange.origin !== undefined && !allows)))
    seen.add('cors', quote, `No 'Access-Control-Allow-Origin' header ${url.host}`);
  else if (status === 0 && error !== '' && !isAborted(exchange)) seen.read(`${shownUrl(url.href)} ${error}`, quote);
}

function ofPage(exchange: Exchange, seen: Seen): void {
  const { status, body, error, url } = exchange;
  const quote = said(exchange);
  if (status === 0) {
    if (!isAborted(exchange) && !seen.read(`${shownUrl(url.href)} ${error}`, quote)) seen.add('page-failed', quote);
  } else if (status >= 400) {
    if (!seen.read(`HTTP Error ${status}\n${body}`, quote)) seen.add('page-failed', quote);
  } else if (isOwnPage(exchange)) seen.read(body, quote);
}

const assets = /^(?:script|stylesheet|image|font|media)$/;
const assetNames = /\.(?:m?js|css|png|jpe?g|gif|svg|webp|woff2?|ttf|ico)$/i;

function other(exchange: Exchange, page: Exchange | undefined, seen: Seen): void {
  const { status, url, error, type, body } = exchange;
  if (!hasFailed(exchange)) {
    if (isOwnPage(exchange)) seen.read(body, said(exchange));
    return;
  }
  if (isAborted(exchange) || /\/favicon\.ico$/.test(url.pathname)) return;
  const quote = said(exchange);
  if (isOwnPage(exchange) && seen.read(body, quote)) return;
  if (status === 0 && error !== '' && seen.read(`${shownUrl(url.href)} ${error}`, quote)) return;
  const isAsset = type === '' ? assetNames.test(url.pathname) : assets.test(type);
  if (isAsset && (page === undefined || page.url.host === url.host)) seen.add('asset-failed', quote);
}

const isLocal = (host: string): boolean => /^(?:localhost|127\.0\.0\.1|\[::1\])$/i.test(host);

/** Requests to the machine of the developer, and to http from a page of https. */
function address(exchange: Exchange, page: Exchange | undefined, seen: Seen): void {
  if (page === undefined || isAborted(exchange)) return;
  const { url, status } = exchange;
  if (isLocal(url.hostname) && !isLocal(page.url.hostname)) seen.add('development-address', said(exchange));
  else if (status === 0 && page.url.protocol === 'https:' && /^(?:http|ws):$/.test(url.protocol))
    seen.add('insecure-websocket', said(exchange));
}

/** A poll with a session waits up to the ping interval (25 s by default): that is no delay. */
function timing(exchange: Exchange, seen: Seen): void {
  const { wait, receive, time, mime, status } = exchange;
  const seconds = (ms: number): string => `${(ms / 1000).toFixed(1)} s`;
  if (isEngine(exchange) && param(exchange, 'sid') !== null) return;
  if (wait >= 24_000 && wait <= 40_000 && !isUpgrade(exchange))
    seen.add('slow-start', `${said(exchange)} after ${seconds(wait)}`);
  const isStream = mime === 'text/event-stream' || mime === 'application/x-ndjson';
  if (isStream && status === 200 && time >= 3000 && receive < time / 20)
    seen.add('answer-withheld', `${said(exchange)}: first byte after ${seconds(wait)} of ${seconds(time)}`);
}
