import type { OptionSpot } from '../../source/index.js';
import { iisnodeSock } from '../../typed-command.js';
import { socketPathCode } from '../../webconfig/index.js';
import { isBuiltScript } from '../facts/build-product.js';
import { hostedElsewhere, type ServerPath, serverPaths } from '../facts/realtime.js';
import type { FileFacts, RuleFinding } from '../types.js';
import { defineRule } from './define-rule.js';
import { socketsFail } from './symptoms.js';

interface FixData {
  readonly file: string;
  readonly spot: OptionSpot;
  readonly option: string;
}

/** From web.config where it has the vdir path; else the path as a literal. */
function optionFor({ vdirPath }: FileFacts): string {
  return vdirPath?.key === undefined ? `path: '${vdirPath?.path}/socket.io'` : `path: ${socketPathCode(vdirPath.key)}`;
}

/** Only where no path is set: a written path is not changed, and the output of a build is overwritten by the next one. */
function serverPathFix(facts: FileFacts, { isSet, script, spot }: ServerPath): FixData | undefined {
  if (isSet || !spot || isBuiltScript(facts, script)) return undefined;
  return { file: script.source.file, spot, option: optionFor(facts) };
}

/** Engine.IO compares the option with the start of the URL, and each URL begins with a slash. */
function pathWithoutSlash({ path, isSet, at }: ServerPath): RuleFinding<FixData>[] {
  if (!isSet || path === undefined || path === '' || path.startsWith('/')) return [];
  return [
    {
      message: `The server answers at "${path}", without a slash at its beginning: no URL begins with that.`,
      why: 'socket.io compares its path with the URL of each request, and answers none of them: the handshake gets 404.',
      fix: `path: '/${path}'`,
      at,
    },
  ];
}

/** The server's socket.io path is not below the app's vdir path. */
export const socketPathMismatchServer = defineRule<FixData>({
  code: 'SOCKET_PATH_MISMATCH_SERVER',
  severity: 'error',
  disprovedBy: 'client',
  explains: socketsFail,
  title: "The server's socket.io path does not match the vdir path",
  why: 'iisnode passes node the whole URL, vdir path included; socket.io compares it with its own path and does not answer the handshake when they differ (404).',
  help: `An app at /dante sees /dante/socket.io/.. as the URL of every handshake, because iisnode keeps the URL the browser asked
for. socket.io answers only at its option path, which is /socket.io by default. Set it from the environment variables that web.config
defines: new Server(server, { path: ${socketPathCode()} }), and use the same path in the client. --fix adds
the option where there is none.
Or let ${iisnodeSock} init . --loader always start the app: it removes the vdir path, and the code stays as it is.`,
  check(facts) {
    const { vdirPath } = facts;
    const withoutSlash = serverPaths(facts).flatMap(pathWithoutSlash);
    if (withoutSlash.length > 0) return withoutSlash;
    if (!vdirPath || vdirPath.path === '/' || hostedElsewhere(facts)) return [];
    return serverPaths(facts)
      .filter(({ path }) => path !== undefined && !path.startsWith(`${vdirPath.path}/`))
      .map((server) => {
        const { path, isSet, at } = server;
        const data = serverPathFix(facts, server);
        return {
          message: `The server answers at ${path}${isSet ? '' : ' (the default)'}, but browsers ask for ${vdirPath.path}/socket.io.`,
          fix: optionFor(facts),
          at,
          loader: { says: `answers at ${path}, without the vdir path`, by: 'stripVdirPath' as const },
          ...(data && { data }),
        };
      });
  },
  fix(_facts, { data }) {
    if (!data) return [];
    const { at, before, after } = data.spot;
    return [{ file: data.file, edits: [{ span: { start: at, end: at }, text: before + data.option + after }] }];
  },
});
