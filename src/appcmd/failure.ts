import { UserError } from '../errors.js';
import { inOneLine } from '../trimmed.js';
import { parseAppcmdText } from './parse-text.js';
import { parseAppcmdXml } from './parse-xml.js';
import type { AppcmdResult } from './types.js';

/** Exit codes of appcmd that the code checks: the low words of the HRESULT (winerror.h). */
export const appcmdExit = {
  done: 0,
  help: 1,
  accessDenied: 5,
  invalidData: 13,
  sharingViolation: 32,
  locked: 33,
  notSupported: 50,
  invalidParameter: 87,
  alreadyExists: 183,
  alreadyRunning: 1056,
  notRunning: 1062,
  notFound: 1168,
  rpcFailed: 1726,
  entryNotFound: 4312,
  notImplemented: 16385,
  commitFailed: 60971,
} as const;

interface Explanation {
  readonly code: string;
  readonly why: string;
  readonly next: string;
}

const explanations: ReadonlyMap<number, Explanation> = new Map([
  [
    appcmdExit.accessDenied,
    {
      code: 'NOT_ELEVATED',
      why: 'IIS lets only administrators read and change its configuration',
      next: 'run it again from an elevated prompt (right-click the terminal, "Run as administrator")',
    },
  ],
  [
    appcmdExit.alreadyExists,
    {
      code: 'APPCMD_ALREADY_THERE',
      why: 'IIS already has one, or another started site has the same binding',
      next: 'check with: appcmd list site',
    },
  ],
  [
    appcmdExit.sharingViolation,
    {
      code: 'PORT_TAKEN',
      why: 'another program uses the port of the site',
      next: 'find it with: netstat -ano, or give the site another binding',
    },
  ],
  [
    appcmdExit.notFound,
    { code: 'APPCMD_NO_SUCH_OBJECT', why: 'IIS has no object of that name', next: 'check with: appcmd list site' },
  ],
  [
    appcmdExit.locked,
    {
      code: 'SECTION_LOCKED',
      why: 'the section is locked at a level above',
      next: 'unlock it with: appcmd unlock config /section:NAME',
    },
  ],
]);

/** A refusal of appcmd as a UserError. `command` is the command line as printed; appcmd's own words are in `why`. */
export function appcmdFailure(command: string, result: AppcmdResult): UserError {
  const words = wordsOf(result.stdout);
  const broken = brokenConfiguration(words, result);
  if (broken !== undefined) return broken;
  const known = explanations.get(result.exitCode);
  const quote = words === '' ? '' : `appcmd said: ${words.split('\n').join(' ')}`;
  return new UserError(known?.code ?? 'APPCMD_FAILED', {
    what: `${command} failed with exit code ${result.exitCode}`,
    why: known === undefined ? quote || 'it gave no reason' : quote === '' ? known.why : `${known.why} (${quote})`,
    next: known?.next ?? 'run the command by hand to see its whole output',
    exit: 'refused',
    cause: result,
  });
}

/** appcmd's error message, in either of its forms: `ERROR ( message:... )`, or with /xml `<ERROR message="..." />`. */
function wordsOf(stdout: string): string {
  if (stdout.trimStart().startsWith('<')) {
    try {
      const error = parseAppcmdXml(stdout).find(({ kind }) => kind === 'ERROR');
      if (error !== undefined) return (error.get('message') ?? '').trim();
    } catch {
      // not XML: read it as text
    }
  }
  const said = parseAppcmdText(stdout);
  return said.errors[0]?.message ?? said.messages.join(' ');
}

/**
 * Frame of a configuration error: `Filename:`, `Line Number:`, `Description:`; in another language it is not recognised. With
 * exit code 5 the same frame means that there is no permission to read the file.
 */
function brokenConfiguration(words: string, cause: AppcmdResult): UserError | undefined {
  if (cause.exitCode !== appcmdExit.invalidData) return undefined;
  const frame = /Filename: *(.+?)\s*\n\s*Line Number: *(\d+)\s*\n\s*Description: *([\s\S]+?)\s*\.?\s*$/;
  const [, file, line, description] = frame.exec(words) ?? [];
  if (file === undefined || description === undefined) return undefined;
  return new UserError('CONFIG_ERROR', {
    what: `${file.replace(/^\\\\\?\\/, '')}${line === '0' ? '' : `:${line}`} cannot be used as configuration`,
    why: inOneLine(description),
    next: `fix ${line === '0' ? '' : `line ${line} of `}that file, then run the command again`,
    cause,
  });
}
