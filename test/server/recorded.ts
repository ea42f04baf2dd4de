import type { AppOnServer, ServerAnswer, ServerRun } from '../../src/server/types.js';

/** `sc query W3SVC` on Windows Server 2019. */
export const sc = (state: string): string =>
  `\r\nSERVICE_NAME: W3SVC \r\n        TYPE               : 20  WIN32_SHARE_PROCESS  \r\n        STATE              : ${state} \r\n                                (STOPPABLE, PAUSABLE)\r\n        WIN32_EXIT_CODE    : 0  (0x0)\r\n`;

/** `reg query HKLM\SOFTWARE\Microsoft\InetStp`. */
export const registry =
  '\r\nHKEY_LOCAL_MACHINE\\SOFTWARE\\Microsoft\\InetStp\r\n    MajorVersion    REG_DWORD    0xa\r\n    MinorVersion    REG_DWORD    0x0\r\n    VersionString    REG_SZ    Version 10.0\r\n';

/** `reg query HKLM\SYSTEM\CurrentControlSet\Control\Nls\CodePage /v OEMCP`. */
export const oemCodePage =
  '\r\nHKEY_LOCAL_MACHINE\\SYSTEM\\CurrentControlSet\\Control\\Nls\\CodePage\r\n    OEMCP    REG_SZ    850\r\n\r\n';

/** What a script of PowerShell is asked to do: its text. */
export const scriptOf = (args: readonly string[]): string =>
  Buffer.from(args.at(-1) ?? '', 'base64').toString('utf16le');

type Said = string | Partial<ServerAnswer> | Error;

/** An answer for each program, by its name and arguments as one line ('sc query WAS'); of PowerShell for each probe of a script, by a text in it. */
export interface Recorded {
  readonly programs?: Readonly<Record<string, Said>>;
  readonly scripts?: Readonly<Record<string, string>>;
}

/** A server that prints what was recorded; a program without a record is not there, a script without one prints nothing. */
export function serverOf({ programs = {}, scripts = {} }: Recorded): ServerRun {
  return async (program, args) => {
    const name = program.at(-1)?.replace(/\.exe$/, '') ?? '';
    if (name === 'powershell' && Object.keys(scripts).length > 0)
      return { exitCode: 0, stdout: printed(scriptOf(args), scripts) };
    const line = [name, ...args].join(' ');
    const said = Object.entries(programs).find(([start]) => line.startsWith(start))?.[1];
    if (said === undefined) throw Object.assign(new Error(`spawn ${name} ENOENT`), { code: 'ENOENT' });
    if (said instanceof Error) throw said;
    return typeof said === 'string' ? { exitCode: 0, stdout: said } : { exitCode: 0, stdout: '', ...said };
  };
}

/** The frames of the script, with the recorded text of each. */
export function printed(script: string, scripts: Readonly<Record<string, string>>): string {
  const parts = script.split(/^'#\d+'$/m).slice(1);
  return parts
    .map((part, index) => {
      const text = Object.entries(scripts).find(([start]) => part.includes(start))?.[1] ?? '';
      return text.startsWith('#!') ? `#${index}\r\n${text}\r\n` : `#${index}\r\n${text}\r\n#.\r\n`;
    })
    .join('');
}

/** An app as the doctor describes it. */
export const dante: AppOnServer = {
  directory: 'C:\\apps\\dante',
  entry: 'C:\\apps\\dante\\server.js',
  logDirectory: 'C:\\apps\\dante\\iisnode',
  pool: { name: 'Dante', identity: 'ApplicationPoolIdentity' },
  anonymousUser: 'IUSR',
};
