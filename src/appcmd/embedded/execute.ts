import { debugLog } from '../../debug-log.js';
import { commandLine } from '../../quoting.js';
import { typedCommand } from '../../typed-command.js';
import { appcmdExit } from '../failure.js';
import { fileStore } from '../file-store.js';
import type { Appcmd, AppcmdResult, AppcmdStore } from '../types.js';
import { appVerbs, vdirVerbs } from './app.js';
import { poolVerbs } from './apppool.js';
import { type CommandLine, parseCommandLine } from './command-line.js';
import { configVerbs } from './config.js';
import { requireDeclaredElements } from './declared.js';
import { helpText } from './help.js';
import { HostFile } from './host-file.js';
import { envelope } from './listing.js';
import { withFileLock } from './lock-file.js';
import { notImplemented, Refusal, unsupportedVerb } from './refusal.js';
import { siteVerbs } from './site.js';
import type { Answer, Verbs, World } from './world.js';

const debug = debugLog('appcmd');

/** The objects of the embedded appcmd; for other objects of the real one the answer is "Not implemented". */
const embeddedVerbs: Readonly<Record<string, Verbs>> = {
  site: siteVerbs,
  app: appVerbs,
  vdir: vdirVerbs,
  apppool: poolVerbs,
  config: configVerbs,
};

/** An appcmd that works on the embedded IIS's applicationHost.config; the same interface as the real one. */
export function embeddedAppcmd(store: AppcmdStore): Appcmd {
  return {
    run: async (args) => {
      const result = await executeAppcmd(args, store);
      debug('%s -> %d', commandLine('appcmd', args), result.exitCode);
      return result;
    },
    format: (args) => typedCommand(['appcmd', ...args]),
  };
}

/**
 * Executes one appcmd command line. It never throws for an invalid command line: refusals have the texts and the exit codes
 * of appcmd. Reading, changing and writing the file is one action: concurrent ones wait for each other.
 * @param args without the program.
 * @throws the store's error when it cannot read or write.
 */
export async function executeAppcmd(args: readonly string[], store: AppcmdStore): Promise<AppcmdResult> {
  let line: CommandLine | undefined;
  try {
    line = parseCommandLine(args);
    const answer = await executeLine(line, store);
    return { exitCode: answer.exitCode ?? appcmdExit.done, stdout: answer.stdout };
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    return { exitCode: error.exitCode, stdout: refusalText(error, line?.format ?? 'text') };
  }
}

async function executeLine(line: CommandLine, givenStore: AppcmdStore): Promise<Answer> {
  if (line.help) return { stdout: helpText(line, embeddedVerbs), exitCode: appcmdExit.help };
  const verbs = embeddedVerbs[line.object];
  if (verbs === undefined) throw notImplemented();
  const verb = Object.hasOwn(verbs, line.verb) ? verbs[line.verb] : undefined;
  if (verb === undefined) throw unsupportedVerb(line.verb, line.object.toUpperCase());
  if (line.input) {
    throw new Refusal(appcmdExit.notSupported, "The embedded IIS's appcmd does not read objects from standard input.");
  }
  const store = line.appHostConfig === undefined ? givenStore : fileStore(line.appHostConfig);
  if (line.verb === 'list' || line.verb === 'search') {
    const file = loaded(await store.read(), store);
    return verb(await worldOf(file, store), line);
  }
  store.prepare?.();
  const answer = await withFileLock(store.file, async () => {
    const text = await store.read();
    const file = loaded(text, store);
    const given = verb(await worldOf(file, store), line);
    if (file.document.text !== text) await store.write(file.document.text);
    return given;
  });
  for (const { command, object, name } of answer.signals ?? []) await store.signal(command, object, name);
  return answer;
}

const worldOf = async (file: HostFile, store: AppcmdStore): Promise<World> => ({
  file,
  running: await store.running(),
  stoppedPools: (await store.stoppedPools?.()) ?? [],
});

function loaded(text: string, { file }: AppcmdStore): HostFile {
  const loadedFile = new HostFile(text, file);
  requireDeclaredElements(loadedFile);
  return loadedFile;
}

function refusalText(refusal: Refusal, format: CommandLine['format']): string {
  if (refusal.bare) return `${refusal.message}\n`;
  // Unconfirmed: how the real one shows errors in /xml form.
  if (format === 'xml') return envelope([`<ERROR message="${escapeText(refusal.message.trim())}" />`]);
  const hresult = refusal.hresult === undefined ? '' : `hresult:${refusal.hresult.toString(16).padStart(8, '0')}, `;
  return `ERROR ( ${hresult}message:${refusal.message} )\n`;
}

const escapeText = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;').replaceAll('\n', '&#10;');
