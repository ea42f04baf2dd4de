import { clientTarget, type PageFacts, type Place } from '../../source/index.js';
import { upTo } from '../../trimmed.js';
import type { FileFacts } from './facts.js';
import { optionsAreKnown } from './realtime.js';

/** A copy of socket.io's client that pages use. */
export interface ClientVersion {
  readonly major: number;
  /** 'the page loads socket.io-client 2.3.0': human-readable. */
  readonly said: string;
  /** undefined for the one in package.json. */
  readonly at: Place | undefined;
  /** False: the target of its connection is unknown. */
  readonly isSure: boolean;
}

/** The Engine.IO protocol of a socket.io major: 3 for 1 and 2, 4 for 3 and 4 (socket.io/docs/v4/client-installation). */
export function protocolOf(major: number): number | undefined {
  if (major < 1) return undefined;
  return major < 3 ? 3 : 4;
}

/** cdn.socket.io/4.7.2/.., cdn.socket.io/socket.io-1.4.5.js, ../ajax/libs/socket.io/2.3.0/.., ../npm/socket.io-client@2/.. */
const versionInUrl =
  /\/\/cdn\.socket\.io\/(?:socket\.io-)?(\d+(?:\.\d+)*)|\/socket\.io(?:-client)?[@/](\d+(?:\.\d+)*)(?=[/?#]|$)/i;
/** The comment at the head of a copy: `Socket.IO v4.7.2`. */
const versionInHead = /Socket\.IO v(\d+(?:\.\d+)*)/i;

function versionOfUrl(url: string): string | undefined {
  const found = versionInUrl.exec(url);
  return found?.[1] ?? found?.[2];
}

function versionOfScript({ folder }: FileFacts, { src, at }: PageFacts['scripts'][number]): string | undefined {
  const named = versionOfUrl(src);
  if (named !== undefined) return named;
  if (!/socket\.io(?:[.-][\w.-]*)?\.js(?:[?#]|$)/i.test(src) || /^([a-z]+:)?\/\//i.test(src)) return undefined;
  const name = upTo(src, '?#').replace(/^\.?\//, '');
  const file = at.file.slice(folder.root.length + 1).replaceAll('\\', '/');
  const beside = file.slice(0, file.lastIndexOf('/') + 1);
  for (const base of [beside, '', 'public/', 'static/', 'www/']) {
    const head = folder.read(base + name)?.slice(0, 500);
    if (head !== undefined) return versionInHead.exec(head)?.[1];
  }
  return undefined; // served by socket.io itself: the server's own version
}

function ofPage(facts: FileFacts, page: PageFacts): ClientVersion[] {
  const targets = page.clients.map(clientTarget);
  // A client from another server is not checked.
  if (targets.length > 0 && targets.every((target) => target === 'elsewhere')) return [];
  const imported = page.clients.flatMap((client) => {
    const version = client.from === undefined ? undefined : versionOfUrl(client.from);
    if (version === undefined) return [];
    const said = `the page imports socket.io's client ${version}`;
    return [{ major: Number.parseInt(version, 10), said, at: client.at, isSure: true }];
  });
  const loaded = page.scripts.flatMap((script) => {
    const version = versionOfScript(facts, script);
    if (version === undefined) return [];
    const said = `the page loads socket.io's client ${version}`;
    return [{ major: Number.parseInt(version, 10), said, at: script.at, isSure: targets.length > 0 }];
  });
  return [...loaded, ...imported];
}

/** The copies of socket.io's client that this app's pages load, besides the one from its own server. */
export function clientVersions(facts: FileFacts): readonly ClientVersion[] {
  const { socketIoClient } = facts.package;
  const inPages = facts.pages.flatMap((page) => ofPage(facts, page));
  // A server that loads the client uses it to connect to another server.
  if (socketIoClient.major === undefined || facts.server.modules.has('socket.io-client')) return inPages;
  const said = `package.json asks for socket.io-client ${socketIoClient.text}`;
  return [...inPages, { major: socketIoClient.major, said, at: undefined, isSure: false }];
}

/** Does the server accept clients of socket.io 1 and 2? undefined: unknown. */
export function allowsEIO3(facts: FileFacts): boolean | undefined {
  const answers = facts.server.scripts
    .flatMap(({ sockets }) => sockets.servers)
    .map(({ options }) => {
      const { allowEIO3 } = options;
      if (allowEIO3 === undefined) return optionsAreKnown(facts, options) ? false : undefined;
      if (allowEIO3.value.kind === 'literal') return allowEIO3.value.value !== false;
      const setting = facts.query.appSetting('allowEIO3');
      return setting === undefined ? undefined : /^(true|1|yes)$/i.test(setting);
    });
  if (answers.length === 0 || answers.includes(undefined)) return undefined;
  return answers.includes(true);
}
