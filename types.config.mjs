// npm run build, second half: the declarations of the library, one file for each of its public files and what they share beside them.
// As tsc writes them, one for each module, they would be more than two hundred files.
import { spawnSync } from 'node:child_process';
import { copyFileSync, readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import { rollup } from 'rollup';
import { dts } from 'rollup-plugin-dts';

const root = import.meta.dirname;
const types = path.join(root, 'dist', 'types');
/** Where tsc writes (tsconfig.build.json): below node_modules the plugin would take no file. */
const written = path.join(root, 'dist', 'modules');

/** Packages that are bundled, so that no one who uses this one has them: their declarations come along. */
const bundled = {
  acorn: path.join(root, 'node_modules', 'acorn', 'dist', 'acorn.d.ts'),
  ws: path.join(root, 'node_modules', '@types', 'ws', 'index.d.mts'),
};

const tsc = path.join(root, 'node_modules', 'typescript', 'bin', 'tsc');
const { status } = spawnSync(process.execPath, [tsc, '-p', 'tsconfig.build.json'], { cwd: root, stdio: 'inherit' });
if (status !== 0) process.exit(status ?? 1);

/** `./dist/types/config.d.ts` is src/config/index.ts. */
const { exports } = JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8'));
const names = Object.values(exports).flatMap((entry) => (entry.types ? [path.basename(entry.types, '.d.ts')] : []));
const sourceOf = (name) => path.join(written, ...(name === 'index' ? [] : [name]), 'index.d.ts');

const bundle = await rollup({
  input: Object.fromEntries(names.map((name) => [name, sourceOf(name)])),
  plugins: [dts()],
  external: (id) => id.startsWith('node:') || Object.hasOwn(bundled, id),
  onwarn(warning) {
    // That a public type names one that is not public is meant.
    if (warning.plugin !== 'dts' || !/with no public re-export/.test(warning.message)) throw new Error(warning.message);
  },
});
rmSync(types, { recursive: true, force: true });
const { output } = await bundle.write({
  dir: types,
  format: 'es',
  entryFileNames: '[name].d.ts',
  chunkFileNames: '[name].ts', // a chunk has the name of a module: `types.d`
  minifyInternalExports: false,
  paths: Object.fromEntries(Object.keys(bundled).map((name) => [name, `./${name}.js`])),
});
rmSync(written, { recursive: true });
for (const [name, file] of Object.entries(bundled)) {
  if (output.some(({ code }) => code.includes(`from './${name}.js'`)))
    copyFileSync(file, path.join(types, `${name}.d.ts`));
}
