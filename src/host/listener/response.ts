import { type IncomingMessage, type OutgoingHttpHeader, type OutgoingHttpHeaders, ServerResponse } from 'node:http';

/** A body that takes the place of the one a handler writes, as the CustomErrorModule does. */
export interface ReplacementPage {
  readonly contentType: string;
  readonly body: string;
}

type HeadersArgument = OutgoingHttpHeaders | OutgoingHttpHeader[];

/**
 * A response as IIS sends it: headers of httpProtocol and `Server` are added to whatever head a module writes, also beside a
 * header of the same name from node, and the body of an error may be replaced on its way out.
 */
export class IisResponse<Request extends IncomingMessage = IncomingMessage> extends ServerResponse<Request> {
  /** Flat name, value list; sent with every head. */
  extraHeaders: readonly string[] = [];
  /** Asked when a head with a status of 400 or above is written; a page given back replaces the body. */
  replaceError: ((status: number) => ReplacementPage | undefined) | undefined;
  /** The sub-status, for logs. */
  subStatus = 0;
  #replacement: ReplacementPage | undefined;

  override writeHead(status: number, reason?: string | HeadersArgument, headers?: HeadersArgument): this {
    const given = typeof reason === 'string' ? headers : reason;
    if (status >= 400 && this.replaceError !== undefined && !this.headersSent) {
      this.#replacement = this.replaceError(status);
      this.replaceError = undefined;
    }
    if (this.#replacement === undefined && isFlat(given) && this.getHeaderNames().length === 0) {
      // The usual way of a request to node: the pairs go out as they are, no header is looked up again.
      const pairs = given.concat(this.#extrasBeside(given));
      return typeof reason === 'string' ? super.writeHead(status, reason, pairs) : super.writeHead(status, pairs);
    }
    if (given !== undefined) this.#set(given);
    if (this.#replacement !== undefined) this.#describeReplacement(this.#replacement);
    const extras = this.#extrasBeside(this.getHeaderNames());
    for (let index = 0; index + 1 < extras.length; index += 2)
      this.appendHeader(extras[index] ?? '', extras[index + 1] ?? '');
    return typeof reason === 'string' ? super.writeHead(status, reason) : super.writeHead(status);
  }

  override write(chunk: unknown, ...rest: unknown[]): boolean {
    if (!this.headersSent) this.writeHead(this.statusCode);
    if (this.#replacement === undefined) return Reflect.apply(super.write, this, [chunk, ...rest]);
    callbackOf(rest)?.();
    return true;
  }

  override end(...rest: unknown[]): this {
    if (!this.headersSent && this.statusCode >= 400 && this.replaceError !== undefined) this.writeHead(this.statusCode);
    if (this.#replacement === undefined) return Reflect.apply(super.end, this, rest);
    const { body } = this.#replacement;
    this.#replacement = undefined;
    const callback = callbackOf(rest);
    return callback === undefined ? super.end(body) : super.end(body, callback);
  }

  /** The extra headers, without `Server` where the module already named one of its own. */
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

/** `[name, value, name, value, ...]` */
function isFlat(headers: HeadersArgument | undefined): headers is string[] {
  return Array.isArray(headers) && (headers.length === 0 || typeof headers[0] === 'string');
}

function callbackOf(rest: readonly unknown[]): (() => void) | undefined {
  const last = rest.at(-1);
  return typeof last === 'function' ? () => void Reflect.apply(last, undefined, []) : undefined;
}
