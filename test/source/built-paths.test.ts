import { describe, expect, it } from 'vitest';
import { readBuiltPaths, readFolder } from '../../src/source/index.js';
import { folderWith } from '../scaffold/workspace.js';

const pathsOf = (files: Readonly<Record<string, string>>): string[] =>
  readBuiltPaths(readFolder(folderWith(files), false)).map(({ setting, path }) => `${setting} ${path}`);

describe('the path that a framework builds into an app', () => {
  it.each([
    ['next.config.js', "module.exports = { basePath: '/chat' };", 'basePath /chat'],
    ['web/nuxt.config.ts', "export default { app: { baseURL: '/chat/' } };", 'app.baseURL /chat'],
    ['astro.config.mjs', "export default defineConfig({ base: '/chat' });", 'base /chat'],
    ['react-router.config.ts', "export default { ssr: true, basename: '/chat/' } satisfies Config;", 'basename /chat'],
    ['svelte.config.js', "export default { kit: { paths: { base: '/chat' } } };", 'kit.paths.base /chat'],
  ])('is in %s', (file, text, path) => expect(pathsOf({ [file]: text })).toEqual([path]));

  it.each([
    ['a site of its own', 'docs/astro.config.mjs', "export default defineConfig({ base: '/docs' });"],
    ['a tool of the framework', 'astro.config.mjs', "export default defineConfig({ vite: { base: '/docs' } });"],
    ['another key', 'svelte.config.js', "export default { kit: { version: { base: '/chat' } } };"],
    ['a variable', 'react-router.config.ts', 'export default { basename: process.env.BASE } satisfies Config;'],
  ])('is not that of %s', (_what, file, text) => expect(pathsOf({ [file]: text })).toEqual([]));
});
