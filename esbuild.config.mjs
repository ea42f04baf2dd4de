// npm run build: src -> dist. CommonJS files for the command line's front, trace and doctor (fast start, in parts), ESM chunks for the rest.
import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { brotliCompressSync } from 'node:zlib';
import { build, transform } from 'esbuild';

const { version } = JSON.parse(await readFile(new URL('package.json', import.meta.url), 'utf8'));
const shared = {
  absWorkingDir: import.meta.dirname,
  bundle: true,
  platform: 'node',
  target: 'node20',
  define: { BUILD_VERSION: JSON.stringify(version) },
  logLevel: 'warning',
  metafile: true,
  write: false,
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

/** Commands in files of their own, which the front loads with require: that is faster. */
const alone = ['trace', 'doctor'];
/** The front loads a command's own code only when that command runs. */
const lazyCommands = {
  name: 'lazy-commands',
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^\.\/commands\/index\.js$/ }, () => ({ path: './commands.js', external: true }));
    for (const name of alone) {
      onResolve({ filter: new RegExp(`^\\./commands/${name}-alone\\.js$`) }, () => ({
        path: name,
        namespace: 'required',
      }));
      onResolve({ filter: new RegExp(`^\\./${name}\\.cjs$`) }, ({ path: own }) => ({ path: own, external: true }));
    }
    onLoad({ filter: /.*/, namespace: 'required' }, ({ path: name }) => ({
      contents: `module.exports = require('./${name}.cjs');`,
    }));
  },
};

/** What takes long to load, and most apps do not need: TypeScript's parser takes 30 ms. Required when it is called, as imports cannot be. */
const whenCalled = { 'typed-parser': 'typedParser', 'yaml-text': 'yamlValue' };
const lazySources = {
  name: 'lazy-sources',
  setup({ onResolve, onLoad }) {
    const names = Object.keys(whenCalled).join('|');
    onResolve({ filter: new RegExp(`^\\./(${names})\\.js$`) }, ({ path: file }) => ({
      path: path.basename(file, '.js'),
      namespace: 'when-called',
    }));
    onResolve({ filter: new RegExp(`^\\./(${names})\\.cjs$`) }, ({ path: file }) => ({ path: file, external: true }));
    onLoad({ filter: /.*/, namespace: 'when-called' }, ({ path: name }) => ({
      contents: `export const ${whenCalled[name]} = (word) => require('./${name}.cjs').${whenCalled[name]}(word);`,
    }));
  },
};

/** Of what `trace` seldom needs the most part is acorn: a file of its own, loaded when one of these is imported. */
const traceLater = 'src/commands/trace-later.ts';
const seldomTraced = {
  name: 'seldom-traced',
  async setup({ onResolve }) {
    const listed = (await readFile(path.join(import.meta.dirname, traceLater), 'utf8')).matchAll(/([\w-]+)\.js'/g);
    const names = Array.from(listed, ([, name]) => name).join('|');
    onResolve({ filter: new RegExp(`/(?:${names})\\.js$`) }, ({ kind }) =>
      kind === 'dynamic-import' ? { path: './trace-later.cjs', external: true } : undefined,
    );
  },
};
/** Files that are bundled one by one, and load each other, have one class UserError. */
const oneUserError = {
  name: 'one-user-error',
  setup({ onResolve }) {
    const own = path.join(import.meta.dirname, 'src', 'errors.js');
    onResolve({ filter: /\/errors\.js$/ }, ({ path: file, resolveDir }) =>
      path.join(resolveDir, file) === own ? { path: './errors.cjs', external: true } : undefined,
    );
  },
};

/** The tables of code pages are half a megabyte, which only a Windows with letters outside ASCII needs: a file of its own. */
const lazyCodePages = {
  name: 'lazy-code-pages',
  setup({ onResolve }) {
    onResolve({ filter: /^iconv-lite$/ }, ({ kind }) =>
      kind === 'dynamic-import' ? { path: './iconv-lite.cjs', external: true } : undefined,
    );
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
  // In one file, without what only the doctor needs of the modules that both have: that takes a sixth of its time.
  inOneFile({ trace: 'src/commands/trace-alone.ts' }, [seldomTraced, oneUserError]),
  inOneFile({ 'trace-later': traceLater }, [oneUserError]),
  inOneFile({ errors: 'src/errors.ts' }, []),
  inParts({ doctor: 'src/commands/doctor-alone.ts' }),
  build({
    ...shared,
    entryPoints: {
      'typed-parser': 'src/source/typed-parser.ts',
      'yaml-text': 'src/source/yaml-text.ts',
      'iconv-lite': 'iconv-lite',
    },
    charset: 'utf8', // the tables of code pages would be a third longer in escapes
    format: 'cjs',
    outExtension: { '.js': '.cjs' },
    outdir: 'dist',
    minify: true,
  }),
  // One file with all that it needs: deploy sends it to a server.
  build({
    ...shared,
    entryPoints: { 'on-server': 'src/deploy/on-server/main.ts' },
    charset: 'utf8',
    format: 'cjs',
    outExtension: { '.js': '.cjs' },
    outdir: 'dist',
    minify: true,
    external: ['socket.io', 'fsevents'],
    define: { ...shared.define, 'import.meta.url': 'ownUrl' },
    banner: { js: "const ownUrl = require('node:url').pathToFileURL(__filename).href;" },
  }),
  build({
    ...shared,
    entryPoints: {
      commands: 'src/commands/index.ts',
      index: 'src/index.ts',
      daemon: 'src/host/daemon.ts',
      apart: 'src/commands/apart-thread.ts',
      config: 'src/config/index.ts',
      rewrite: 'src/rewrite/index.ts',
      webconfig: 'src/webconfig/index.ts',
    },
    format: 'esm',
    splitting: true,
    outdir: 'dist',
    chunkNames: 'chunk-[hash]',
    minify: true,
    // Loading execa, ws and the others file by file costs 100 ms a command (npm run bench); socket.io is the app's.
    external: ['socket.io'],
    plugins: [lazySources, lazyCodePages],
    banner: {
      js: "import { createRequire as requireFor } from 'node:module'; const require = requireFor(import.meta.url);",
    },
  }),
]);
const files = new Map(
  built.flatMap(({ outputFiles }) => outputFiles.map((file) => [path.basename(file.path), file.contents])),
);
// It is only sent, so it may be small: a megabyte less to install.
files.set('on-server.cjs.br', brotliCompressSync(files.get('on-server.cjs') ?? Buffer.alloc(0)));
files.delete('on-server.cjs');
// Most apps do not need them: 450 kB less to install.
for (const name of ['iconv-lite.cjs', 'typed-parser.cjs', 'yaml-text.cjs']) {
  files.set(`${name}.br`, brotliCompressSync(files.get(name) ?? Buffer.alloc(0)));
  files.set(name, Buffer.from(unpacking(`${name}.br`)));
}
files.set('interceptor.cjs', await readFile(path.join(import.meta.dirname, 'src/host/iisnode/interceptor.cjs')));
files.set('ask-registry.cjs', await readFile(path.join(import.meta.dirname, 'src/commands/update/ask-registry.cjs')));
files.set('ssh-bootstrap.cjs', await readFile(path.join(import.meta.dirname, 'src/ssh/bootstrap.cjs')));
files.set('trial-observer.cjs', await readFile(path.join(import.meta.dirname, 'src/doctor/trial/observer.cjs')));
files.set('live-page.html', await readFile(path.join(import.meta.dirname, 'src/inspect/page.html')));
files.set('THIRD-PARTY-LICENSES.txt', Buffer.from(await licences(built)));
for (const [name, content] of files) await put(path.join(dist, name), content);

// What an earlier build left is removed last: a program that runs meanwhile still finds its files.
for (const name of await readdir(dist)) {
  if (!files.has(name) && name !== 'types') await rm(path.join(dist, name));
}

/** In CommonJS, with all that it loads. */
function inOneFile(entryPoints, plugins) {
  return build({
    ...shared,
    entryPoints,
    format: 'cjs',
    outExtension: { '.js': '.cjs' },
    outdir: 'dist',
    minify: true,
    external: ['socket.io'],
    supported: { 'dynamic-import': false },
    plugins: [lazySources, lazyCodePages, ...plugins],
    define: { ...shared.define, 'import.meta.url': 'ownUrl' },
    banner: { js: "const ownUrl = require('node:url').pathToFileURL(__filename).href;" },
  });
}

/**
 * A command in CommonJS, with files of their own for what they share and what they load only when it is needed. esbuild splits ES modules
 * alone, so that each part is made CommonJS after it.
 */
async function inParts(entryPoints) {
  const { outputFiles, ...rest } = await build({
    ...shared,
    entryPoints,
    format: 'esm',
    splitting: true,
    outExtension: { '.js': '.cjs' },
    outdir: 'dist',
    chunkNames: 'part-[hash]',
    minify: true,
    external: ['socket.io'],
    plugins: [lazySources, lazyCodePages],
    define: { ...shared.define, 'import.meta.url': 'ownUrl' },
  });
  const parts = outputFiles.map(async ({ path: part, text }) => {
    const { code } = await transform(text, {
      format: 'cjs',
      platform: 'node',
      target: shared.target,
      minify: true,
      supported: { 'dynamic-import': false },
      banner: text.includes('ownUrl') ? "const ownUrl = require('node:url').pathToFileURL(__filename).href;" : '',
    });
    return { path: part, contents: Buffer.from(code) };
  });
  return { ...rest, outputFiles: await Promise.all(parts) };
}

/** A CommonJS file that is the packed one beside it. */
function unpacking(name) {
  return `'use strict';
const { readFileSync } = require('node:fs');
const { brotliDecompressSync } = require('node:zlib');
const text = brotliDecompressSync(readFileSync(require.resolve('./${name}'))).toString();
new Function('module', 'exports', 'require', text)(module, exports, require);
`;
}

/** In one step, and only where something changes: a program may start from it meanwhile, and another build be under way. */
async function put(file, content) {
  const before = await readFile(file).catch(() => undefined);
  if (before?.equals(content)) return;
  const parts = path.join(import.meta.dirname, 'node_modules', '.cache', 'build');
  await mkdir(parts, { recursive: true });
  const part = path.join(parts, `${process.pid}-${path.basename(file)}`);
  await writeFile(part, content);
  await rename(part, file);
}

/** The licence of every package that went into the bundle, as their licences ask for: texts that differ in their copyright alone are there once. */
async function licences(results) {
  const inputs = results.flatMap(({ metafile }) => Object.keys(metafile.inputs));
  const folders = new Set(inputs.flatMap((file) => /^.*node_modules\/(?:@[^/]+\/)?[^/]+/.exec(file)?.[0] ?? []));
  const texts = new Map();
  for (const folder of [...folders].sort()) {
    const { name, version, license } = JSON.parse(await readFile(path.join(folder, 'package.json'), 'utf8'));
    const file = (await readdir(folder)).find((each) => /^licen[cs]e(\.\w+)?$/i.test(each));
    const text = file === undefined ? `${license} license` : (await readFile(path.join(folder, file), 'utf8')).trim();
    const lines = text.split(/\r?\n/);
    const isOwner = (line) => /^\W*copyright (\(c\)|©|\d)/i.test(line);
    const body = lines
      .filter((line) => !isOwner(line))
      .join('\n')
      .trim();
    const key = body.replace(/\s+/g, ' ');
    const group = texts.get(key) ?? { body, packages: [] };
    group.packages.push([`${name} ${version}`, ...lines.filter(isOwner).map((line) => `  ${line.trim()}`)].join('\n'));
    texts.set(key, group);
  }
  const parts = [...texts.values()].map(({ body, packages }) => `${packages.join('\n')}\n\n${body}\n`);
  return parts.join(`\n${'-'.repeat(80)}\n\n`);
}
