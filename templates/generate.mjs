// npm run templates: makes the templates' JavaScript from their TypeScript, the only source. `src/*.ts` and `src/lib/*.ts` of each
// template and adapter become `*.js` and `lib/*.js` beside src: types stripped, comments kept, imports as require, formatted.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { transformSync } from '@swc/wasm-typescript';
import { parse } from 'acorn';

const root = path.dirname(import.meta.dirname);

/** What the committed JavaScript has to be: absolute path -> text. Throws Error naming the file and what is wrong in it. */
export function generated() {
  const files = new Map();
  for (const source of sources()) {
    const target = source.replace(/([\\/])src[\\/]((?:lib[\\/])?[^\\/]+)\.ts$/, '$1$2.js');
    try {
      files.set(target, toCommonJs(readFileSync(source, 'utf8')));
    } catch (cause) {
      throw new Error(`${path.relative(root, source)}: ${cause.message ?? cause}`, { cause });
    }
  }
  return formatted(files);
}

/** Every .ts in src and src/lib of templates/NAME and templates/adapters/NAME: absolute. */
function sources() {
  return readdirSync(import.meta.dirname, { recursive: true, encoding: 'utf8' })
    .filter((file) => /^(?:adapters[\\/])?[^\\/]+[\\/]src[\\/](?:lib[\\/])?[^\\/]+(?<!\.d)\.ts$/.test(file))
    .sort()
    .map((file) => path.join(import.meta.dirname, file));
}

/** A TypeScript module as a CommonJS one, not yet formatted. Throws for what has no plain counterpart there. */
export function toCommonJs(typeScript) {
  const text = typeScript.replaceAll('\r\n', '\n');
  // Types become blanks, so every position stays what it was.
  const { code } = transformSync(text, { mode: 'strip-only', sourceMap: false });
  const { plain, comments } = withoutOrphans(text, code);
  const hands = { names: [], whole: undefined };
  const edits = parse(plain, { ecmaVersion: 'latest', sourceType: 'module' }).body.flatMap((node) => {
    if (node.type === 'ImportDeclaration') {
      if (comments.some(({ start, end }) => start >= node.start && end <= node.end)) {
        throw new Error('a comment within an import would be lost');
      }
      return [[node.start, node.end, requireOf(node)]];
    }
    return node.type.startsWith('Export') ? withoutExport(node, hands) : [];
  });
  const body = edits.reduceRight((all, [start, end, put]) => all.slice(0, start) + put + all.slice(end), plain);
  if (hands.whole !== undefined && hands.names.length > 0) throw new Error('export default beside other exports');
  const whole = hands.names.length > 0 ? `{ ${hands.names.join(', ')} }` : hands.whole?.name;
  return whole === undefined ? body : `${body.trimEnd()}\n\nmodule.exports = ${whole};\n`;
}

/** Blanks the comments of what was stripped away: those that stand directly above it, or behind it on its line. */
function withoutOrphans(text, code) {
  const comments = [];
  parse(code, { ecmaVersion: 'latest', sourceType: 'module', onComment: comments });
  let plain = code;
  for (const { start, end } of comments.toReversed()) {
    const below = end + /^[ \t]*\n?[ \t]*/.exec(text.slice(end))[0].length;
    const before = text.slice(text.lastIndexOf('\n', start - 1) + 1, start);
    const isBlanked = (from, to) => text.slice(from, to).trim() !== '' && plain.slice(from, to).trim() === '';
    const standsAlone = before.trim() === '';
    const isOrphan = standsAlone ? isBlanked(below, below + 1) : isBlanked(start - before.length, start);
    if (isOrphan) plain = plain.slice(0, start) + text.slice(start, end).replace(/[^\n]/g, ' ') + plain.slice(end);
  }
  return { plain, comments };
}

/** import { a as b } from './x' -> const { a: b } = require('./x.js'); */
function requireOf({ specifiers, source }) {
  const module = `require('${/^\.\.?\//.test(source.value) ? `${source.value.replace(/\.[jt]s$/, '')}.js` : source.value}')`;
  const whole = specifiers.filter(({ type }) => type !== 'ImportSpecifier').map(({ local }) => local.name);
  const named = specifiers
    .filter(({ type }) => type === 'ImportSpecifier')
    .map(({ imported, local }) => (imported.name === local.name ? local.name : `${imported.name}: ${local.name}`));
  if (whole.length > 1 || named.some((name) => /^(default|undefined)\b/.test(name))) {
    throw new Error(`the import from '${source.value}' has no plain counterpart with require`);
  }
  const statements = [
    ...whole.map((name) => `const ${name} = ${module};`),
    ...(named.length > 0 ? [`const { ${named.join(', ')} } = ${whole[0] ?? module};`] : []),
  ];
  return statements.length > 0 ? statements.join('\n') : `${module};`;
}

/** Takes `export` away, and notes in `hands` what the module hands out at its end. */
function withoutExport(node, hands) {
  if (node.type === 'ExportDefaultDeclaration') {
    const { id, start } = node.declaration;
    hands.whole = { name: id?.name };
    return [[node.start, start, id ? '' : 'module.exports = ']];
  }
  if (node.type !== 'ExportNamedDeclaration' || node.source) {
    throw new Error('an export from another module: import it, then export it');
  }
  if (!node.declaration) {
    const names = node.specifiers.map(({ local, exported }) =>
      local.name === exported.name ? local.name : `${exported.name}: ${local.name}`,
    );
    hands.names.push(...names);
    return [[node.start, node.end, '']];
  }
  const { id, kind, declarations, start } = node.declaration;
  const names = (declarations ?? [{ id }]).map((each) => each.id.name);
  if (kind === 'let' || kind === 'var' || names.includes(undefined)) {
    throw new Error(`an exported ${kind}: what is handed out once has to be a const with a name`);
  }
  hands.names.push(...names);
  return [[node.start, start, '']];
}

/** The texts as biome formats them. */
function formatted(files) {
  const folder = mkdtempSync(path.join(tmpdir(), 'templates-'));
  try {
    const { formatter, javascript } = JSON.parse(readFileSync(path.join(root, 'biome.json'), 'utf8'));
    writeFileSync(path.join(folder, 'biome.json'), JSON.stringify({ root: true, formatter, javascript }));
    const targets = [...files.keys()];
    const placeOf = (index) => path.join(folder, `${index}.js`);
    for (const [index, target] of targets.entries()) writeFileSync(placeOf(index), files.get(target));
    const biome = path.join(root, 'node_modules', '@biomejs', 'biome', 'bin', 'biome');
    execFileSync(process.execPath, [biome, 'format', '--write', folder], {
      cwd: folder,
      stdio: ['ignore', 'ignore', 'inherit'],
    });
    return new Map(targets.map((target, index) => [target, readFileSync(placeOf(index), 'utf8')]));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  for (const [file, text] of generated()) writeFileSync(file, text);
}
