import type { OptionRead } from '../../source/index.js';
import { socketPathCode } from '../../webconfig/index.js';
import { hostedElsewhere, isOwnFolder } from '../facts/realtime.js';
import type { FileFacts, RuleFinding, Severity } from '../types.js';
import { defineRule } from './define-rule.js';
import { everythingFails } from './symptoms.js';

/** '/dante' of '/dante/socket.io'; undefined when there is nothing before socket.io's own folder. */
function prefixOf(value: string): string | undefined {
  const found = /^\/?(.+)\/socket\.io\/?$/.exec(value);
  return found?.[1] === undefined ? undefined : `/${found[1]}`;
}

/** A path that matches the known vdir path may be intended: info. A path that cannot be checked is a warning. */
function severityFor(facts: FileFacts, prefix: string): Severity | undefined {
  const { vdirPath } = facts;
  if (vdirPath) return vdirPath.from === 'option' && vdirPath.path === prefix ? 'info' : undefined;
  return isOwnFolder(facts, `${prefix.slice(1)}/socket.io`) ? undefined : 'warning';
}

function findHardCodedPath(
  facts: FileFacts,
  { value, at }: Pick<OptionRead, 'value' | 'at'>,
  end: 'server' | 'client',
): RuleFinding | undefined {
  const prefix = value.kind === 'literal' ? prefixOf(String(value.value)) : undefined;
  const severity = prefix && severityFor(facts, prefix);
  if (!severity) return undefined;
  const fix =
    end === 'server'
      ? `path: ${socketPathCode()}, with virtualDirPath in web.config's appSettings`
      : "path: new URL('socket.io', location.href).pathname";
  return { severity, message: `The ${end} has the vdir path ${prefix} written into it.`, fix, at };
}

/** Server or page have the vdir path in their source. */
export const vdirPathHardCoded = defineRule({
  code: 'VDIR_PATH_HARD_CODED',
  severity: 'warning',
  explains: everythingFails,
  title: 'The vdir path is written into the source',
  why: 'The app works at that path only: at another path, and without IIS, the handshake gets 404.',
  help: `The vdir path is a setting of the server and does not belong in the source. iisnode passes every key of web.config's appSettings to
node as an environment variable. So write <add key="virtualDirPath" value="/dante" /> and path: ${socketPathCode()} on the server,
and let the page derive its path from its own address: new URL('socket.io', location.href).pathname.`,
  check(facts) {
    if (hostedElsewhere(facts)) return [];
    const server = facts.server.scripts.flatMap(({ sockets }) => [
      ...sockets.servers.flatMap(({ options }) => options.path ?? []),
      ...sockets.oldApi.flatMap(({ setting, value, at }) => (setting === 'resource' && value ? [{ value, at }] : [])),
    ]);
    const client = facts.pages.flatMap((page) =>
      page.clients.flatMap(({ options }) => [options.path, options.resource].filter((read) => read !== undefined)),
    );
    return [
      ...server.map((read) => findHardCodedPath(facts, read, 'server')),
      ...client.map((read) => findHardCodedPath(facts, read, 'client')),
    ].filter((finding) => finding !== undefined);
  },
});
