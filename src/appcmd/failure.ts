import { UserError } from '../errors.js';
import { parseAppcmdText } from './parse-text.js';
import type { AppcmdResult } from './types.js';

/** Exit codes of appcmd a program decides by: the low words of the HRESULT (winerror.h). */
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
      why: 'IIS already has one, or another started site holds the same binding',
      next: 'look with: appcmd list site',
    },
  ],
  [
    appcmdExit.sharingViolation,
    {
      code: 'PORT_TAKEN',
      why: 'another program holds the port of the site',
      next: 'find it with: netstat -ano, or give the site another binding',
    },
  ],
  [
    appcmdExit.notFound,
    { code: 'APPCMD_NO_SUCH_OBJECT', why: 'IIS has no object of that name', next: 'look with: appcmd list site' },
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

/** A refusal of appcmd for people. `command` is the command line as printed; appcmd's own words are in `why`. */
export function appcmdFailure(command: string, result: AppcmdResult): UserError {
  const said = parseAppcmdText(result.stdout);
  const words = said.errors[0]?.message ?? said.messages.join(' ');
  const known = explanations.get(result.exitCode);
  const quote = words === '' ? '' : `appcmd said: ${words.split('\n').join(' ')}`;
  return new UserError(known?.code ?? 'APPCMD_FAILED', {
    what: `${command} failed with exit code ${result.exitCode}`,
    why: known === undefined ? quote || 'it gave no reason' : quote === '' ? known.why : `${known.why} (${quote})`,
    next: known?.next ?? 'run the command by hand to see all it says',
    exit: 'refused',
    cause: result,
  });
}
