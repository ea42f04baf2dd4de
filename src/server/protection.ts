import { powerShellString } from '../quoting.js';
import { answersOf, batches } from './scripts.js';
import { ownerOf, readSddl } from './sddl.js';

/** What a program of Windows answers, as `run` of deploy gives it. */
type Run = (
  program: string,
  args: readonly string[],
) => Promise<{ readonly exitCode: number; readonly stdout: string }>;

/** SYSTEM, Administrators and TrustedInstaller: what they write is as good as what Windows itself has. */
const trusted = new Set(['S-1-5-18', 'S-1-5-32-544', 'S-1-5-80-956008885-3418522649-1831038044-1853292631-2271478464']);
/** It stands for the owner of what is made in a folder. */
const creatorOwner = 'S-1-3-0';

/** Write, append, attributes, delete a child, delete, change rights, take it. */
const writing = 0x2 | 0x4 | 0x10 | 0x40 | 0x100 | 0x1_0000 | 0x4_0000 | 0x8_0000;

const names: Readonly<Record<string, string>> = {
  'S-1-1-0': 'Everyone',
  'S-1-5-4': 'INTERACTIVE',
  'S-1-5-11': 'Authenticated Users',
  'S-1-5-32-545': 'Users',
};

/** Who beside administrators and SYSTEM may change the file or folder of this SDDL; undefined where it cannot be read. */
export function strangersIn(sddl: string): readonly string[] | undefined {
  const [owner, acl] = [ownerOf(sddl), readSddl(sddl)];
  if (owner === undefined || acl === undefined) return undefined;
  const nameOf = (sid: string): string => names[sid] ?? sid;
  const owns = trusted.has(owner) ? [] : [`its owner is ${nameOf(owner)}`];
  if (acl === 'everything') return [...owns, 'Everyone may write to it'];
  const writers = acl
    .filter(({ kind, rights, sid, inheritOnly }) => {
      const isStranger = !trusted.has(sid) && !(sid === creatorOwner && inheritOnly);
      return kind === 'allow' && isStranger && (rights & writing) !== 0;
    })
    .map(({ sid }) => `${nameOf(sid)} may write to it`);
  return [...owns, ...new Set(writers)];
}

/**
 * Who beside administrators and SYSTEM may change a folder, or a file or folder in it: a sentence each. PowerShell is asked: icacls
 * does not tell the owner, who may always change the rights.
 * @param powershell the program's full path.
 * @returns undefined where it could not be seen.
 */
export async function strangersOf(
  run: Run,
  powershell: string,
  folder: string,
): Promise<readonly string[] | undefined> {
  const script = `A 'folder' ${powerShellString(folder)}\nGet-ChildItem -LiteralPath ${powerShellString(folder)} -Force|ForEach-Object{A 'in' $_.FullName}`;
  const [batch] = batches([{ probe: undefined, script }]);
  const { stdout } = await run(powershell, batch?.args ?? []);
  const [answer] = answersOf(stdout);
  if (answer === undefined || 'failed' in answer) return undefined;
  const seen = answer.printed.split('\n').map((line) => line.split('\t'));
  if (seen[0]?.[0] !== 'folder') return undefined;
  const found: string[] = [];
  for (const [, file = '', sddl = ''] of seen) {
    const strangers = strangersIn(sddl);
    if (strangers === undefined) return undefined;
    found.push(...strangers.map((one) => `${file}: ${one}`));
  }
  return found;
}
