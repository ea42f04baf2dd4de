import { createGzip } from 'node:zlib';
import { plural, size as sizeText } from '../../amounts.js';
import { drained, openRegularFile } from '../../files/index.js';
import { appChanged, type PackedApp, type PackedFile } from '../../pack/index.js';
import type { Session } from '../../ssh/index.js';
import type { Reporter } from '../reporter.js';
import { groupDigests, groupOf } from './file-groups.js';
import { listed, type Need, type SentList } from './wire.js';

const step = { id: 'send-app', title: 'Send the app' };
const progressEvery = 4 * 1024 * 1024;

/** Sends what the server lacks of an app: its list of files, or the contents of some, as one compressed stream. */
export async function sendApp(
  { files, sources }: PackedApp,
  need: Need,
  session: Session,
  reporter: Reporter,
  signal: AbortSignal | undefined,
): Promise<void> {
  if (need === 'nothing') return;
  if ('list' in need) {
    await session.sendData(compressed([Buffer.from(JSON.stringify(listFor(files, need.list)))]));
    return;
  }
  if (need.length === 0) return;
  const wanted = need.flatMap((index) => files[index] ?? []);
  const total = wanted.reduce((sum, file) => sum + file.size, 0);
  await reporter.step(step, async ({ setPhase }) => {
    let [sent, told] = [0, 0];
    const count = (bytes: number): void => {
      sent += bytes;
      if (sent - told < progressEvery) return;
      told = sent;
      setPhase('doing', `${sizeText(sent)} of ${sizeText(total)} read`);
    };
    const before = session.sent;
    await session.sendData(compressed(contentsOf(wanted, sources, count, signal)));
    const same = files.length - wanted.length;
    const note = `(send ${plural(wanted.length, 'file')}, ${sizeText(total)}, as ${sizeText(session.sent - before)}${same === 0 ? '' : `; ${same} are there`})`;
    reporter.note(step, 'doing', note);
  });
}

/** What differs from the release that the server compares with. @param there the digests of its groups. */
function listFor(files: readonly PackedFile[], there: Readonly<Record<string, string>>): SentList {
  const here = groupDigests(files);
  const isSame = (group: string): boolean => Object.hasOwn(there, group) && there[group] === here[group];
  return {
    without: Object.keys(there).filter((group) => !isSame(group)),
    files: files.filter(({ path }) => !isSame(groupOf(path))).map(listed),
  };
}

async function* contentsOf(
  wanted: readonly PackedFile[],
  sources: PackedApp['sources'],
  count: (bytes: number) => void,
  signal: AbortSignal | undefined,
): AsyncGenerator<Buffer, void, void> {
  for (const { path, size } of wanted) {
    const { handle } = await openRegularFile(sources.get(path) ?? '');
    try {
      let left = size;
      for await (const part of handle.createReadStream({ autoClose: false })) {
        signal?.throwIfAborted();
        const bytes = part as Buffer;
        left -= bytes.length;
        count(bytes.length);
        if (left < 0) break;
        yield bytes;
      }
      // The server compares its hash.
      if (left !== 0) throw appChanged(path, 'sent', 'release');
    } finally {
      await handle.close();
    }
  }
}

/** Not `pipe`, which loses the source's errors. */
export async function* compressed(parts: AsyncIterable<Buffer> | Iterable<Buffer>): AsyncGenerator<Buffer, void, void> {
  const gzip = createGzip({ level: 6 });
  const feeding = (async () => {
    for await (const part of parts) {
      if (!gzip.write(part)) await drained(gzip);
    }
    gzip.end();
  })().catch((error: unknown) => void gzip.destroy(error as Error));
  for await (const part of gzip) yield part as Buffer;
  await feeding;
}
