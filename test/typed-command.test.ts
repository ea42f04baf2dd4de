import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, it } from 'vitest';
import { forFolder, iisnodeSock, typedCommand } from '../src/typed-command.js';

const src = path.join(import.meta.dirname, '..', 'src');
const files = readdirSync(src, { recursive: true, encoding: 'utf8' }).filter((name) => /\.(ts|cjs)$/.test(name));
const textOf = (name: string): string => readFileSync(path.join(src, name), 'utf8');
const declared = files.filter((name) => path.dirname(name) === path.join('commands', 'declare'));
const commands = declared.flatMap((name) =>
  [...textOf(name).matchAll(/\.command\('(\w+)/g)].map(([, command]) => command),
);
/** The name of the program with a command or an option: `iisnode-sock: allow RULE` and the name alone are none. */
const typed = new RegExp(`(?<!npx )iisnode-sock (?:${commands.join('|')}|\\.\\.\\.|-|\\$\\{)`);

const withoutComments = (code: string): string => code.replace(/\/\*[\s\S]*?\*\/|^\s*\/\/.*$/gm, '');
const hintsIn = (code: string): string[] =>
  withoutComments(code)
    .split('\n')
    .filter((line) => typed.test(line) || /['"]iisnode-sock['"], \[/.test(line));

it('is how every command line in a text begins', () => {
  expect(iisnodeSock).toBe('npx iisnode-sock');
  expect(typedCommand(['deploy', 'my app'])).toBe('npx iisnode-sock deploy "my app"');
  expect(commands).toContain('doctor');
  const written = files.filter((name) => name !== 'typed-command.ts').flatMap((name) => hintsIn(textOf(name)));
  expect(written).toEqual([]);
});

it.each([
  "next: 'iisnode-sock doctor finds the place',",
  "next: 'then: iisnode-sock deploy dante',",
  `next: \`iisnode-sock \${command} .\`,`,
  "next: 'see iisnode-sock --help',",
  "  format: (args) => commandLine('iisnode-sock', ['appcmd', ...args]),",
])('is missed in %s', (line) => {
  expect(hintsIn(line)).toEqual([line]);
});

it.each([
  `next: \`\${iisnodeSock} doctor\`,`,
  "next: 'npx iisnode-sock doctor',",
  "what: 'this is a bug in iisnode-sock',",
  "const field = text?.includes('iisnode-sock:');",
  '  // Written by iisnode-sock init.',
])('is not asked of %s', (line) => {
  expect(hintsIn(line)).toEqual([]);
});

const app = path.resolve('/srv/my app');

it.each([
  ['init . --path /x, or --path /y here', `init "${app}" --path /x, or --path /y here`],
  ['doctor finds the place', `doctor "${app}" finds the place`],
  ['doctor --fix', `doctor "${app}" --fix`],
  ['logs', `logs "${app}"`],
  ['logs, then: npx iisnode-sock doctor', `logs "${app}", then: npx iisnode-sock doctor "${app}"`],
  ['trace URL shows which rule', `trace URL --dir "${app}" shows which rule`],
  ['trace http://web1/x/ shows which rule', `trace http://web1/x/ --dir "${app}" shows which rule`],
  ['trace "http://web1/x?a&b"; then', `trace "http://web1/x?a&b" --dir "${app}"; then`],
])('%s is for the app in a folder', (text, wanted) => {
  expect(forFolder(`use npx iisnode-sock ${text}`, app)).toBe(`use npx iisnode-sock ${wanted}`);
  expect(forFolder(forFolder(`npx iisnode-sock ${text}`, app), app)).toBe(`npx iisnode-sock ${wanted}`);
  expect(forFolder(`npx iisnode-sock ${text}`, path.resolve('.'))).toBe(`npx iisnode-sock ${text}`);
});

it('is for the same place in the site, where doctor would look at another', () => {
  const options = ['--path', '/x y'];
  expect(forFolder('npx iisnode-sock doctor --fix, or npx iisnode-sock logs', app, app, options)).toBe(
    `npx iisnode-sock doctor "${app}" --path "/x y" --fix, or npx iisnode-sock logs "${app}"`,
  );
  expect(forFolder('npx iisnode-sock doctor; npx iisnode-sock init . --path /z', path.resolve('.'), '.', options)).toBe(
    'npx iisnode-sock doctor --path "/x y"; npx iisnode-sock init . --path /z',
  );
});

it.each([
  'npx iisnode-sock doctor https://web1/dante/',
  'npx iisnode-sock trace http://web1/dante/ --dir dante',
  'npx iisnode-sock trace "http://web1/x?a&b" --dir dante',
  'npx iisnode-sock trace /dante/ --apphost host.config',
  'npx iisnode-sock doctor URL --expect /path=200',
  'npx iisnode-sock doctor ./dante',
  'npx iisnode-sock init .config',
  'the rule that npx iisnode-sock init writes',
  'npx iisnode-sock status',
])('%s is left as it is', (text) => {
  expect(forFolder(text, app)).toBe(text);
});
