import path from 'node:path';
import { size } from '../../amounts.js';
import { UserError } from '../../errors.js';
import { iisnodeHandlers, parseIisnodeYml, sectionAt, type YmlEntry } from '../../webconfig/index.js';
import { attribute, parseXml, type XmlDocument } from '../../xml/index.js';
import { inOrder, type LogFile, type LogLine, linesOfLog, namedAs } from '../log-files.js';
import type { AzureAsked } from './deployments.js';
import { beforeChanges } from './ending.js';
import type { KuduApi } from './kudu.js';
import { patienceOf, timeToLook } from './patience.js';
import { openAzure } from './session.js';

/** ms for reading, and between two looks while the logs are followed: the log stream of Kudu has files below LogFiles alone (deploying.md 2.1). */
const timeToRead = 120_000;
const pause = 3_000;
const wwwroot = 'site/wwwroot';

export interface AzureLogOptions {
  /** At most so many of the existing lines, from the end. */
  readonly lines: number;
  /** Go on with new lines, until the signal. */
  readonly follow: boolean;
  /** Receives a sentence where the beginning of a log is left out. */
  readonly report?: (sentence: string) => void;
}

/**
 * The logs of an app of App Service, or of one of its slots, oldest first, as Kudu gives its files.
 * @returns their folder, below %HOME%.
 * @throws UserError for the address, the credentials and where Kudu cannot be asked; LOG_NOT_KEPT; LOGS_ELSEWHERE.
 */
export async function azureLogs(
  { to, environment = process.env, signal = new AbortController().signal }: AzureAsked,
  { lines, follow, report = () => undefined }: AzureLogOptions,
  show: (line: LogLine) => void,
): Promise<string> {
  try {
    // Logs that are followed go on after a restart.
    const patience = follow
      ? patienceOf(Number.MAX_SAFE_INTEGER, signal, { onWait: report })
      : patienceOf(timeToRead, signal, { question: timeToLook, onWait: report });
    const { kudu } = await openAzure(to, environment, patience);
    const place = placeIn(await configurationIn(kudu), await kudu.text(`${wwwroot}/iisnode.yml`));
    const logs = new FollowedLogs(kudu, place, report);
    for (const line of await logs.newest(lines, follow)) show(line);
    while (follow && !signal.aborted) {
      await patience.wait(pause);
      for (const line of await logs.further()) show(line);
    }
    return place.folder;
  } catch (error) {
    if (follow && signal.aborted) return '';
    throw beforeChanges(error, signal);
  }
}

interface Place {
  readonly folder: string;
  /** How the names of HttpPlatformHandler's logs begin; undefined: logs of iisnode. */
  readonly base?: string;
}

/** undefined: there is none, or it is not well-formed; then iisnode has its defaults. */
async function configurationIn(kudu: KuduApi): Promise<XmlDocument | undefined> {
  const text = await kudu.text(`${wwwroot}/web.config`);
  try {
    return text === undefined ? undefined : parseXml(text);
  } catch {
    return undefined;
  }
}

/** None where iisnode cannot read the file: it answers each request with 500.1032, and what it logged before is where web.config says. */
function overridesIn(yml: string): readonly YmlEntry[] {
  try {
    return parseIisnodeYml(yml);
  } catch {
    return [];
  }
}

/** iisnode.yml, which App Service may write, is stronger than web.config. */
function placeIn(document: XmlDocument | undefined, yml = ''): Place {
  const platform = document && sectionAt(document, 'system.webServer/httpPlatform');
  const handlers = document === undefined ? [] : iisnodeHandlers(document);
  if (platform !== undefined && handlers.length === 0) {
    if (attribute(platform, 'stdoutLogEnabled')?.toLowerCase() !== 'true') throw notKept('stdoutLogEnabled');
    const file = belowHome(attribute(platform, 'stdoutLogFile') ?? 'httpplatform-stdout', wwwroot);
    return { folder: path.posix.dirname(file), base: path.posix.basename(file) };
  }
  const iisnode = document && sectionAt(document, 'system.webServer/iisnode');
  const overrides = overridesIn(yml);
  const setting = (name: string): string | undefined =>
    overrides.findLast(({ key }) => key.toLowerCase() === name.toLowerCase())?.value ??
    (iisnode && attribute(iisnode, name));
  if (setting('loggingEnabled')?.toLowerCase() === 'false') throw notKept('loggingEnabled');
  const entry = handlers[0]?.paths[0]?.replaceAll('\\', '/') ?? '';
  const beside = path.posix.join(wwwroot, path.posix.dirname(entry.replace(/^\//, '')));
  return { folder: belowHome(setting('logDirectory') ?? 'iisnode', beside) };
}

/** Kudu has the files below %HOME% alone. @throws UserError LOGS_ELSEWHERE. */
function belowHome(written: string, from: string): string {
  const text = written.replaceAll('\\', '/').replace(/^\/\/\?\//, '');
  const [, ofHome] = /^(?:%HOME%|[a-z]:\/home)\/(.*)$/i.exec(text) ?? [];
  const isElsewhere = ofHome === undefined && /^(?:\/|[a-z]:|%)/i.test(text);
  const file = ofHome === undefined ? path.posix.join(from, text) : path.posix.normalize(ofHome);
  if (!isElsewhere && !file.startsWith('..')) return file;
  throw new UserError('LOGS_ELSEWHERE', {
    what: `the logs of the app are in ${written}`,
    why: 'Kudu shows the files below %HOME% alone.',
    next: 'set logDirectory in web.config to iisnode, or to a folder below %HOME%\\LogFiles, and deploy again',
    exit: 'refused',
  });
}

const notKept = (setting: string): UserError =>
  new UserError('LOG_NOT_KEPT', {
    what: 'what node prints is not kept: the app has no log',
    why: `${setting} is not "true" in the web.config or iisnode.yml of the app.`,
    next: `set ${setting} to true, and deploy again`,
    exit: 'refused',
  });

interface SeenFile extends LogFile {
  readonly size: number;
}

/** What was shown of each file, in bytes. */
class FollowedLogs {
  readonly #kudu: KuduApi;
  readonly #place: Place;
  readonly #report: (sentence: string) => void;
  readonly #shown = new Map<string, number>();

  constructor(kudu: KuduApi, place: Place, report: (sentence: string) => void) {
    this.#kudu = kudu;
    this.#place = place;
    this.#report = report;
  }

  /** Reads from the newest file backwards, as far as lines are wanted. With `isWhole` no line without its end. */
  async newest(count: number, isWhole: boolean): Promise<readonly LogLine[]> {
    let lines: readonly LogLine[] = [];
    for (const file of (await this.#files()).reverse()) {
      if (lines.length < count) lines = [...(await this.#read(file, 0, isWhole)), ...lines];
      else this.#shown.set(file.path, file.size);
    }
    return count === 0 ? [] : lines.slice(-count);
  }

  /** The lines that have come since. */
  async further(): Promise<readonly LogLine[]> {
    const lines: LogLine[] = [];
    for (const file of await this.#files()) {
      const shown = this.#shown.get(file.path) ?? 0;
      if (file.size === shown) continue;
      lines.push(...(await this.#read(file, file.size < shown ? 0 : shown, true))); // smaller: written anew
    }
    return lines;
  }

  async #read(file: SeenFile, from: number, isWhole: boolean): Promise<readonly LogLine[]> {
    // Not of the text: what is no UTF-8 has another length there.
    const { start, bytes } = (await this.#kudu.end(file.path, from, file.size)) ?? {
      start: from,
      bytes: Buffer.alloc(0),
    };
    const isCut = start > from;
    // The first line is not whole then.
    const begin = isCut ? bytes.indexOf(0x0a) + 1 : 0;
    const end = isWhole ? bytes.lastIndexOf(0x0a) + 1 : bytes.length;
    this.#shown.set(file.path, Math.max(from, start + end));
    if (isCut)
      this.#report(
        `${file.path}: its newest ${size(bytes.length)} are read, ${size(start - from)} before them are left out`,
      );
    return linesOfLog(bytes.subarray(begin, end).toString('utf8'), file);
  }

  async #files(): Promise<SeenFile[]> {
    const { folder, base } = this.#place;
    const files = (await this.#kudu.files(folder)).flatMap(({ name, size, changed }): SeenFile[] => {
      const named = namedAs(name, base);
      if (named === undefined) return [];
      return [{ ...named, path: `${folder}/${name}`, begun: named.begun ?? changed, changed, size }];
    });
    return inOrder(files);
  }
}
