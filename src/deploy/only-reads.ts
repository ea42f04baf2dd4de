/** For each program that deploy runs beside appcmd: which of its command lines only read. */
const readers: Readonly<Record<string, (args: readonly string[]) => boolean>> = {
  // `icacls FOLDER`, also with /save
  icacls: (args) => args.length <= 1 || args.includes('/save'),
  netsh: (args) => args.includes('show'),
  sc: ([verb]) => verb?.startsWith('query') === true,
};

/** Does this command line change nothing on the server? One of a program that is unknown here counts as a change. */
export function onlyReads(program: string, args: readonly string[]): boolean {
  const [, name = ''] = /([^\\/]*?)(?:\.exe)?$/i.exec(program) ?? [];
  return readers[name.toLowerCase()]?.(args) === true;
}
