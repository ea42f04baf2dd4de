import { Script } from 'node:vm';
import { size } from '../amounts.js';
import { type Explanation, engineCode, explainAnswer, explainNoAnswer, readErrorPage } from './explain.js';
import { describeAnswer, type Finding, useLoader } from './finding.js';
import type { PageClient } from './generations.js';
import type { LoadedPage } from './page-files.js';
import { signsOf } from './signs.js';
import { isLoopback, type ProbeAnswer, type Visitor } from './visitor.js';

/** socket.io's client script as a page loads it. */
export interface ClientScript {
  readonly finding: Finding;
  /** Its text; '' where it was not read. */
  readonly text: string;
}

interface Asked {
  readonly app: URL;
  readonly loaded: LoadedPage | undefined;
  /** Where socket.io is thought to be, for pages that have no tag for the script. */
  readonly path: string;
  readonly visitor: Visitor;
  /** ms */
  readonly timeout: number;
}

/** Asks for the client script: the page's own tag for it, else where socket.io serves it. */
export async function lookAtClientScript({ app, loaded, path, visitor, timeout }: Asked): Promise<ClientScript> {
  const [tag] = loaded?.clientScripts ?? [];
  if (tag !== undefined && tag.hostname !== app.hostname) {
    return { finding: fromElsewhere(tag), text: '' };
  }
  // What a page's code loads by itself it needs, too. The script itself, under another name, has the name of its source map in it.
  const isNeeded =
    tag !== undefined || (loaded?.texts.some(({ text }) => /socket\.io(\.min)?\.js(?!\.map)/.test(text)) ?? false);
  const url = tag ?? new URL(`${path === '/' ? '' : path}/socket.io.js`, app);
  try {
    const script = read(await visitor.fetch(url, { timeout }), isNeeded);
    const { problem, ...finding } = script.finding;
    const isCopy =
      /[/](node_modules|bower_components|socket\.io-client|client-dist|dist|js|lib|scripts|vendor)[/]/i.test(
        url.pathname,
      );
    if (problem !== undefined && isCopy && finding.status === 404 && problem.symptom === 'client-script') {
      return { finding: { ...finding, problem: absentCopy }, text: '' };
    }
    if (problem === undefined || url.pathname.startsWith(app.pathname)) return script;
    const next = `the app is at ${app.pathname}: write the address of the script relative (${url.pathname.slice(1)})${useLoader}, or give the app a site of its own`;
    return { finding: { ...finding, problem: { ...problem, next } }, text: '' };
  } catch (error) {
    const finding = { url: url.href, status: undefined, ok: false, seen: 'no answer', problem: explainNoAnswer(error) };
    return { finding, text: '' };
  }
}

/** Scripts of other hosts are not checked; the visitor's own machine has none. */
function fromElsewhere(tag: URL): Finding {
  const base = { url: tag.href, status: undefined };
  if (!isLoopback(tag.hostname)) return { ...base, ok: true, seen: `from ${tag.host}: not checked` };
  const problem = {
    why: `the page loads it from the visitor's own machine, ${tag.origin}`,
    next: 'load it from the app: <script src="socket.io/socket.io.js">',
    symptom: 'localhost',
  };
  return { ...base, ok: false, seen: `from ${tag.host}`, problem };
}

/** socket.io closes the connection where it cannot read its client script (500.1013): a bundler leaves those files behind. */
const brokenOff: Explanation = {
  why: 'socket.io broke its answer off: the client script is not where its code is, as in a bundle',
  next: 'copy node_modules/socket.io/client-dist to the folder client-dist above that of the bundle, or leave socket.io out of the bundle',
  symptom: 'client-script',
};

/** The page loads a file of a package or a copy of it, and not what socket.io serves below its own path. */
const absentCopy: Explanation = {
  why: 'nothing answers at the address of this copy: no folder that the app serves has it',
  next: 'let socket.io serve its script itself: <script src="socket.io/socket.io.js"> (below the path of the server)',
  symptom: 'client-script',
};

/** Bytes of a script that is read to its end (the limit of a visitor); what is longer is not judged. */
const mostOfScript = 1_000_000;

function read(answer: ProbeAnswer, isNeeded: boolean): ClientScript {
  const { status, headers, body, bytes } = answer;
  const base = { url: answer.url.href, status };
  const named = /javascript|ecmascript/i.test(headers['content-type'] ?? '') || /socket\.io/i.test(body);
  const isScript = status === 200 && named && !body.trimStart().startsWith('<');
  if (isScript && readErrorPage(status, body) === undefined) {
    const version = versionIn(body);
    const seen = `${version === undefined ? '' : `socket.io ${version}, `}${size(bytes)}`;
    const problem = bytes < mostOfScript ? notRun(answer, body) : undefined;
    const finding = { ...base, ok: problem === undefined, seen, ...(problem && { problem }) };
    return { finding, text: body };
  }
  // An app that bundles the client need not serve it (serveClient: false); nothing in the page asks for it.
  // Engine.IO takes the question for a handshake then, and answers 400, in whose place IIS may send a page of its own.
  const isAbsent = status === 404 || status === 400 || engineCode(body) !== undefined || status === 200;
  if (!isNeeded && isAbsent && (readErrorPage(status, body)?.status ?? status) < 500) {
    return { finding: { ...base, ok: true, seen: 'not served, and no script tag loads it' }, text: '' };
  }
  const page = readErrorPage(status, body);
  const isBroken = page?.subStatus === 1013 && page.log === undefined;
  const problem = isBroken ? brokenOff : explainAnswer(answer, 'script');
  const signs = signsOf({ status, body, server: String(headers.server ?? '') });
  const finding = { ...base, ok: false, seen: describeAnswer(answer), problem, signs };
  return { finding, text: '' };
}

/** From the banner; 0.9 has another one, and 1 has none, but says its protocol. */
function versionIn(script: string): string | undefined {
  const said = /Socket\.IO(?: v|\.js build:)(\d[\w.-]*)/i.exec(script.slice(0, 500))?.[1];
  return said ?? (/\.EIO\s*=/.test(script) && /\bprotocol\s*=\s*3\b/.test(script) ? '1' : undefined);
}

/** Why a browser does not run what came as a script; undefined where it does. */
function notRun({ headers }: ProbeAnswer, body: string): Explanation | undefined {
  const type = String(headers['content-type'] ?? '').split(';')[0] ?? '';
  const isStrict = /\bnosniff\b/i.test(String(headers['x-content-type-options'] ?? ''));
  if (isStrict && !/javascript|ecmascript/i.test(type)) {
    return {
      why: `it comes as "${type}" with X-Content-Type-Options: nosniff, and browsers refuse to run that`,
      next: 'let socket.io serve its script itself (no rule, staticContent or copy in between), which sends application/javascript',
      symptom: 'client-script',
    };
  }
  const fault = syntaxFault(body);
  if (fault === undefined) return undefined;
  return {
    why: `it is no complete JavaScript: ${fault}`,
    next: 'compare its size with the file in node_modules/socket.io/client-dist; something on the way cuts it off or changes it',
    symptom: 'client-script',
  };
}

/** The text is compiled and never run. Modules are another grammar, and are not judged. */
function syntaxFault(script: string): string | undefined {
  try {
    new Script(script);
    return undefined;
  } catch (error) {
    if (/^(?:import|export)\b|[;}\n](?:import|export)\b/.test(script)) return undefined;
    return error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  }
}

export function pageClientOf(loaded: LoadedPage | undefined, script: string): PageClient {
  const inAddress = loaded?.clientScripts.map(({ pathname }) => /(?:^|[/@-])(\d+)\.\d+\.\d+\//.exec(pathname)?.[1]);
  const version = versionIn(script) ?? inAddress?.find((each) => each !== undefined);
  const major = Number.parseInt(version ?? '4', 10);
  return { protocol: major === 1 || major === 2 ? 3 : 4, isOld: major === 0, version };
}

/** Why the client of a page cannot connect where a server answers in this protocol; undefined where it can, or is unknown. */
export function otherProtocol({ protocol, isOld, version }: PageClient, answered: 3 | 4): Explanation | undefined {
  if (version === undefined || (protocol === answered && !isOld)) return undefined;
  const server = answered === 3 ? 'socket.io 2' : 'socket.io 3 or newer';
  return {
    why: `the page's client, socket.io ${version}, speaks ${isOld ? 'a protocol from before Engine.IO' : `Engine.IO ${protocol}`}, and the server answers in Engine.IO ${answered}, as ${server} does: they do not connect`,
    next: 'install the same major version of socket.io and socket.io-client, and load the client script that the server has (socket.io/socket.io.js)',
    symptom: 'eio-mismatch',
  };
}
