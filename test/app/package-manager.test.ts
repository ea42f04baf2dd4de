import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { isInstalledApp, managerCommand, packageManagerOf } from '../../src/app/index.js';
import { folderWith } from '../scaffold/workspace.js';

describe('the package manager of an app', () => {
  it.each([
    [{}, 'npm'],
    [{ 'pnpm-lock.yaml': '' }, 'pnpm'],
    [{ 'yarn.lock': '' }, 'yarn'],
    [{ 'bun.lock': '' }, 'bun'],
    [{ 'bun.lockb': '' }, 'bun'],
    [{ 'yarn.lock': '', 'package-lock.json': '{}' }, 'npm'],
    [{ 'package.json': '{ "packageManager": "yarn@4.5.0+sha512.abc" }', 'package-lock.json': '{}' }, 'yarn'],
    [{ 'package.json': '{ "packageManager": 4 }' }, 'npm'],
    [{ 'package.json': 'not JSON', 'pnpm-lock.yaml': '' }, 'pnpm'],
  ])('of %j is %s', (files, name) => {
    const root = folderWith(files);
    expect(packageManagerOf(root)).toEqual({ name, root, linksPackages: false });
  });

  it('of a package in a workspace is that of the workspace', () => {
    const root = folderWith({ 'pnpm-workspace.yaml': '', 'apps/web/package.json': '{}' });
    expect(packageManagerOf(path.join(root, 'apps/web'))).toEqual({ name: 'pnpm', root, linksPackages: true });
  });
});

it.each([
  ['npm', 'install', '', 'npm install'],
  ['npm', 'install', 'my app', 'npm install --prefix "my app"'],
  ['npm', 'add --save-prod ws', '', 'npm install --save-prod ws'],
  ['pnpm', 'run build', 'web', 'pnpm --dir web run build'],
  ['pnpm', 'add --save-prod ws', '', 'pnpm add --save-prod ws'],
  ['yarn', 'install', 'web', 'yarn --cwd web install'],
  ['yarn', 'add --save-prod ws', '', 'yarn add ws'],
  ['bun', 'run build', 'web', 'bun run --cwd web build'],
  ['bun', 'install', 'web', 'bun install --cwd web'],
] as const)('%s %s in "%s"', (name, words, folder, command) => {
  expect(managerCommand(name, words, folder)).toBe(command);
});

describe('packages are installed', () => {
  const inWorkspace = (files: Readonly<Record<string, string>>): boolean =>
    isInstalledApp(path.join(folderWith({ 'package.json': '{ "workspaces": ["web"] }', ...files }), 'web'), ['ws']);

  it.each([
    ['in the own folder', { 'web/node_modules/a/x': '' }],
    ['in the folder of the workspace', { 'web/x': '', 'node_modules/ws/x': '' }],
    ["by yarn's Plug'n'Play", { 'web/x': '', '.pnp.cjs': '' }],
  ])('%s', (_where, files) => expect(inWorkspace(files)).toBe(true));

  it('or some are not', () => expect(inWorkspace({ 'web/x': '', 'node_modules/a/x': '' })).toBe(false));
});
