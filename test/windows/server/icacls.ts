import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { readSddl } from '../../../src/server/index.js';
import { type Entry, maskOf, wordsOf } from './access-lists.js';
import { sddlName } from './accounts.js';
import type { Answer, Call, WindowsServer } from './windows-server.js';

/** What icacls needs of a server. */
interface Server extends Pick<WindowsServer, 'rights' | 'accounts' | 'hostPath'> {
  /** Saved lists by their files, instead of files on this machine. */
  readonly lists?: Map<string, string>;
}

/**
 * icacls as iis.md 7 has it: `FILE`, and `FILE /grant WHO:RIGHTS`, `/grant:r`, `/deny`, `/remove[:g|:d] WHO`, `/save LIST`,
 * `FOLDER /restore LIST`; exit code
 * 1332 for a name without an account, 2 for a file that is not there, 87 for a parameter that is none.
 */
export async function icacls({ args, folder }: Pick<Call, 'args' | 'folder'>, server: Server): Promise<Answer> {
  const [given, verb = '', ...rest] = args;
  if (given === undefined) return { exitCode: 0, stdout: 'ICACLS name /save aclfile [/T] [/C] [/L] [/Q]\n' };
  const file = path.win32.resolve(folder, given);
  if (!existsSync(server.hostPath(file))) return failed(`${given}: ${texts(server).notFound}`, 2, server);
  const words = rest.filter((word) => !/^\/[tclq]$/i.test(word));
  if (verb === '' || /^\/[tclq]$/i.test(verb)) return listing(given, file, server);
  if (/^\/save$/i.test(verb) && words.length === 1)
    return save(file, path.win32.resolve(folder, words[0] ?? ''), server);
  if (/^\/restore$/i.test(verb) && words.length === 1)
    return restore(given, file, path.win32.resolve(folder, words[0] ?? ''), server);
  if (/^\/(grant(:r)?|deny)$/i.test(verb)) return add(given, file, verb.toLowerCase(), words, server);
  if (/^\/remove(:[gd])?$/i.test(verb)) return remove(given, file, verb.toLowerCase(), words, server);
  return { exitCode: 87, stdout: `Invalid parameter "${verb}"\n` };
}

const texts = ({ accounts }: Server) =>
  accounts.language === 'de'
    ? {
        notFound: 'Das System kann die angegebene Datei nicht finden.',
        noAccount: 'Zuordnungen von Kontennamen und Sicherheitskennungen wurden nicht durchgeführt.',
        sum: (good: number, bad: number) =>
          `${good} Dateien erfolgreich verarbeitet, bei ${bad} Dateien ist ein Verarbeitungsfehler aufgetreten.`,
        processed: 'Bearbeitete Datei',
      }
    : {
        notFound: 'The system cannot find the file specified.',
        noAccount: 'No mapping between account names and security IDs was done.',
        sum: (good: number, bad: number) => `Successfully processed ${good} files; Failed processing ${bad} files`,
        processed: 'processed file',
      };

const failed = (text: string, exitCode: number, server: Server): Answer => ({
  exitCode,
  stdout: `${text}\n${texts(server).sum(0, 1)}\n`,
});

const done = (given: string, server: Server): Answer => ({
  exitCode: 0,
  stdout: `${texts(server).processed}: ${given}\n${texts(server).sum(1, 0)}\n`,
});

/** One line an entry; the first behind the file's name, the others below it. */
async function listing(given: string, file: string, server: Server): Promise<Answer> {
  const lines: string[] = [];
  for (const entry of server.rights.entries(file)) {
    const before = lines.length === 0 ? given : ' '.repeat(given.length);
    lines.push(`${before} ${await server.accounts.nameOf(entry.sid)}:${shown(entry)}`);
  }
  return { exitCode: 0, stdout: `${lines.join('\n')}\n\n${texts(server).sum(1, 0)}\n` };
}

function shown({ kind, flags, rights, inherited }: Entry): string {
  const words = [...(inherited ? ['I'] : []), ...flags, ...(kind === 'deny' ? ['DENY'] : [])];
  return `${words.map((word) => `(${word})`).join('')}(${rights.join(',')})`;
}

/** WHO:(OI)(CI)RX, or WHO:(OI)(CI)(RX,W) */
const grant = /^(.+):((?:\((?:OI|CI|IO|NP|I)\))*)\(?([A-Z,]+)\)?$/i;

async function add(
  given: string,
  file: string,
  verb: string,
  words: readonly string[],
  server: Server,
): Promise<Answer> {
  for (const word of words) {
    const [, who, flags = '', rights = ''] = grant.exec(word) ?? [];
    if (who === undefined) return { exitCode: 87, stdout: `Invalid parameter "${word}"\n` };
    const sid = await server.accounts.sidOf(who);
    if (sid === undefined) return failed(`${who}: ${texts(server).noAccount}`, 1332, server);
    const kind = verb === '/deny' ? 'deny' : 'allow';
    if (verb === '/grant:r') server.rights.remove(file, sid, 'allow');
    const inheritance = [...flags.toUpperCase().matchAll(/\w+/g)].map(([flag]) => flag);
    server.rights.add(file, { kind, sid, flags: inheritance, rights: rights.toUpperCase().split(',') });
  }
  return done(given, server);
}

async function remove(
  given: string,
  file: string,
  verb: string,
  words: readonly string[],
  server: Server,
): Promise<Answer> {
  for (const who of words) {
    const sid = await server.accounts.sidOf(who);
    if (sid === undefined) return failed(`${who}: ${texts(server).noAccount}`, 1332, server);
    const kind = verb.endsWith(':g') ? 'allow' : verb.endsWith(':d') ? 'deny' : undefined;
    server.rights.remove(file, sid, kind);
  }
  return done(given, server);
}

const sddlRights: Readonly<Record<string, string>> = { F: 'FA', R: 'FR' };

function sddlOf(rights: readonly string[]): string {
  const [only = '', ...more] = rights;
  const word = more.length === 0 ? sddlRights[only] : undefined;
  return word ?? `0x${maskOf(rights).toString(16)}`;
}

/** The file's name and its list in SDDL, in UTF-16LE. */
function save(file: string, list: string, server: Server): Answer {
  const entries = server.rights.entries(file).map(({ kind, sid, flags, rights, inherited }) => {
    return `(${kind === 'deny' ? 'D' : 'A'};${flags.join('')}${inherited ? 'ID' : ''};${sddlOf(rights)};;;${sddlName(sid)})`;
  });
  const text = `${path.win32.basename(file)}\r\nD:AI${entries.join('')}\r\n`;
  if (server.lists !== undefined) server.lists.set(list, text);
  else writeFileSync(server.hostPath(list), text, 'utf16le');
  return done(file, server);
}

/** Every file of the list, below the folder, gets the entries that were its own; inherited ones come from above. */
function restore(given: string, folder: string, list: string, server: Server): Answer {
  const saved = server.lists === undefined ? readIfThere(server.hostPath(list)) : server.lists.get(list);
  if (saved === undefined) return failed(`${list}: ${texts(server).notFound}`, 2, server);
  for (const [, name = '', sddl = ''] of saved.matchAll(/(.+)\r\n(.+)\r\n/g)) {
    const file = path.win32.join(folder, name);
    if (!existsSync(server.hostPath(file))) return failed(`${file}: ${texts(server).notFound}`, 2, server);
    const entries = readSddl(sddl);
    if (entries === undefined || entries === 'everything') return { exitCode: 87, stdout: 'Invalid list\n' };
    server.rights.replace(
      file,
      entries
        .filter(({ isInherited }) => !isInherited)
        .map(({ kind, sid, flags, rights }) => ({ kind, sid, flags, rights: wordsOf(rights) })),
    );
  }
  return done(given, server);
}

const readIfThere = (file: string): string | undefined =>
  existsSync(file) ? readFileSync(file, 'utf16le') : undefined;
