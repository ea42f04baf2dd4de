import path from 'node:path';
import { clientTarget, type PageFacts, type SocketClient } from '../../source/index.js';
import type { TextEdit } from '../../xml/index.js';
import { builtAddress } from '../facts/build-variables.js';
import { httpPlatformOf } from '../facts/http-platform.js';
import { hostedElsewhere } from '../facts/realtime.js';
import type { FileFacts, RuleFinding } from '../types.js';
import { defineRule } from './define-rule.js';
import { behindHost } from './namespace-mismatch.js';
import { findMismatch, inSource, missingOption, scriptUrl } from './socket-path-mismatch-client.js';
import { socketsFail } from './symptoms.js';

interface FixData {
  readonly file: string;
  readonly edits: readonly TextEdit[];
}

/** `http://localhost:3000/socket.io/socket.io.js` */
const localScript = /^(?:https?:)?\/\/(?:localhost|127\.\d+\.\d+\.\d+|\[::1\])(?::\d+)?\/socket\.io\/([\w.]+\.js)$/i;

/** `io('/chat')`, or the same for the configuration of a package: `url: '/chat'`. */
function ownHost({ options, addressKey }: SocketClient, namespace: string | undefined): string {
  if (addressKey !== undefined) return `${addressKey}: '${namespace ?? '/'}'`;
  const given = [...(namespace === undefined ? [] : [`'${namespace}'`]), ...(options.path ? ['{ path: .. }'] : [])];
  return `io(${given.join(', ')})`;
}

function localClient({ isBundled }: PageFacts, client: SocketClient): RuleFinding<FixData> | undefined {
  const { url, at, addressKey } = client;
  if (url?.value.kind !== 'literal') return undefined;
  const address = String(url.value.value);
  const behind = behindHost(address);
  const namespace = behind === '/' ? undefined : behind;
  const isOwnText = addressKey === undefined && !client.isInBundle;
  return {
    message: `The client connects to ${address}, which is every visitor's own machine.`,
    fix: `${ownHost(client, namespace)}${client.isInBundle ? inSource : ''}${url.from ? `, in ${path.basename(at.file)}, line ${at.line}; or location.origin here` : ''}`,
    at: url.from ?? at,
    // A bundle keeps the old code until the next build.
    ...(namespace === undefined &&
      !isBundled &&
      isOwnText && { data: { file: at.file, edits: [{ span: url.span, text: '' }] } }),
  };
}

/** An address that a build has written into a bundle: a .env file or a source has it, and that is reported. */
function isReported(facts: FileFacts, { url, isInBundle }: SocketClient): boolean {
  if (!isInBundle || url?.value.kind !== 'literal') return false;
  const { value } = url.value;
  return facts.pages.some(({ clients }) =>
    clients.some((other) => !other.isInBundle && builtAddress(facts, other)?.value === value),
  );
}

/** An address that a build writes into the page. */
function builtClient(facts: FileFacts, client: SocketClient): RuleFinding<FixData> | undefined {
  const variable = client.url?.isConditional ? undefined : builtAddress(facts, client);
  if (variable === undefined || !localAddress.test(variable.value)) return undefined;
  const file = path.basename(variable.at.file);
  return {
    severity: file.startsWith('.env.production') ? 'error' : 'warning',
    message: `A build writes ${variable.value} into the client (${variable.name} of ${file}), which is every visitor's own machine.`,
    fix: `${variable.name}=/ in .env.production, and build again: io('/') connects to the host of the page`,
    at: variable.at,
  };
}

const localAddress = /^(?:[a-z]+:)?\/\/(?:localhost\b|127\.|\[::1\])/i;

/** Code that chooses between addresses is left alone. */
function ownPort(facts: FileFacts, page: PageFacts, client: SocketClient): RuleFinding<FixData> | undefined {
  const { url, at } = client;
  const option = missingOption(facts, page, client);
  if (url === undefined || /\?|\|\|/.test(url.text)) return undefined;
  return {
    severity: 'warning',
    message: `The client connects to ${url.text}, a port that IIS does not serve.`,
    why: 'IIS passes node the requests for its own ports; a port that node opens itself bypasses IIS, its bindings and the firewall.',
    fix: option === undefined || client.addressKey ? ownHost(client, undefined) : `io({ ${option} })`,
    at,
  };
}

function findLocalClient(facts: FileFacts, page: PageFacts, client: SocketClient): RuleFinding<FixData> | undefined {
  // That finding names the address as well.
  if (findMismatch(facts, page, client) || isReported(facts, client)) return undefined;
  const built = client.url?.value.kind === 'literal' ? undefined : builtClient(facts, client);
  if (built !== undefined) return built;
  const target = clientTarget(client);
  if (target === 'local') return localClient(page, client);
  return target === 'port' ? ownPort(facts, page, client) : undefined;
}

function findLocalScripts(facts: FileFacts, page: PageFacts): RuleFinding<FixData>[] {
  return page.scripts.flatMap(({ src, at, span }) => {
    const name = localScript.exec(src)?.[1];
    if (name === undefined) return [];
    const text = scriptUrl(facts, page, name);
    return [
      {
        message: `The page loads ${src}, from every visitor's own machine.`,
        fix: `<script src="${text}">`,
        at,
        data: { file: at.file, edits: [{ span, text }] },
      },
    ];
  });
}

/** A page with a developer's address in it. */
export const clientAddressLocal = defineRule<FixData>({
  code: 'CLIENT_ADDRESS_LOCAL',
  severity: 'error',
  explains: [...socketsFail, 'PAGE_FILE_MISSING'],
  title: 'The page connects to an address that does not exist under IIS',
  why: "localhost is the visitor's own machine, where no server answers; and under IIS node has no port of its own.",
  help: `An address such as http://localhost:3000 works only on the developer's machine. Leave it out: io() connects to the host that
the page came from, and io('/chat') to the namespace /chat there. In a virtual directory the client needs the path as well: io({ path:
new URL('socket.io', location.href).pathname }). Load the client script from the app, too: <script src="socket.io/socket.io.js">. An
address that depends on the build environment is reported where the .env files of a production build have it. --fix removes the address where it has no namespace.`,
  check(facts) {
    // A proxy sends requests to a known port of node; HttpPlatformHandler gives it another one at each start.
    if (hostedElsewhere(facts) && httpPlatformOf(facts) === undefined) return [];
    return facts.pages.flatMap((page) => [
      ...page.clients.map((client) => findLocalClient(facts, page, client)).filter((finding) => finding !== undefined),
      ...findLocalScripts(facts, page),
    ]);
  },
  fix: (_facts, { data }) => (data ? [data] : []),
});
