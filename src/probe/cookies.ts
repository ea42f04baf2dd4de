import type { IncomingHttpHeaders } from 'node:http';

interface Cookie {
  readonly name: string;
  readonly value: string;
  readonly host: string;
  readonly path: string;
  readonly isSecure: boolean;
}

/** The cookies of one visit, as a browser keeps and sends them (RFC 6265, without domains: only one host is asked). */
export class CookieJar {
  #cookies: readonly Cookie[] = [];

  /** Takes what an answer sets. */
  keep(url: URL, headers: IncomingHttpHeaders): void {
    for (const line of headers['set-cookie'] ?? []) {
      const found = read(line, url);
      if (found === undefined) continue;
      const { cookie, isGone } = found;
      const others = this.#cookies.filter((one) => !isSame(one, cookie));
      this.#cookies = isGone ? others : [...others, cookie];
    }
  }

  /** The Cookie header for a request; undefined without any. */
  headerFor(url: URL): string | undefined {
    const isSecure = /^(https|wss):$/.test(url.protocol);
    const sent = this.#cookies.filter(
      (one) => one.host === url.hostname && covers(one.path, url.pathname) && (isSecure || !one.isSecure),
    );
    return sent.length === 0 ? undefined : sent.map(({ name, value }) => `${name}=${value}`).join('; ');
  }

  /** Of all that are kept. */
  get names(): readonly string[] {
    return this.#cookies.map(({ name }) => name);
  }
}

const isSame = (one: Cookie, other: Cookie): boolean =>
  one.name === other.name && one.host === other.host && one.path === other.path;

const covers = (path: string, asked: string): boolean =>
  asked === path || (asked.startsWith(path) && (path.endsWith('/') || asked[path.length] === '/'));

/** `name = value`, each without blanks around it; the value is undefined where there is no `=`. */
function parted(text: string): readonly [name: string, value: string | undefined] {
  const at = text.indexOf('=');
  return at < 0 ? [text.trim(), undefined] : [text.slice(0, at).trim(), text.slice(at + 1).trim()];
}

function read(line: string, url: URL): { readonly cookie: Cookie; readonly isGone: boolean } | undefined {
  const [pair = '', ...attributes] = line.split(';');
  const [name, value] = parted(pair);
  if (value === undefined || name === '' || /\s/.test(name)) return undefined;
  const attribute = (wanted: string): string | undefined => {
    const given = attributes.map(parted).findLast(([key]) => key.toLowerCase() === wanted);
    return given && (given[1] ?? '');
  };
  const path = attribute('path');
  const age = attribute('max-age');
  const expires = attribute('expires');
  const isGone = age === undefined ? expires !== undefined && Date.parse(expires) <= Date.now() : Number(age) <= 0;
  return {
    cookie: {
      name,
      value,
      host: url.hostname,
      path: path?.startsWith('/') === true ? path : url.pathname.replace(/(?!^)\/[^/]*$/, ''),
      isSecure: attribute('secure') !== undefined,
    },
    isGone,
  };
}
