import path from 'node:path';

/** The programs of a Procfile; `web` is the one that answers requests. */
export function readProcfile(text: string) {
  return text.split(/\r?\n/).flatMap((line) => {
    const [, name, command] = /^([\w-]+):\s*(\S.*)$/.exec(line) ?? [];
    if (name === undefined || command === undefined) return [];
    return [{ name, command, folder: '', env: {}, isJob: false, isServer: name === 'web' }];
  });
}

/** Names that pm2 gives its configuration. */
const ofPm2 = ['js', 'cjs', 'mjs', 'json', 'yml', 'yaml']
  .map((extension) => `ecosystem.config.${extension}`)
  .concat('pm2.config.js', 'pm2.config.cjs', 'pm2.json', 'process.json', 'process.yml', 'process.yaml');

/** How an app may be started whose package.json does not say it: commands, those of a Procfile first, and of pm2's files last. */
export function* otherStarts(read: (file: string) => string | undefined): Generator<string> {
  if (read('Procfile') !== undefined) yield 'foreman start';
  yield* commandsOfImage(read('Dockerfile') ?? '');
  for (const file of ofPm2) if (read(file) !== undefined) yield `pm2 start ${file}`;
}

/** The command of a container, in the folder that it is run in, or in one whose files are copied there. */
function commandsOfImage(text: string): readonly string[] {
  let place = '';
  let copied: string[] = [];
  let [program, given, production] = ['', '', ''];
  for (const line of text.replace(/\\[^\S\n]*\n/g, ' ').split('\n')) {
    const [, word = '', rest = ''] = /^\s*([a-z]+)\s+(.*?)\s*$/i.exec(line) ?? [];
    const instruction = word.toUpperCase();
    if (instruction === 'FROM') [place, copied, program, given, production] = ['', [], '', '', ''];
    if (instruction === 'WORKDIR') {
      const next = `${path.posix.resolve('/', place, rest)}/`;
      if (place !== '' && next.startsWith(place)) copied.push(next.slice(place.length, -1));
      place = next;
    }
    if (instruction === 'ENTRYPOINT') program = commandOf(rest);
    if (instruction === 'CMD') given = commandOf(rest);
    if (instruction === 'ENV' && /^NODE_ENV[= ]"?production"?$/.test(rest)) production = 'NODE_ENV=production ';
    const [, from] = /^(?:--chown=\S+\s+)?(?:\.\/)?([\w-][\w/.-]*?)\/?\s+(?:\.\/?|\/\S*)$/.exec(rest) ?? [];
    if (instruction === 'COPY' && from !== undefined) copied.push(from);
  }
  const command = `${program} ${given}`.trim().replaceAll(place.length > 1 ? place : '\0', '');
  if (command === '') return [];
  return [`${production}${command}`, ...copied.map((folder) => `cd "${folder}" && ${production}${command}`)];
}

/** `["node", "server.js"]`, or as a shell has it. */
function commandOf(written: string): string {
  const words: unknown = written.startsWith('[') ? parsed(written) : undefined;
  if (!Array.isArray(words)) return words === undefined ? written : '';
  return words.map((word) => (/^[\w./@:=-]+$/.test(String(word)) ? String(word) : `"${word}"`)).join(' ');
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
