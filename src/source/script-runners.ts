/** Programs that start the commands in their arguments: `concurrently "npm:api" "vite"`, `sh -c "node ."`. */
const commandRunners =
  /^(?:.*[\\/])?(concurrently|conc|nodemon|sh|bash|cmd|start-server-and-test|dotenv|env-cmd|wsrun|turbo)(?:\.exe|\.cmd)?$/i;
/** Options of nodemon whose value is the next word. */
export const nodemonPairs = /^(-w|--watch|-e|--ext|-i|--ignore|-d|--delay|-s|--signal|--config|-x|--exec)$/;
/** Its options without a value, and those of its pairs written with "=". All others are the script's. */
const nodemonFlags =
  /^(-q|--quiet|-V|--verbose|-L|--legacy-watch|-C|--on-change-only|-I|--(no-)?stdin|--exitcrash|--dump|--(no-)?update-notifier|--(no-)?colou?rs|--spawn|--(watch|ext|ignore|delay|signal|config)=.*)$/;
/** Programs that start scripts of package.json: `run-p api web`, `npm-run-all build start:*`. */
const scriptRunners = /^(?:.*[\\/])?(npm-run-all|npm-run-all2|run-[psz])(?:\.cmd)?$/i;
/** Programs that keep a file of node running: `pm2 start server.js`, `forever server.js`. */
const managers =
  /^(?:.*[\\/])?(pm2|pm2-runtime|pm2-docker|forever|supervisor|node-supervisor|babel-node|bun|vite-node|swc-node|esr|jiti)(?:\.exe|\.cmd)?$/i;
/** Their own words in front of the file. */
const managerWords = /^(start|run|watch|restart|startOrRestart|reload|startOrReload)$/;
/** Options of theirs whose value is the next word. */
const managerOptions =
  /^(-n|--name|-i|--instances|-l|--log|-o|--output|-e|--error|--env|-w|--watch|-c|--cwd|--node-args|-x|--presets|--extensions)$/;

/**
 * The commands that a command starts by another program; none where it starts its program itself. Those of one group run at the same
 * time; the group that is most likely the server is the first.
 *
 * @param scripts Those of the package, for patterns of names.
 */
export function commandsIn(
  words: readonly string[],
  scripts: Readonly<Record<string, string>>,
): readonly (readonly string[])[] {
  const [program = '', ...given] = words;
  if (scriptRunners.test(program)) {
    return runBy(program, given, scripts);
  }
  // `cross-env-shell A=b "node server.js"`: only the quoted command is left.
  if (words.length === 1 && /\s/.test(program)) return [[program]];
  if (/^node(\.exe)?$/i.test(program)) {
    const at = given.indexOf('--run');
    return at >= 0 && given[at + 1] !== undefined ? [[`npm run ${given[at + 1]}`]] : [];
  }
  if (!commandRunners.test(program)) return [];
  const executed = executedBy(words);
  if (executed !== undefined) return [[executed]];
  const commands = given.flatMap((word) => {
    const [, script] = /^(?:npm|yarn|pnpm|bun):(.+)$/.exec(word) ?? [];
    if (script !== undefined) return callsOf(script, scripts);
    return /\s/.test(word) ? [word] : [];
  });
  // `start-server-and-test start http://localhost:3000 "npm test"` waits for the first.
  return /^(?:.*[\\/])?conc/i.test(program) ? [commands] : commands.map((each) => [each]);
}

/** `nodemon --exec "node -r dotenv/config" server.js --watch src`: the file stands behind the command. */
function executedBy([program = '', ...given]: readonly string[]): string | undefined {
  const at = given.findIndex((word) => /^(-x|--exec)$/.test(word));
  const command = given[at + 1] ?? '';
  if (at < 0 || !/\bnodemon(\.cmd|\.exe)?$/i.test(program) || !/\s/.test(command)) return undefined;
  const rest = [...given.slice(0, at), ...given.slice(at + 2)];
  const behind = rest.filter(
    (word, index) => !nodemonPairs.test(word) && !nodemonPairs.test(rest[index - 1] ?? '') && !nodemonFlags.test(word),
  );
  return [command, ...behind.map((word) => `"${word}"`)].join(' ');
}

/** Those most likely to be the server first: of scripts that run one after the other that is the last one, the others end. */
function runBy(
  program: string,
  given: readonly string[],
  scripts: Readonly<Record<string, string>>,
): readonly (readonly string[])[] {
  const groups = [{ isParallel: /run-p/i.test(program), calls: [] as string[] }];
  for (const word of given) {
    if (/^(-p|--parallel|-s|--serial|--sequential)$/.test(word))
      groups.push({ isParallel: /^--?p/.test(word), calls: [] });
    else if (!word.startsWith('-')) groups.at(-1)?.calls.push(...callsOf(word.split(' ')[0] ?? '', scripts));
  }
  return groups
    .reverse()
    .flatMap(({ isParallel, calls }) => (isParallel ? [calls] : calls.reverse().map((each) => [each])));
}

/** 'start:*' is each script of such a name. */
function callsOf(pattern: string, scripts: Readonly<Record<string, string>>): readonly string[] {
  if (!pattern.includes('*')) return [`npm run ${pattern}`];
  const escaped = pattern.replace(/[^\w*]/g, '\\$&').replace(/\*+/g, '.*');
  const name = new RegExp(`^${escaped}$`);
  return Object.keys(scripts).flatMap((each) => (name.test(each) ? [`npm run ${each}`] : []));
}

/** What a process manager starts. */
interface ManagedScript {
  readonly script: string;
  readonly args: readonly string[];
  /** How many processes, as written: 'max', '4'. */
  readonly instances?: string;
  readonly runtime?: 'bun';
}

/** Is it a file that node cannot run without help? */
export const isTypeScript = (name: string): boolean => /\.[cm]?tsx?$/i.test(name);

/** `pm2 start server.js -i max` */
export function instancesIn(words: readonly string[]): string | undefined {
  const at = words.findIndex((word) => /^(-i|--instances)(=|$)/.test(word));
  return at < 0 ? undefined : (words[at]?.split('=')[1] ?? words[at + 1]);
}

/** The file that a process manager starts, and its arguments; undefined for one whose configuration names the file. */
export function managedScript(words: readonly string[]): ManagedScript | undefined {
  const start = words.findIndex((word) => managers.test(word));
  if (start < 0) return undefined;
  const instances = instancesIn(words.slice(start));
  const isBun = /\bbun(\.exe)?$/i.test(words[start] ?? '');
  for (let at = start + 1; at < words.length; at++) {
    const word = words[at] ?? '';
    if (managerOptions.test(word)) at++;
    else if (/\.[cm]?[jt]sx?$/i.test(word) && !/\.config\.[cm]?js$/i.test(word)) {
      const behind = words.slice(at + 1);
      const mark = behind.indexOf('--');
      return {
        script: word,
        args: mark < 0 ? [] : behind.slice(mark + 1),
        ...(instances !== undefined && { instances }),
        ...(isBun && isTypeScript(word) && { runtime: 'bun' as const }),
      };
    } else if (!word.startsWith('-') && !managerWords.test(word)) return undefined;
  }
  return undefined;
}
