import { type IncomingMessage, type OutgoingHttpHeader, type OutgoingHttpHeaders, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { headerText } from '../../pipeline/sections/index.js';
import { reasonPhrase } from '../errors/http-status.js';
import { CompressedBody } from './compressed-body.js';
import { bytesOf, HeldResponse, type OutboundRules } from './outbound.js';

/** The connection of a response. */
export interface ResponseOwner {
  /** The answer was passed to the system. */
  onFinish(): void;
  /** A handler takes over the socket, to write to it itself. */
  onDetach(): void;
  /** A listener threw. */
  onFault(error: unknown): void;
}

/** A body that replaces the one a handler writes, like the CustomErrorModule does. */
export interface ReplacementPage {
  readonly contentType: string;
  readonly body: string;
}

/** How IIS compresses a body. */
export interface BodyCompression {
  /** Compressed bytes that are held back before any is sent. */
  readonly holdsBack: number;
  readonly level: number;
}

/** A method of every OutgoingMessage; the types have it for requests only. */
const rawHeaderNames = (ServerResponse.prototype as unknown as { getRawHeaderNames(): string[] }).getRawHeaderNames;

/** Up to this size, in bytes, a body is copied to its head. */
const smallBody = 8192;

/** A socket as node's own responses mark it. */
type MessageSocket = Socket & { _httpMessage: unknown; readonly _hadError?: boolean };

/** Fields of every OutgoingMessage that the types do not have (Node 18 to 24, lib/_http_outgoing.js). */
interface Internal {
  readonly _last: boolean;
  readonly _header: string | null;
  readonly _hasBody: boolean;
  readonly outputData: readonly unknown[];
  socket: MessageSocket | null;
  _headerSent: boolean;
  _closed: boolean;
  destroyed: boolean;
  finished: boolean;
  _finish(): void;
}

const internal = (response: object): Internal => response as Internal;

type HeadersArgument = OutgoingHttpHeaders | OutgoingHttpHeader[];

/**
 * A response as IIS sends it: headers of httpProtocol and `Server` are added to every head that a module writes, even if node
 * sent a header of the same name. The body of an error may be replaced, and outbound rules see the whole response.
 */
export class IisResponse<Request extends IncomingMessage = IncomingMessage> extends ServerResponse<Request> {
  /** Flat name, value list; sent with every head. */
  extraHeaders: readonly string[] = [];
  /** Called when a head with a status of 400 or above is written; a returned page replaces the body. */
  replaceError: ((status: number) => ReplacementPage | undefined) | undefined;
  /** Called when a head is written. */
  outbound: (() => OutboundRules | undefined) | undefined;
  /** Called with the head as it is sent, flat pairs: how IIS compresses the body, if it does. */
  compression: ((status: number, headers: readonly string[]) => BodyCompression | undefined) | undefined;
  owner: ResponseOwner | undefined;
  /** The sub-status, for logs. */
  subStatus = 0;
  /** Sent instead of what is written. */
  #replacement: string | Buffer | undefined;
  #held: HeldResponse | undefined;
  #compressed: CompressedBody | undefined;
  #isLast = false;

  /** True as soon as the head can no longer be changed. */
  get isDecided(): boolean {
    return this.headersSent || this.#held !== undefined;
  }

  /** True when the connection ends with this answer, regardless of its head: `Connection` may come from web.config. */
  get isLast(): boolean {
    return this.#isLast;
  }

  endConnection(): void {
    this.#isLast = true;
    this.shouldKeepAlive = false;
  }

  /** True when the connection ends with this answer: it was requested, or the body has no other end. */
  get endsConnection(): boolean {
    return this.#isLast || !this.shouldKeepAlive || internal(this)._last; // node's own server reads it
  }

  /** Without a listener on the socket for each response: its connection calls `socketClosed`. */
  override assignSocket(socket: Socket): void {
    const own = socket as MessageSocket;
    own._httpMessage = this;
    internal(this).socket = own;
  }

  /** The connection has closed before the answer was sent. */
  socketClosed(): void {
    const own = internal(this);
    if (own._closed) return;
    own._closed = true;
    own.destroyed = true;
    this.emit('close');
  }

  /** An error in a listener ends its own connection, if there is one. A client that has disconnected is not an error. */
  override emit(event: string | symbol, ...given: unknown[]): boolean {
    const { owner } = this;
    if (event === 'error' && owner !== undefined && this.listenerCount(event) === 0) return false;
    if (owner === undefined) return super.emit(event, ...given);
    try {
      const hadListeners = super.emit(event, ...given);
      if (event === 'finish') owner.onFinish();
      return hadListeners;
    } catch (error) {
      owner.onFault(error);
      return true;
    }
  }

  override detachSocket(socket: Socket): void {
    super.detachSocket(socket);
    this.owner?.onDetach();
  }

  /** Releases the socket when the answer was sent. */
  leaveSocket(socket: Socket): void {
    (socket as MessageSocket)._httpMessage = null;
    internal(this).socket = null;
  }

  /** The configuration may contain characters that a header cannot have. */
  override setHeader(name: string, value: number | string | readonly string[]): this {
    return super.setHeader(name, typeof value === 'string' ? headerText(value) : value);
  }

  override writeHead(status: number, reason?: string | HeadersArgument, headers?: HeadersArgument): this {
    const given = typeof reason === 'string' ? headers : reason;
    const phrase = typeof reason === 'string' ? headerText(reason) : undefined;
    if (this.statusMessage !== undefined) this.statusMessage = headerText(this.statusMessage);
    const rules = this.isDecided ? undefined : this.outbound?.();
    this.outbound = undefined;
    const page = status >= 400 && !this.isDecided ? this.replaceError?.(status) : undefined;
    this.replaceError = undefined;
    if (page !== undefined) this.#replacement = page.body;
    if (page === undefined && isFlat(given) && this.getHeaderNames().length === 0) {
      // The usual case, a response of node: the pairs are sent unchanged, without looking up headers again.
      const pairs = given.concat(this.#extrasBeside(given));
      return rules === undefined ? this.#send(status, phrase, pairs) : this.#sendByRules(rules, status, phrase, pairs);
    }
    if (given !== undefined) this.#set(given);
    if (page !== undefined) this.#describeReplacement(page);
    const extras = this.#extrasBeside(this.getHeaderNames());
    for (let index = 0; index + 1 < extras.length; index += 2)
      this.appendHeader(extras[index] ?? '', extras[index + 1] ?? '');
    return rules === undefined
      ? this.#send(status, phrase)
      : this.#sendByRules(rules, status, phrase, this.#takeHeaders());
  }

  override write(chunk: unknown, ...rest: unknown[]): boolean {
    if (!this.isDecided) this.writeHead(this.statusCode);
    if (this.#replacement !== undefined) {
      callbackOf(rest)?.();
      return true;
    }
    if (this.#held === undefined) return this.#writeBody(chunk, rest);
    if (!this.#held.add(chunk, rest[0])) this.#letGo(this.#held);
    callbackOf(rest)?.();
    return true;
  }

  override end(...rest: unknown[]): this {
    const callback = callbackOf(rest);
    const [chunk, encoding] = typeof rest[0] === 'function' ? [] : rest;
    if (!this.isDecided && this.#looksFirst()) {
      if (!this.hasHeader('Content-Length') && !this.hasHeader('Transfer-Encoding') && this.#mayHaveBody())
        this.setHeader('Content-Length', lengthOf(chunk, encoding));
      this.writeHead(this.statusCode);
    }
    const held = this.#held;
    if (held !== undefined) {
      if (this.#replacement !== undefined) held.add(this.#replacement, undefined);
      else if (chunk !== undefined && chunk !== null) held.add(chunk, encoding);
      this.#held = undefined;
      this.#replacement = this.#applyTo(held);
    }
    if (this.#replacement === undefined) return this.#endBody(rest);
    const body = this.#replacement;
    this.#replacement = undefined;
    return this.#endBody(callback === undefined ? [body] : [body, callback]);
  }

  /** Would a head that `end` writes itself be changed? */
  #looksFirst(): boolean {
    return (
      (this.statusCode >= 400 && this.replaceError !== undefined) ||
      this.compression !== undefined ||
      this.outbound?.() !== undefined
    );
  }

  #mayHaveBody(): boolean {
    return this.req.method !== 'HEAD' && this.statusCode >= 200 && this.statusCode !== 204 && this.statusCode !== 304;
  }

  #writeBody(chunk: unknown, rest: unknown[]): boolean {
    if (this.#compressed === undefined) return Reflect.apply(super.write, this, [chunk, ...rest]);
    const isTaken = this.#compressed.write(bytesOf(chunk, rest[0]));
    callbackOf(rest)?.();
    return isTaken;
  }

  #endBody(rest: unknown[]): this {
    if (this.#compressed === undefined) return this.#endAtOnce(rest) ? this : Reflect.apply(super.end, this, rest);
    const callback = callbackOf(rest);
    const [chunk, encoding] = typeof rest[0] === 'function' ? [] : rest;
    if (callback !== undefined) this.once('finish', callback);
    this.#compressed.end(chunk === undefined || chunk === null ? undefined : bytesOf(chunk, encoding));
    return this;
  }

  /** Sends the head and a small body in one write, as one text: node itself sends them as a list of three. False in other cases. */
  #endAtOnce(rest: unknown[]): boolean {
    const [body] = rest;
    const own = internal(this);
    const { socket, _header: head } = own;
    if (rest.length !== 1 || !(body instanceof Uint8Array) || body.length === 0 || body.length > smallBody)
      return false;
    if (typeof head !== 'string' || own._headerSent || own.finished || !own._hasBody || this.chunkedEncoding)
      return false;
    if (socket?.writable !== true || own.outputData.length > 0) return false;
    own._headerSent = true;
    own.finished = true;
    socket.write(head + bytesOf(body, undefined).toString('latin1'), 'latin1', () => {
      if (!socket._hadError) this.emit('finish');
    });
    own._finish();
    return true;
  }

  #compress({ holdsBack, level }: BodyCompression): void {
    const body = new CompressedBody({
      holdsBack,
      level,
      send: (bytes) => super.write(bytes),
      end: (bytes) => void super.end(bytes),
      drained: () => void this.emit('drain'),
    });
    this.on('drain', () => body.resume());
    this.#compressed = body;
  }

  #send(status: number, reason: string | undefined, given?: string[]): this {
    const compression = this.compression;
    this.compression = undefined;
    let pairs = given;
    if (compression !== undefined) {
      const headers = given ?? this.#takeHeaders();
      const how = this.isDecided ? undefined : compression(status, headers);
      if (how !== undefined) this.#compress(how);
      pairs = how === undefined ? headers : compressedHeaders(headers);
    }
    if (pairs === undefined) return reason === undefined ? super.writeHead(status) : super.writeHead(status, reason);
    return reason === undefined ? super.writeHead(status, pairs) : super.writeHead(status, reason, pairs);
  }

  #sendByRules(rules: OutboundRules, status: number, reason: string | undefined, headers: string[]): this {
    if (rules.wantsBody(status, headers)) {
      this.#held = new HeldResponse(status, reason, headers, rules);
      return this;
    }
    const changed = rules.apply({ status, headers, body: undefined });
    if (changed.body === undefined) return this.#send(status, reason, [...changed.headers]);
    this.#replacement = changed.body;
    return this.#send(
      changed.status,
      reasonFor(changed.status, status, reason),
      withLength(changed.headers, changed.body),
    );
  }

  /** Sends the head of a response whose body is complete; returns the body. */
  #applyTo({ rules, status, reason, headers, body }: HeldResponse): Buffer {
    const changed = rules.apply({ status, headers, body });
    const bytes = changed.body ?? body;
    this.#send(changed.status, reasonFor(changed.status, status, reason), withLength(changed.headers, bytes));
    return bytes;
  }

  #letGo({ rules, status, reason, headers, body }: HeldResponse): void {
    this.#held = undefined;
    const changed = rules.apply({ status, headers, body: undefined });
    this.#send(status, reason, [...changed.headers]);
    this.#writeBody(body, []);
  }

  /** The headers set so far, as flat pairs; none are set afterwards. */
  #takeHeaders(): string[] {
    const pairs: string[] = [];
    for (const name of rawHeaderNames.call(this)) {
      for (const value of [this.getHeader(name)].flat()) pairs.push(name, String(value));
      this.removeHeader(name);
    }
    return pairs;
  }

  /** The extra headers, without `Server` where the module already has its own. */
  #extrasBeside(present: readonly unknown[]): readonly string[] {
    const own = present.some(
      (name) => typeof name === 'string' && name.length === 6 && name.toLowerCase() === 'server',
    );
    if (!own) return this.extraHeaders;
    return this.extraHeaders.filter((_, index, all) => all[index - (index % 2)] !== 'Server');
  }

  #set(headers: HeadersArgument): void {
    if (!Array.isArray(headers)) {
      for (const [name, value] of Object.entries(headers)) if (value !== undefined) this.setHeader(name, value);
      return;
    }
    const flat = headers.flat();
    for (let index = 0; index + 1 < flat.length; index += 2) this.removeHeader(String(flat[index]));
    for (let index = 0; index + 1 < flat.length; index += 2) {
      this.appendHeader(String(flat[index]), String(flat[index + 1]));
    }
  }

  #describeReplacement({ contentType, body }: ReplacementPage): void {
    for (const name of ['Content-Encoding', 'Content-Range', 'ETag', 'Last-Modified', 'Transfer-Encoding', 'Trailer']) {
      this.removeHeader(name);
    }
    this.setHeader('Content-Type', contentType);
    this.setHeader('Content-Length', Buffer.byteLength(body));
  }
}

const reasonFor = (now: number, before: number, reason: string | undefined): string | undefined =>
  now === before ? reason : reasonPhrase(now);

/** The pairs with the length of a complete body. */
function withLength(headers: readonly string[], body: Buffer): string[] {
  const pairs: string[] = [];
  for (let index = 0; index + 1 < headers.length; index += 2) {
    const name = headers[index] ?? '';
    if (!/^(?:content-length|transfer-encoding)$/i.test(name)) pairs.push(name, headers[index + 1] ?? '');
  }
  return [...pairs, 'Content-Length', String(body.length)];
}

/** The head of a compressed body: its length is not known. */
function compressedHeaders(headers: readonly string[]): string[] {
  const pairs: string[] = [];
  let vary = 'Accept-Encoding';
  for (let index = 0; index + 1 < headers.length; index += 2) {
    const name = headers[index] ?? '';
    const value = headers[index + 1] ?? '';
    if (/^vary$/i.test(name)) vary = /accept-encoding|\*/i.test(value) ? value : `${value}, ${vary}`;
    else if (!/^(?:content-length|accept-ranges)$/i.test(name)) pairs.push(name, value);
  }
  return [...pairs, 'Content-Encoding', 'gzip', 'Vary', vary];
}

/** `[name, value, name, value, ...]` */
function isFlat(headers: HeadersArgument | undefined): headers is string[] {
  return Array.isArray(headers) && (headers.length === 0 || typeof headers[0] === 'string');
}

function lengthOf(chunk: unknown, encoding: unknown): number {
  return chunk === undefined || chunk === null ? 0 : bytesOf(chunk, encoding).length;
}

function callbackOf(rest: readonly unknown[]): (() => void) | undefined {
  const last = rest.at(-1);
  return typeof last === 'function' ? () => void Reflect.apply(last, undefined, []) : undefined;
}
