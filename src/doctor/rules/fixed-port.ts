import path from 'node:path';
import { type Entry, type LoaderUse, programOf } from '../../app/index.js';
import type { Listen, ServerScript } from '../../source/index.js';
import { iisnodeSock } from '../../typed-command.js';
import { isBuiltScript } from '../facts/build-product.js';
import { inEnvFile } from '../facts/env-file.js';
import { hostedElsewhere } from '../facts/realtime.js';
import { socketsOnOtherPort } from '../facts/sockets-on-other-port.js';
import type { FileFacts, RuleFinding } from '../types.js';
import { defineRule } from './define-rule.js';

interface FixData {
  readonly file: string;
  readonly literal: NonNullable<Listen['literal']>;
}

function describeFixedPort(
  facts: FileFacts,
  script: ServerScript,
  listen: Listen,
  beside: boolean,
): RuleFinding<FixData> {
  const isBuilt = isBuiltScript(facts, script);
  const port = listen.port.kind === 'literal' ? String(listen.port.value) : '?';
  const { literal } = listen;
  return {
    severity: beside ? 'warning' : 'error',
    message: beside
      ? `A second server listens on port ${port}, in addition to the one iisnode talks to.`
      : `The server listens on port ${port} instead of on process.env.PORT.`,
    ...(beside && {
      why: 'That port bypasses IIS, its bindings and the firewall; browsers outside cannot reach it.',
    }),
    fix: beside ? 'Attach it to the server that listens on process.env.PORT.' : fixFor(listen, port),
    at: listen.at,
    ...(!beside && { loader: { says: 'listens on a fixed port' } }),
    ...(beside && listen.isForSockets && { loader: { says: 'opens a second port for sockets' } }),
    ...(literal &&
      !beside &&
      !listen.isForSockets &&
      facts.webConfig.bytes &&
      !isBuilt && { data: { file: script.source.file, literal } }),
  };
}

/** With the loader IIS serves one server of the app, and sockets of all; another server keeps its port. */
const unserved = (loader: LoaderUse, port: string, { at }: Listen): RuleFinding<FixData> => ({
  severity: 'info',
  message: `A second server listens on port ${port}; IIS does not serve it.`,
  why: 'The loader keeps it on 127.0.0.1, where programs of this machine reach it, and browsers do not.',
  fix:
    port === '0'
      ? `If IIS should serve this one instead of the other: a number of its own here, and the same as port in ${loader.name}`
      : `If IIS should serve this one instead of the other: port: ${port} in ${loader.name}`,
  at,
});

/**
 * The port that the loader serves of several: the one that is set, PORT ('' here, and for what is not known), or that of a server with TLS,
 * to which another one often only redirects (rankOf in templates/loader/iisnode-entry.cjs). Undefined where it is the first.
 */
function servedPort(
  set: number | undefined,
  besides: readonly Listen[],
  active: readonly Listen[],
): string | undefined {
  if (set !== undefined) return String(set);
  const tls = active.find(({ isTls }) => isTls);
  const hasBetter = besides.some(({ redirectsToHttps }) => !redirectsToHttps);
  if (tls === undefined || hasBetter) return besides.length > 0 ? '' : undefined;
  return tls.port.kind === 'literal' ? String(tls.port.value) : '';
}

/** Behind IIS, where TLS ends, it would send clients to where they are already. */
const redirecting = (where: string, { at }: Listen): RuleFinding<FixData> => ({
  severity: 'info',
  message: `The server on ${where} redirects to https, so IIS serves the other one.`,
  why: 'TLS ends at IIS: the app gets what comes to the http binding of the site, and to that of https, alike.',
  fix: 'To send clients that come by http on: a rule of URL Rewrite that redirects where {HTTPS} is off.',
  at,
});

/** socket.io takes a pipe's name for a server: "server.listeners is not a function". */
const fixFor = ({ isForSockets }: Listen, port: string): string =>
  isForSockets
    ? `const server = http.createServer(); new Server(server); server.listen(process.env.PORT || ${port})`
    : `listen(process.env.PORT || ${port})`;

/** The last PORT of a .env file; undefined without a number. */
const portInFile = (text: string | undefined): string | undefined =>
  /^\d+\b/.exec(inEnvFile(text, 'PORT')?.value ?? '')?.[0];

/** The code gives process.env.PORT another value before the server reads it. */
function replacedPorts(facts: FileFacts, entry: Entry): readonly RuleFinding<FixData>[] {
  const scripts = facts.query.scriptsOf(entry);
  const reads = scripts.some(({ listens }) => listens.some(({ port }) => port.kind === 'environment'));
  if (!reads) return [];
  const loader = { says: 'replaces process.env.PORT' };
  return scripts.flatMap(({ habits: { ownPort, overrides } }): RuleFinding<FixData>[] => {
    // iisnode starts node in the folder of the entry point, and dotenv reads the file there.
    const file = path.posix.join(path.posix.dirname(programOf(entry).name), '.env');
    const port = overrides && portInFile(facts.folder.read(file));
    return [
      ...(ownPort
        ? [
            {
              message: `The code sets process.env.PORT to ${ownPort.port}, and the server listens there.`,
              fix: `process.env.PORT ??= '${ownPort.port}'`,
              at: ownPort.at,
              loader,
            },
          ]
        : []),
      ...(port !== undefined && overrides
        ? [
            {
              message: `dotenv replaces process.env.PORT by the ${port} of ${file}, and the server listens there.`,
              fix: 'Remove override: true, or PORT from that file.',
              at: overrides,
              loader,
            },
          ]
        : []),
    ];
  });
}

/** The server listens on a port that iisnode does not know. */
export const fixedPort = defineRule<FixData>({
  code: 'FIXED_PORT',
  severity: 'error',
  disprovedBy: 'listening',
  explains: ['APP_LISTENED_ELSEWHERE', { finding: 'APP_CRASHED', saying: /EADDRINUSE|EACCES/ }],
  title: 'The server listens on a fixed port',
  why: 'iisnode talks to node over a named pipe whose name is in process.env.PORT; it tries to open that pipe for 25 seconds and then answers 500.1001.',
  help: `Under iisnode process.env.PORT is the name of a pipe. iisnode does not find a server that listens on a port number. Write
server.listen(process.env.PORT || 3000): it uses the pipe under iisnode and port 3000 elsewhere. Do not convert PORT to a number.
Attach socket.io and ws to that same http server instead of giving them their own port. --fix replaces the number.
Or let ${iisnodeSock} init . --loader always start the app: the loader connects the server to the pipe, and the code stays as it is.`,
  check(facts) {
    if (hostedElsewhere(facts)) return [];
    const findings = new Map<string, RuleFinding<FixData>>();
    for (const entry of facts.entries) {
      for (const made of replacedPorts(facts, entry)) findings.set(made.message, made);
      const listens = facts.query
        .scriptsOf(entry)
        .flatMap((script) => script.listens.map((listen) => ({ listen, script })))
        // The loader runs the app as a worker.
        .filter(({ listen }) => facts.loader === undefined || !listen.isOfPrimary);
      const active = listens.filter(({ listen }) => !listen.guarded);
      // A computed value may be the pipe; only a number is certain.
      const besides = listens.filter(({ listen }) => listen.guarded || listen.port.kind !== 'literal');
      const beside = besides.length > 0;
      let served = servedPort(
        facts.loader?.port,
        besides.map(({ listen }) => listen),
        active.map(({ listen }) => listen),
      );
      // WRONG_SERVER_LISTENS reports those.
      const reported = socketsOnOtherPort(facts.query.scriptsOf(entry));
      for (const { listen, script } of active) {
        if (facts.loader && listen.redirectsToHttps && active.some((other) => other.listen.isTls)) {
          const where = listen.port.kind === 'literal' ? `port ${listen.port.value}` : 'process.env.PORT';
          findings.set(`${script.name}:${listen.at.line}:${listen.at.column}`, redirecting(where, listen));
          continue;
        }
        if (listen.port.kind !== 'literal' || reported.includes(listen)) continue;
        // Meant for this machine alone, such as for its metrics.
        if (beside && listen.isLocal && !listen.isForSockets) continue;
        const port = String(listen.port.value);
        served ??= listen.isForSockets ? undefined : port;
        const isLeft = facts.loader !== undefined && !listen.isForSockets && port !== served;
        const made = isLeft ? unserved(facts.loader, port, listen) : describeFixedPort(facts, script, listen, beside);
        findings.set(`${script.name}:${listen.at.line}:${listen.at.column}`, made);
      }
    }
    return [...findings.values()];
  },
  fix(_facts, { data }) {
    if (!data) return [];
    const { start, end, text } = data.literal;
    return [{ file: data.file, edits: [{ span: { start, end }, text: `process.env.PORT || ${text}` }] }];
  },
});
