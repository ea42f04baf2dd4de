// npm run build, second half: the declarations of the library, as far as its public files reach. With all of our modules the package would
// have a thousand files more.
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, rmdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';

const root = import.meta.dirname;
const types = path.join(root, 'dist', 'types');
const tsc = path.join(root, 'node_modules', 'typescript', 'bin', 'tsc');
const { status } = spawnSync(process.execPath, [tsc, '-p', 'tsconfig.build.json'], { cwd: root, stdio: 'inherit' });
if (status !== 0) process.exit(status ?? 1);

/** Packages that are bundled, so that no one who uses this one has them: their declarations come along. */
const bundled = {
  acorn: path.join(root, 'node_modules', 'acorn', 'dist', 'acorn.d.ts'),
  ws: path.join(root, 'node_modules', '@types', 'ws', 'index.d.mts'),
};
/** `import { a } from`, `export type { a, b as c } from`, `export * from`; as tsc writes them. */
const fromAnother =
  /^(import|export)\s+(?:type\s+)?(?:\{(?<names>[^}]*)\}|\*(?: as \w+)?|\w+)\s+from\s+'(?<specifier>[^']+)';?\n/gm;
/** `import("./x.js").Name` in a type. */
const inType = /import\("(?<specifier>\.[^"]+)"\)\.(?<name>\w+)/g;
/** All names of a file. */
const all = '*';

/** The names that are needed of each file. */
const needed = new Map();
const queue = [];
function need(file, names) {
  const known = needed.get(file) ?? new Set();
  if (needed.has(file) && names.every((name) => known.has(name))) return;
  needed.set(file, new Set([...known, ...names]));
  queue.push(file);
}

/** `a, type b as c`: [{ name: 'a', as: 'a' }, { name: 'b', as: 'c' }]. */
const listed = (names) =>
  names
    .split(',')
    .map((each) => each.trim().replace(/^type /, ''))
    .filter((each) => each !== '')
    .map((each) => ({ name: each.split(' as ')[0].trim(), as: each.split(' as ').at(-1).trim() }));
const fileOf = (from, specifier) => path.join(path.dirname(from), specifier.replace(/\.js$/, '.d.ts'));

/** Of a line that exports from another file, the names that are needed. */
const wanted = (file, kind, names) => {
  const own = needed.get(file);
  return listed(names).filter(({ as }) => kind === 'import' || own.has(all) || own.has(as));
};

const { exports } = JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8'));
for (const entry of Object.values(exports)) if (entry.types) need(path.join(root, entry.types), [all]);
for (let file = queue.pop(); file !== undefined; file = queue.pop()) {
  const text = readFileSync(file, 'utf8');
  for (const { 1: kind, groups } of text.matchAll(fromAnother)) {
    if (!groups.specifier.startsWith('.')) continue;
    const names = groups.names === undefined ? [all] : wanted(file, kind, groups.names).map(({ name }) => name);
    if (names.length > 0) need(fileOf(file, groups.specifier), names);
  }
  for (const { groups } of text.matchAll(inType)) need(fileOf(file, groups.specifier), [groups.name]);
}

for (const file of needed.keys()) {
  const text = readFileSync(file, 'utf8');
  const ownNames = text.replace(/(from '|import\(")(\w+)(['"])/g, (found, before, name, after) =>
    bundled[name] === undefined ? found : before + besides(file, name, bundled[name]) + after,
  );
  const own = ownNames.replace(fromAnother, (line, kind, names, specifier) => {
    if (kind === 'import' || names === undefined || !specifier.startsWith('.')) return line;
    const left = wanted(file, kind, names);
    if (left.length === listed(names).length) return line;
    const kept = names.split(',').filter((each) => left.some(({ as }) => as === listed(each)[0]?.as));
    return left.length === 0 ? '' : line.replace(names, ` ${kept.map((each) => each.trim()).join(', ')} `);
  });
  if (own !== text) writeFileSync(file, own);
}

/** The specifier of a copy of a package's declarations. */
function besides(file, name, copy) {
  writeFileSync(path.join(types, `${name}.d.ts`), readFileSync(copy));
  const specifier = path.relative(path.dirname(file), path.join(types, `${name}.js`)).replaceAll(path.sep, '/');
  return specifier.startsWith('.') ? specifier : `./${specifier}`;
}

const kept = new Set([...needed.keys(), ...Object.keys(bundled).map((name) => path.join(types, `${name}.d.ts`))]);
for (const entry of readdirSync(types, { recursive: true, withFileTypes: true })) {
  const file = path.join(entry.parentPath, entry.name);
  if (entry.isFile() && !kept.has(file)) rmSync(file);
}
removeEmptyFolders(types);

function removeEmptyFolders(folder) {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    if (entry.isDirectory()) removeEmptyFolders(path.join(folder, entry.name));
  }
  if (existsSync(folder) && readdirSync(folder).length === 0) rmdirSync(folder);
}
