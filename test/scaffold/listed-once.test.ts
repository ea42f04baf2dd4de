import { expect, it, vi } from 'vitest';
import { init } from '../support/init.js';
import { folderWith, talk, textsIn } from './workspace.js';

/** The folders that were listed. */
const listed = vi.hoisted((): string[] => []);
vi.mock('../../src/source/folder.js', async (original) => {
  const real = await original<typeof import('../../src/source/folder.js')>();
  const readFolder: typeof real.readFolder = (root, alone) => {
    listed.push(root);
    return real.readFolder(root, alone);
  };
  return { ...real, readFolder };
});

const server = "require('http').createServer().listen(3000);\n";

it.each(['auto', 'always', 'never'] as const)(
  'init lists the folder of an app once, with the loader %s',
  async (loader) => {
    listed.length = 0;
    const directory = folderWith({ 'package.json': '{ "name": "chat", "main": "server.js" }', 'server.js': server });
    const { kind } = await init({ directory, path: '/chat', loader }, talk());
    expect(kind).toBe('adopted');
    expect(Object.keys(textsIn(directory))).toContain('web.config');
    expect(listed).toEqual([directory]);
  },
);

it('a new app needs one list of its folder as well', async () => {
  listed.length = 0;
  const directory = folderWith({});
  const { kind } = await init({ directory, template: 'minimal', path: '/', install: false }, talk());
  expect(kind).toBe('scaffolded');
  expect(listed).toEqual([directory]);
});
