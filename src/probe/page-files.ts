import {
  clientsOfPage,
  clientsOfScript,
  type ImportMap,
  importsOfPage,
  importsOfScript,
  type LiveClient,
  type LivePlainSocket,
  type PageAddress,
  type PageFile,
  placeAt,
  plainSocketsOfPage,
  plainSocketsOfScript,
  readImportMap,
  readPageFiles,
  type TextFile,
} from '../source/index.js';
import { explainNoAnswer, readErrorPage, statusOf } from './explain.js';
import type { MissingFile } from './types.js';
import { isLoopback, type ProbeAnswer, type Visitor } from './visitor.js';

/** A page with all that a browser loads for it. */
export interface LoadedPage {
  /** The text of the page and of its scripts; the file is the URL. */
  readonly texts: readonly TextFile[];
  /** The files asked for, socket.io's own client script left out. */
  readonly count: number;
  readonly missing: readonly MissingFile[];
  readonly clients: readonly LiveClient[];
  readonly plainSockets: readonly LivePlainSocket[];
  /** Where the page gets socket.io's own client script from. */
  readonly clientScripts: readonly URL[];
  readonly where: PageAddress;
}

interface Wanted extends Pick<PageFile, 'kind' | 'isModule'> {
  readonly url: URL;
  readonly address: string;
  /** What names it; the line is counted when it is asked for. */
  readonly by: { readonly file: string; line(): number };
}

/** More than a page of one's own loads. */
const mostFiles = 80;
/** As many as browsers open connections to one host. */
const atOnce = 6;
const accepted: Readonly<Record<PageFile['kind'], string>> = {
  script: '*/*',
  style: 'text/css,*/*;q=0.1',
  image: 'image/*,*/*;q=0.8',
};

/** The name that socket.io serves its client script by, or a copy of it has. */
const isClientScript = (address: string): boolean =>
  /(^|\/)socket\.io(\.(slim|min|msgpack|esm|dev))*\.js(\?|$)/i.test(address);

/** Fetches the scripts, style sheets and images of a page that are on its own host. Never throws. */
export async function loadPage(answer: ProbeAnswer, visitor: Visitor, timeout: number): Promise<LoadedPage> {
  const page: TextFile = { file: answer.url.href, text: answer.body };
  const { base: href, files } = readPageFiles(page);
  const base = href !== undefined && URL.canParse(href, answer.url.href) ? new URL(href, answer.url) : answer.url;
  const where: PageAddress = { address: answer.url, base };
  const map = readImportMap(page.text);
  const loader = new FileLoader(visitor, timeout, answer.url.origin, { map, base });
  for (const { kind, address, offset, isModule } of files) {
    loader.want({ kind, address, isModule, by: { file: page.file, line: () => placeAt(page, offset).line } }, base);
  }
  for (const { address, at } of importsOfPage(page)) {
    loader.want({ kind: 'script', address, isModule: true, by: { file: page.file, line: () => at.line } }, base);
  }
  await loader.run();
  const { scripts, count, missing, clientScripts } = loader;
  const clients = [...clientsOfPage(page, where), ...scripts.flatMap((each) => clientsOfScript(each, where, map))];
  const plainSockets = [
    ...plainSocketsOfPage(page, where),
    ...scripts.flatMap((each) => plainSocketsOfScript(each, where)),
  ];
  return { texts: [page, ...scripts], count, missing, clients, plainSockets, clientScripts, where };
}

class FileLoader {
  readonly scripts: TextFile[] = [];
  readonly missing: MissingFile[] = [];
  readonly clientScripts: URL[] = [];
  readonly #visitor: Visitor;
  readonly #timeout: number;
  readonly #origin: string;
  readonly #page: { readonly map: ImportMap; readonly base: URL };
  readonly #queue: Wanted[] = [];
  readonly #seen = new Set<string>();

  constructor(
    visitor: Visitor,
    timeout: number,
    origin: string,
    page: { readonly map: ImportMap; readonly base: URL },
  ) {
    this.#visitor = visitor;
    this.#timeout = timeout;
    this.#origin = origin;
    this.#page = page;
  }

  get count(): number {
    return this.#seen.size + this.missing.filter(({ url }) => !this.#seen.has(url)).length;
  }

  want(file: Omit<Wanted, 'url'>, base: URL): void {
    if (!URL.canParse(file.address, base.href)) return;
    const url = new URL(file.address, base);
    url.hash = '';
    if (file.kind === 'script' && isClientScript(url.pathname)) {
      this.clientScripts.push(url);
      return;
    }
    const isOfVisitor = isLoopback(url.hostname) && url.hostname !== new URL(this.#origin).hostname;
    const isNew = isOfVisitor && !this.missing.some((each) => each.url === url.href);
    if (isNew && this.missing.length < mostFiles)
      this.#miss({ ...file, url }, "on the visitor's own machine", undefined);
    if (url.origin !== this.#origin || this.#seen.has(url.href) || this.#seen.size >= mostFiles) return;
    this.#seen.add(url.href);
    this.#queue.push({ ...file, url });
  }

  async run(): Promise<void> {
    const work = async (): Promise<void> => {
      for (let next = this.#queue.shift(); next; next = this.#queue.shift()) await this.#load(next);
    };
    // Modules that are found meanwhile are the next round's.
    while (this.#queue.length > 0) await Promise.all(Array.from({ length: atOnce }, work));
  }

  async #load(file: Wanted): Promise<void> {
    const { kind, url } = file;
    const isScript = kind === 'script';
    try {
      const enough = isScript ? undefined : 512;
      const answer = await this.#visitor.fetch(url, {
        timeout: this.#timeout,
        accept: accepted[kind],
        ...(enough === undefined ? {} : { enough }),
      });
      const fault = faultOf(answer, kind);
      if (fault !== undefined) this.#miss(file, fault, answer.status);
      else if (isScript) this.#keep(file, answer);
    } catch (error) {
      this.#miss(file, explainNoAnswer(error).why, undefined);
    }
  }

  #keep(file: Wanted, { body }: ProbeAnswer): void {
    const script: TextFile = { file: file.url.href, text: body };
    this.scripts.push(script);
    if (!file.isModule) return;
    const { map, base } = this.#page;
    for (const { address, at, isMapped } of importsOfScript(script, map)) {
      const by = { file: script.file, line: () => at.line };
      this.want({ kind: 'script', isModule: true, address, by }, isMapped ? base : file.url);
    }
  }

  #miss({ kind, url, address, by }: Wanted, seen: string, status: number | undefined): void {
    this.missing.push({
      url: url.href,
      address,
      kind,
      page: by.file,
      line: by.line(),
      isNeeded: kind !== 'image',
      seen,
      ...(status !== undefined && { status }),
    });
  }
}

/** What keeps a browser from using an answer; undefined when nothing does. */
function faultOf({ status, body, headers, stop }: ProbeAnswer, kind: PageFile['kind']): string | undefined {
  const error = readErrorPage(status, body);
  if (error !== undefined) return `HTTP ${statusOf(error, status)}`;
  if (status >= 400) return `HTTP ${status}`;
  if (stop !== undefined) return undefined;
  const isHtml = /\bhtml\b/i.test(headers['content-type'] ?? '');
  return isHtml && kind !== 'image' ? 'an HTML page in its place' : undefined;
}
