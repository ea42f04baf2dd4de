import path from 'node:path';
import { type AppOnServer, describeApp } from '../../server/index.js';
import { logFolderOf } from '../../webconfig/index.js';
import type { FileFacts } from './facts.js';

/**
 * What a look at the server needs to know of the app.
 *
 * @param there On a server elsewhere: the app's folder there, undefined where it has none yet. Without it the paths of this machine are
 * those of the server.
 */
export function appOnServer(
  facts: FileFacts,
  there?: { readonly directory?: string | undefined } | undefined,
): AppOnServer {
  const { iisnode, iis, query } = facts;
  const { settings, name } = iis?.pool ?? {};
  const visitor = query.section('system.webServer/security/authentication/anonymousAuthentication')?.string('userName');
  const pool = settings && name !== undefined && { name, identity: settings.identity, userName: settings.userName };
  return describeApp({
    ...(there === undefined ? pathsHere(facts) : pathsThere(facts, there.directory)),
    nodeProcessCommandLine: iisnode?.values.nodeProcessCommandLine,
    pool: pool || undefined,
    anonymousUser: visitor,
  });
}

type Paths = Pick<AppOnServer, 'directory' | 'entry' | 'logDirectory'>;

const entryIn = ({ entries }: FileFacts): FileFacts['entries'][number] | undefined =>
  entries.find(({ exists }) => exists);

function pathsHere(facts: FileFacts): Paths {
  const { directory, iisnode } = facts;
  const entry = entryIn(facts);
  if (entry === undefined) return { directory };
  const { file } = entry;
  if (!iisnode?.values.loggingEnabled) return { directory, entry: file };
  return { directory, entry: file, logDirectory: logFolderOf(path.dirname(file), iisnode.values) };
}

/** An app without a folder there has no drive and no rights: the probes about them are not asked. */
function pathsThere(facts: FileFacts, directory: string | undefined): Paths {
  const found = entryIn(facts);
  if (directory === undefined || found === undefined) return { directory: directory ?? '' };
  const { win32 } = path;
  const entry = win32.join(directory, path.relative(facts.directory, found.file));
  const { values } = facts.iisnode ?? {};
  if (!values?.loggingEnabled) return { directory, entry };
  return { directory, entry, logDirectory: win32.resolve(win32.dirname(entry), values.logDirectory) };
}
