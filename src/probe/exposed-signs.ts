import type { ProbeAnswer } from './visitor.js';

/** A file to ask for, and how it is recognised. */
export interface Sign {
  readonly kind: 'secrets' | 'source' | 'packages' | 'logs';
  /** Relative to the app. */
  readonly name: string;
  /** What shows that a body, perhaps cut off, is that file; undefined: it is none. */
  evidenceIn(body: string, type: string): string | undefined;
}

const isHtml = (body: string, type: string): boolean =>
  /\bhtml\b/i.test(type) || /^\s*<(!doctype|html|head|body|title|script)\b/i.test(body);

/** The part of a body that matches, as one short line. */
const quote =
  (pattern: RegExp): Sign['evidenceIn'] =>
  (body, type) => {
    const [match] = isHtml(body, type) ? [] : (pattern.exec(body) ?? []);
    return match?.trim().split(/\r?\n/).at(-1)?.slice(0, 80);
  };

/** `DB_PASSWORD=...`: of names and values only the names. Each line that is whole must be a setting or a comment. */
function envNames(body: string, type: string): string | undefined {
  if (isHtml(body, type)) return undefined;
  const lines = body
    .split(/\r?\n/)
    .map((line) => line.trim())
    .filter((line) => line !== '' && !line.startsWith('#'));
  const [first = ''] = lines;
  const name = /^(?:export\s+)?([A-Za-z_]\w*)\s*=(?!=)/.exec(first)?.[1];
  if (name === undefined || /^(var|let|const|function)\b/.test(first) || /[;{}]$/.test(first)) return undefined;
  return `${name}=...`;
}

const isJson = (body: string): boolean => /^\s*\{\s*"/.test(body);

const jsonWith =
  (pattern: RegExp): Sign['evidenceIn'] =>
  (body, type) =>
    isJson(body) ? quote(pattern)(body, type) : undefined;

const settings =
  /^[ \t]*(?:node_env|nodeProcess\w+|logDirectory|loggingEnabled|devErrorsEnabled|debuggingEnabled|watchedFiles|interceptor|promoteServerVars|enableXFF|max(?:Log|NamedPipe|ConcurrentRequests)\w+)\s*:/im;

/** Everything below the app, except scripts. */
export const signs: readonly Sign[] = [
  { kind: 'secrets', name: '.env', evidenceIn: envNames },
  { kind: 'secrets', name: '.git/HEAD', evidenceIn: quote(/^ref: refs\/\S+|^[0-9a-f]{40}\s*$/) },
  {
    kind: 'secrets',
    name: 'web.config',
    evidenceIn: quote(/^\uFEFF?\s*(?:<\?xml[^>]*>\s*)?(?:<!--(?:(?!-->)[\s\S])*-->\s*)*<configuration[\s>]/i),
  },
  { kind: 'packages', name: 'iisnode.yml', evidenceIn: quote(settings) },
  {
    kind: 'packages',
    name: 'package.json',
    evidenceIn: jsonWith(/"(?:dependencies|scripts|main|version)"\s*:\s*[^,\r\n]{0,60}/),
  },
  { kind: 'packages', name: 'node_modules/.package-lock.json', evidenceIn: jsonWith(/"lockfileVersion"\s*:\s*\d+/) },
  {
    kind: 'packages',
    name: 'node_modules/socket.io/package.json',
    evidenceIn: jsonWith(/"name"\s*:\s*"socket\.io"/),
  },
  // iisnode's own index, or a listing of the folder by IIS, has the names of the logs (interceptor.js).
  { kind: 'logs', name: 'iisnode/index.html', evidenceIn: logNames },
  { kind: 'logs', name: 'iisnode/', evidenceIn: logNames },
];

function logNames(body: string): string | undefined {
  return /[\w.-]{1,64}-\d{1,10}-(?:stderr|stdout)-\d{1,20}\.txt/i.exec(body)?.[0];
}

/** Code that runs on a server: it loads what browsers do not have, and listens. */
const serverCode: readonly RegExp[] = [
  /\brequire\(\s{0,9}['"](?:node:)?(?:https?|net|fs|path|child_process|cluster|express|koa|fastify|hapi|socket\.io|ws|mysql2?|mongoose|pg|redis)['"]\s{0,9}\)/,
  /\bimport\s[^;'"]{0,200}\bfrom\s{0,9}['"](?:node:)?(?:https?|net|fs|path|child_process|express|koa|fastify|socket\.io|ws|mysql2?|mongoose|pg|redis)['"]/,
];

/** A script of the server. */
export const sourceSign = (name: string): Sign => ({
  kind: 'source',
  name,
  evidenceIn: (body, type) => {
    if (isHtml(body, type) || isJson(body)) return undefined;
    // A bundle for browsers keeps the names of what it replaces, in long lines and behind its own loader.
    if (/__webpack_require__|\bdefine\.amd\b|^.{2000}/m.test(body)) return undefined;
    for (const pattern of serverCode) {
      const match = pattern.exec(body);
      if (match === null) continue;
      const start = body.lastIndexOf('\n', match.index) + 1;
      const line = body.slice(start).split(/\r?\n/, 1)[0] ?? '';
      return line.trim().slice(0, 80);
    }
    return undefined;
  },
});

/**
 * Is ENTRY/debug iisnode's? It redirects to the same path with a slash (iisnode 0.2.26, cprotocolbridge.cpp SendDebugRedirect), and
 * ENTRY/debugx, which is no URL of the debugger, is not redirected so: else a rule adds slashes to all.
 */
export function isDebugger(debug: ProbeAnswer, other: ProbeAnswer): boolean {
  const leadsToSlash = ({ url, status, headers: { location } }: ProbeAnswer): boolean =>
    status === 301 &&
    location !== undefined &&
    URL.canParse(location, url.href) &&
    new URL(location, url).pathname === `${url.pathname}/`;
  return leadsToSlash(debug) && !leadsToSlash(other);
}
