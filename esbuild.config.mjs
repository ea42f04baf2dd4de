// npm run build: src -> dist. One CommonJS file for the command line's front (fast start), ESM chunks for the rest.
import { cp, mkdir, readdir, readFile, rm } from 'node:fs/promises';
import path from 'node:path';
import { build } from 'esbuild';

const { version } = JSON.parse(await readFile(new URL('package.json', import.meta.url), 'utf8'));
const shared = {
  absWorkingDir: import.meta.dirname,
  bundle: true,
  platform: 'node',
  target: 'node20',
  define: { BUILD_VERSION: JSON.stringify(version) },
  logLevel: 'warning',
  metafile: true,
};

/** commander loads child_process for subcommands that are programs of their own; we have none, and it costs 5 ms. */
const withoutChildProcess = {
  name: 'without-child-process',
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^(node:)?child_process$/ }, ({ importer }) =>
      importer.includes('commander') ? { path: 'child_process', namespace: 'empty' } : undefined,
    );
    onLoad({ filter: /.*/, namespace: 'empty' }, () => ({ contents: 'module.exports = {};' }));
  },
};

/** The front loads a command's own code only when that command runs. */
const lazyCommands = {
  name: 'lazy-commands',
  setup({ onResolve }) {
    onResolve({ filter: /^\.\/commands\/index\.js$/ }, () => ({ path: './commands.js', external: true }));
  },
};

const dist = path.join(import.meta.dirname, 'dist');
await mkdir(dist, { recursive: true });
const built = await Promise.all([
  build({
    ...shared,
    entryPoints: { cli: 'src/cli.ts' },
    format: 'cjs',
    outExtension: { '.js': '.cjs' },
    outdir: 'dist',
    minify: true,
    supported: { 'dynamic-import': true },
    plugins: [withoutChildProcess, lazyCommands],
  }),
  build({
    ...shared,
    entryPoints: { commands: 'src/commands/index.ts', index: 'src/index.ts', daemon: 'src/host/daemon.ts' },
    format: 'esm',
    splitting: true,
    outdir: 'dist',
    chunkNames: 'chunk-[hash]',
    packages: 'external',
  }),
]);
await cp(path.join(import.meta.dirname, 'src/host/iisnode/interceptor.cjs'), path.join(dist, 'interceptor.cjs'));

// What an earlier build left is removed last: a program that runs meanwhile still finds its files.
const wanted = built.flatMap(({ metafile }) => Object.keys(metafile.outputs).map((file) => path.basename(file)));
for (const name of await readdir(dist)) {
  if (![...wanted, 'interceptor.cjs', 'types'].includes(name)) await rm(path.join(dist, name));
}
