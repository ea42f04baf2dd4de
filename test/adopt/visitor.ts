import { expect } from 'vitest';
import type { Visit } from './list/adopted-app.js';

/** A visitor of an app with cookies and a last page, as a browser has them; leaves the app for nothing. */
export class Visitor {
  readonly #base: URL;
  readonly #jar = new Map<string, { readonly path: string; readonly value: string }>();
  #page = { url: '', text: '' };

  /** @param url The app's own, with a slash at its end. */
  constructor(url: string) {
    this.#base = new URL(url);
  }

  /** Takes the cookies of an answer, whatever else it is: one ties its visitor to one of several processes. */
  async arrive(url: string): Promise<void> {
    const answer = await this.#ask(this.#at(url));
    await answer.body?.cancel();
  }

  /** The Cookie header for a path of the app. */
  cookies(path: string): string {
    return this.#cookiesFor(this.#at(path));
  }

  #cookiesFor(url: URL): string {
    const isFor = (path: string): boolean =>
      url.pathname === path || url.pathname.startsWith(path.endsWith('/') ? path : `${path}/`);
    return [...this.#jar]
      .filter(([, { path }]) => isFor(path))
      .map(([name, { value }]) => `${name}=${value}`)
      .join('; ');
  }

  /** Makes the visit and checks what it says of the answer; also that all that a page loads or links to is there. */
  async visit(visit: Visit): Promise<void> {
    const what = JSON.stringify(visit);
    const { url, status, type, text } = await this.#go(visit);
    expect({ status, text }, what).toEqual({ status: visit.status ?? 200, text: expect.stringContaining(visit.text) });
    const asked = 'get' in visit ? visit.get : 'post' in visit ? visit.post : undefined;
    const at = visit.at ?? asked;
    if (at !== undefined) expect(this.#within(url), what).toBe(at);
    if (!type.startsWith('text/html')) return;
    this.#page = { url: url.href, text };
    for (const each of ownUrls(text, url)) {
      const { status } = await this.#follow(each);
      expect({ page: url.href, asksFor: each.href, status }).toMatchObject({ status: 200 });
    }
  }

  /** Where a URL is in the app; fails where it is outside. */
  #within(url: URL): string {
    const href = url.href.padEnd(this.#base.href.length, '/'); // /app is the app's own URL, too
    const below = href.startsWith(this.#base.href) ? href.slice(this.#base.href.length - 1) : undefined;
    expect(below, `${url.href} is not below ${this.#base.href}`).toBeDefined();
    return below ?? '';
  }

  async #go(visit: Visit): Promise<Answer> {
    if ('get' in visit) return this.#follow(this.#at(visit.get));
    if ('post' in visit) {
      const headers = { 'content-type': 'application/json' };
      return this.#follow(this.#at(visit.post), { method: 'POST', headers, body: JSON.stringify(visit.json) });
    }
    return this.#submit(visit.submit);
  }

  #at(url: string): URL {
    return new URL(url.slice(1), this.#base);
  }

  /** Sends the first form of the last page. */
  async #submit(fields: Fields): Promise<Answer> {
    const [tag = ''] = /<form[^>]*>/i.exec(this.#page.text) ?? [];
    const attribute = (name: string): string => new RegExp(`\\s${name}=["']?([^"'\\s>]*)`, 'i').exec(tag)?.[1] ?? '';
    const action = new URL(attribute('action') || this.#page.url, this.#page.url);
    this.#within(action);
    const form = new FormData();
    for (const [name, value] of Object.entries(fields)) {
      if (typeof value === 'string') form.set(name, value);
      else form.set(name, new File([value.text], value.file, { type: 'text/plain' }));
    }
    const pairs = [...form].map(([name, value]): [string, string] => [name, String(value)]);
    const body = attribute('enctype') === 'multipart/form-data' ? form : new URLSearchParams(pairs);
    return this.#follow(action, { method: 'POST', body });
  }

  async #follow(url: URL, options: RequestInit = {}): Promise<Answer> {
    let [next, how] = [url, options];
    for (let count = 0; count < 10; count += 1) {
      const answer = await this.#ask(next, how);
      const location = answer.headers.get('location');
      if (location === null || answer.status < 300 || answer.status > 399) {
        const type = answer.headers.get('content-type') ?? '';
        return { url: next, status: answer.status, type, text: await answer.text() };
      }
      await answer.body?.cancel();
      next = new URL(location, next);
      this.#within(next);
      if (![307, 308].includes(answer.status)) how = {};
    }
    throw new Error(`${url.href} redirects for ever`);
  }

  async #ask(url: URL, options: RequestInit = {}): Promise<Response> {
    const headers = new Headers(options.headers);
    headers.set('accept', 'text/html,application/xhtml+xml,*/*;q=0.8');
    const cookie = this.#cookiesFor(url);
    if (cookie !== '') headers.set('cookie', cookie);
    const answer = await fetch(url, { ...options, headers, redirect: 'manual', signal: AbortSignal.timeout(30_000) });
    for (const line of answer.headers.getSetCookie()) this.#keep(line, url);
    return answer;
  }

  #keep(line: string, { pathname }: URL): void {
    const [pair = '', ...attributes] = line.split(/;\s*/);
    const [, name = '', value = ''] = /^([^=]*)=(.*)$/.exec(pair) ?? [];
    const path = attributes.find((each) => /^path=/i.test(each))?.slice(5);
    const isOver = attributes.some((each) => /^max-age=(0|-)/i.test(each) || /^expires=.* 1970 /i.test(each));
    if (isOver) this.#jar.delete(name);
    else this.#jar.set(name, { value, path: path?.startsWith('/') ? path : pathname.replace(/(.)\/[^/]*$/, '$1') });
  }
}

type Fields = Extract<Visit, { readonly submit: unknown }>['submit'];

interface Answer {
  readonly url: URL;
  readonly status: number;
  readonly type: string;
  readonly text: string;
}

/** What a page loads from its own host, and the pages of it that it links to. */
function ownUrls(page: string, at: URL): readonly URL[] {
  const tags = page.match(/<(?:script|link|img|a)\s[^>]*>/gi) ?? [];
  const values = tags.flatMap((tag) => /\s(?:src|href)=["']?([^"'\s>]+)/i.exec(tag)?.[1] ?? []);
  return values.map((value) => new URL(value, at)).filter(({ origin, hash }) => origin === at.origin && hash === '');
}
