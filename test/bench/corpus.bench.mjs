// Parsing and validating 1,000 web.configs against fast-xml-parser alone on the same bytes, in turns.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { build } from 'esbuild';
import { XMLParser } from 'fast-xml-parser';

const root = path.join(import.meta.dirname, '..', '..');
const count = 1_000;
const goal = 2;

/** The document and the configuration system, bundled from their sources. */
async function load() {
  const contents =
    "export { parseXml } from './src/xml/index.js'; export { validateDocument } from './src/config/index.js';";
  const result = await build({
    stdin: { contents, resolveDir: root, loader: 'ts' },
    bundle: true,
    format: 'esm',
    platform: 'node',
    write: false,
  });
  const code = Buffer.from(result.outputFiles[0].contents).toString('base64');
  return import(`data:text/javascript;base64,${code}`);
}

/** Every web.config of the fixtures and templates. */
function fixtures(folder) {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && /web\.config$/i.test(entry.name) && !/node_modules/.test(entry.parentPath))
    .map((entry) => readFileSync(path.join(entry.parentPath, entry.name)));
}

/** Real web.configs of the field, where a copy of them lies beside the repository: longer than the fixtures. */
function field() {
  const folder = path.join(root, '..', 'shared', 'corpus');
  return existsSync(folder) ? readdirSync(folder).map((name) => readFileSync(path.join(folder, name))) : [];
}

/** A file as somebody else would have written it: other names, other line ends, other indentation, a comment more. */
function variant(text, number) {
  const styles = [
    (each) => each,
    (each) => each.replace(/\r?\n/g, '\r\n'),
    (each) => each.replace(/^( +)/gm, (space) => '\t'.repeat(Math.ceil(space.length / 2))),
    (each) => each.replace(/>\s+</g, '><'),
    (each) => each.replace(/(<system\.webServer[^>]*>)/, '$1\n    <!-- checked by hand -->'),
  ];
  const styled = styles[number % styles.length](text);
  return Buffer.from(styled.replaceAll(/\bname="([^"{}]*)"/g, `name="$1 ${number % 7}"`));
}

/** The sources and variants of them, `count` files that both can read: what either refuses is no measure of the other. */
function corpusOf(sources, isReadable) {
  const made = sources.filter(isReadable).slice(0, count);
  const texts = made.map((bytes) => bytes.toString('utf8'));
  for (let number = 0; made.length < count; number++) {
    const bytes = variant(texts[number % texts.length], number);
    if (isReadable(bytes)) made.push(bytes);
  }
  return made;
}

const sizeOf = (corpus) => Math.round(corpus.reduce((sum, { length }) => sum + length, 0) / 1_000).toLocaleString('en');

/** Milliseconds of each, the best of many rounds in turns. */
function timeAll(calls, rounds) {
  const best = calls.map(() => Number.POSITIVE_INFINITY);
  for (let round = 0; round < rounds; round++) {
    calls.forEach((call, index) => {
      const start = process.hrtime.bigint();
      call();
      best[index] = Math.min(best[index], Number(process.hrtime.bigint() - start) / 1e6);
    });
  }
  return best;
}

/** Rows of { what, measured, against, ratio, goal, met }. */
export async function run(rounds = 12) {
  const { parseXml, validateDocument } = await load();
  const alone = new XMLParser({ ignoreAttributes: false, preserveOrder: true });
  const isReadable = (bytes) => {
    try {
      parseXml(bytes);
      alone.parse(bytes);
      return true;
    } catch {
      return false;
    }
  };
  const own = [...fixtures(path.join(root, 'test', 'fixtures')), ...fixtures(path.join(root, 'templates'))];
  const sets = [['the fixtures and variants of them', corpusOf(own, isReadable)]];
  const real = field().filter(isReadable);
  if (real.length > 0) sets.push([`${real.length} from the field and variants of them`, corpusOf(real, isReadable)]);
  return sets.map(([what, corpus]) => {
    const ours = () => {
      for (const bytes of corpus) validateDocument(parseXml(bytes));
    };
    const theirs = () => {
      for (const bytes of corpus) alone.parse(bytes);
    };
    const [measured, against] = timeAll([ours, theirs], rounds);
    const ratio = measured / against;
    return {
      what: `Parse and validate ${corpus.length.toLocaleString('en')} web.configs, ${sizeOf(corpus)} KB (${what})`,
      measured: `${measured.toFixed(0)} ms`,
      against: `fast-xml-parser alone: ${against.toFixed(0)} ms`,
      ratio: ratio.toFixed(2),
      goal: `at most ${goal}`,
      met: ratio <= goal,
    };
  });
}

if (process.argv[1] === import.meta.filename) console.table(await run());
