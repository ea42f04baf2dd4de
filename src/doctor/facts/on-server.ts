import path from 'node:path';
import type { AppOnServer } from '../../server/index.js';
import { logFolderOf } from '../../webconfig/index.js';
import type { FileFacts } from './facts.js';
import { programPathOf } from './program-path.js';

/** What a look at the server needs to know of the app: its paths there are those of this machine. */
export function appOnServer({ directory, entries, iisnode, iis, query }: FileFacts): AppOnServer {
  const entry = entries.find(({ exists }) => exists);
  const { settings, name } = iis?.pool ?? {};
  const logs =
    entry !== undefined && iisnode?.values.loggingEnabled
      ? logFolderOf(path.dirname(entry.file), iisnode.values)
      : undefined;
  const isNamed = iisnode !== undefined && iisnode.sources.nodeProcessCommandLine !== 'default';
  const visitor = query.section('system.webServer/security/authentication/anonymousAuthentication')?.string('userName');
  return {
    directory,
    ...(entry && { entry: entry.file }),
    ...(logs !== undefined && { logDirectory: logs }),
    ...(isNamed && { nodeProgram: programPathOf(iisnode.values.nodeProcessCommandLine).path }),
    ...(settings && name !== undefined && { pool: { name, identity: settings.identity, userName: settings.userName } }),
    ...(visitor !== undefined && { anonymousUser: visitor }),
  };
}
