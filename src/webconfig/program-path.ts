/** The program of a command line, and whether it is one: what CreateProcess makes of the text. */
export interface ProgramPath {
  /** Without quotes. */
  readonly path: string;
  /** The last segment in lower case, without .exe, .cmd and .bat. */
  readonly name: string;
  /** In lower case, with the dot; '' where there is none. */
  readonly ending: string;
}

/** Reads the program at the start of a command line; a path with blanks may stand without quotes. */
export function programPathOf(commandLine: string): ProgramPath {
  const text = commandLine.trim();
  const quoted = /^"([^"]*)"?/.exec(text)?.[1];
  const upTo = quoted ?? /^.*?\.(?:exe|cmd|bat|com|ps1|[cm]?[jt]s)(?=\s|$)/i.exec(text)?.[0] ?? text.split(/\s/)[0];
  const path = upTo ?? '';
  const last = path.split(/[\\/]/).at(-1)?.toLowerCase() ?? '';
  const ending = /\.[a-z\d]+$/.exec(last)?.[0] ?? '';
  return { path, name: last.replace(/\.(exe|cmd|bat)$/, ''), ending };
}

/** The same of HttpPlatformHandler's processPath, which is no command line: a path with blanks needs no quotes there. */
export const programOfProcessPath = (processPath: string): ProgramPath =>
  programPathOf(processPath.includes('"') ? processPath : `"${processPath}"`);

/** Programs that start node themselves, in another process. */
const managers = new Set([
  'npm',
  'npx',
  'yarn',
  'pnpm',
  'pm2',
  'pm2-runtime',
  'forever',
  'nodemon',
  'tsx',
  'ts-node',
  'bun',
  'deno',
]);

export const isProcessManager = ({ name }: ProgramPath): boolean => managers.has(name);

/** Windows starts programs, not scripts. */
export const isScript = ({ ending }: ProgramPath): boolean => /^\.(ps1|[cm]?[jt]s)$/.test(ending);
