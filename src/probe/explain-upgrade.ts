import { iisnodeSock } from '../typed-command.js';
import {
  authorOf,
  type Explanation,
  engineCode,
  explainEngineError,
  explainErrorPage,
  readErrorPage,
} from './explain.js';
import { meaningOf } from './statuses.js';

/** What came instead of 101. */
export interface UpgradeAnswer {
  readonly status: number;
  readonly body: string;
  /** The Server header; '' without one. */
  readonly server: string;
  /** Where a redirect leads. */
  readonly location: string | undefined;
  /** The WWW-Authenticate header; '' without one, undefined: unknown. */
  readonly challenge?: string;
}

/** Where the words of the two kinds differ: the server's own sources, and the site's rules. */
const words = {
  socketIo: {
    refused: 'socket.io',
    path: `set the same path (vdir path + /socket.io) in server and client; then: ${iisnodeSock} doctor`,
    rule: `check the socket.io rewrite rule: ${iisnodeSock} doctor`,
  },
  plain: {
    refused: "the app's WebSocket server",
    path: `use the same URL in server, client and rewrite rule; then: ${iisnodeSock} doctor`,
    rule: `check the rewrite rule for this URL: ${iisnodeSock} doctor`,
  },
} as const;
type Words = (typeof words)[keyof typeof words];

/** Why an upgrade was not answered with 101 (the body tells three kinds of 200 apart). `isPlain`: no socket.io is asked. */
export function explainUpgrade(answer: UpgradeAnswer, isPlain: boolean): Explanation {
  const said = isPlain ? words.plain : words.socketIo;
  return (
    explainPage(answer) ??
    explainStatus(answer, said) ??
    (isPlain ? undefined : explainSocketIo(answer)) ??
    explainRefusal(answer, said)
  );
}

/** By a page of IIS, of iisnode or of App Service. */
function explainPage({ status, body }: UpgradeAnswer): Explanation | undefined {
  if (status === 503 && /WebSockets? (?:are|is) disabled/i.test(body)) {
    return {
      why: 'web sockets are switched off for this App Service',
      next: 'switch "Web sockets" on in its configuration, and keep <webSocket enabled="false" /> in web.config',
      symptom: 'azure-switch',
    };
  }
  const page = readErrorPage(status, body);
  const isNamed = page !== undefined && meaningOf(page.status, page.subStatus) !== undefined;
  return page !== undefined && (page.iisnode || isNamed || page.status >= 500) ? explainErrorPage(page) : undefined;
}

/** By a status that means the same from every server. */
function explainStatus({ status, body, location }: UpgradeAnswer, said: Words): Explanation | undefined {
  if (status === 200 && body.trim() !== '') {
    return {
      why: 'the upgrade was answered with a page: the URL falls through to a file or another route',
      next: said.rule,
      symptom: 'ws-200',
    };
  }
  if (status >= 300 && status < 400) {
    return {
      why: `the upgrade is redirected${location === undefined ? '' : ` to ${location}`}, and a WebSocket does not follow`,
      next: 'let the client use the address the redirect leads to, or exclude this URL from the redirect',
      symptom: 'rule-order',
    };
  }
  if (status === 401) {
    return {
      why: 'the server requires a sign-in before the upgrade, which browsers do not do on a WebSocket handshake',
      next: 'allow anonymous access to this URL in a <location>, and let clients sign in inside the connection',
      symptom: 'windows-auth',
    };
  }
  if (status !== 404) return undefined;
  return {
    why: `the upgrade did not reach ${said.refused}: its path is not the one the server listens on`,
    next: said.path,
    symptom: 'path-virtual-dir',
  };
}

/** By what socket.io itself says. */
function explainSocketIo({ body, server }: UpgradeAnswer): Explanation | undefined {
  if (engineCode(body) === 3) return explainPlainGet(server);
  const refused = explainEngineError(body, 'the upgrade');
  // On an upgrade Engine.IO has no JSON, only the words (engine.io, server.ts, abortUpgrade).
  if (refused !== undefined || !isEngineRefusal(body)) return refused;
  return {
    why: `socket.io itself refuses the upgrade: ${body.trim()}`,
    next: "compare the transports of server and client, and look at the server's allowRequest",
    symptom: 'transports',
  };
}

/** IIS's module leaves 400 or 200 without a word of its own; what `ws` says of a path that it does not serve is one bare line. */
function explainRefusal({ status, body, server }: UpgradeAnswer, said: Words): Explanation {
  const author = authorOf(body);
  if (status !== 400 && status !== 200) {
    return {
      why: `the upgrade is answered with ${status}, ${author === 'iis' ? 'by IIS' : 'by the app or by what is in front of it'}`,
      next: `${iisnodeSock} trace URL shows which stage answers; ${iisnodeSock} logs shows what the app wrote`,
      symptom: 'upgrade-refused',
    };
  }
  const isWordless = body.trim() === '' || author !== 'app';
  if (/IIS/.test(server) && isWordless) return moduleOwnsUpgrade(status);
  return {
    why: `the server refuses the upgrade with ${status}: its path is not the one the server listens on, or it refuses this client`,
    next: said.path,
    symptom: 'path-virtual-dir',
  };
}

/** What Engine.IO says when it refuses an upgrade itself (engine.io, server.ts, errorMessages). */
const isEngineRefusal = (body: string): boolean =>
  /^(Transport unknown|Session ID unknown|Bad handshake method|Bad request|Forbidden|Unsupported protocol version)$/.test(
    body.trim(),
  );

/** Engine.IO answers "Bad request" to a GET for the transport websocket that is no upgrade (engine.io, server.ts, verify). */
const explainPlainGet = (server: string): Explanation => ({
  why: `socket.io got the upgrade as a plain GET (code 3: bad request): ${/nginx/i.test(server) ? 'nginx' : 'a proxy in front'} does not pass the headers Upgrade and Connection on`,
  next: /nginx/i.test(server)
    ? 'in the location of nginx: proxy_http_version 1.1; proxy_set_header Upgrade $http_upgrade; proxy_set_header Connection "upgrade"'
    : 'let the proxy pass WebSockets on (nginx: proxy_set_header Upgrade and Connection; Apache: mod_proxy_wstunnel; ARR: <webSocket enabled="true" />)',
  symptom: 'proxy-upgrade',
});

const moduleOwnsUpgrade = (status: number): Explanation => ({
  why: `IIS answered the upgrade itself with ${status}: its WebSocket module takes it before iisnode can`,
  next: `${iisnodeSock} doctor --fix     (puts <webSocket enabled="false" /> into the app's web.config)`,
  symptom: 'ws-module-owner',
});

/** An answer 101 that a browser does not take, or after which come no frames, by what `ws` says of it; undefined for any other error. */
export function explainWrongAnswer(error: Error): Explanation | undefined {
  const next =
    'look at what is between client and app: a proxy that does not know WebSockets, a server of its own that answers upgrades, two WebSocket libraries on one server';
  const symptom = 'upgrade-answer';
  if (/^Invalid Sec-WebSocket-Accept/.test(error.message)) {
    return {
      why: 'the answer 101 does not fit the request: its Sec-WebSocket-Accept is of another key',
      next,
      symptom,
    };
  }
  if (/^Invalid Upgrade header/.test(error.message)) {
    return { why: 'the answer 101 has no header "Upgrade: websocket", or has it twice', next, symptom };
  }
  const code = 'code' in error ? String(error.code) : '';
  if (code === 'WS_ERR_UNSUPPORTED_MESSAGE_LENGTH') {
    return { why: 'the first message is longer than 1 MB, and was not read to its end', next, symptom };
  }
  if (!code.startsWith('WS_ERR_')) return undefined;
  return { why: `what follows the answer 101 are no WebSocket frames: ${error.message}`, next, symptom };
}
