import { createRequire } from 'node:module';
import { beforeAll, describe, expect, it } from 'vitest';
import { Language, type Node, Parser } from 'web-tree-sitter';
import { batch } from '../../../src/deploy/script/batch.js';
import { powerShell } from '../../../src/deploy/script/power-shell.js';
import type { Script } from '../../../src/deploy/script/script.js';
import { randomFrom, seed } from '../../support/seed.js';
import { partsOf, plans } from './plans.js';

const grammar = createRequire(import.meta.url).resolve('tree-sitter-powershell/tree-sitter-powershell.wasm');
const parser: { parse(text: string): Node } = {
  parse: () => {
    throw new Error('not loaded yet');
  },
};

beforeAll(async () => {
  await Parser.init();
  const loaded = new Parser();
  loaded.setLanguage(await Language.load(grammar));
  parser.parse = (text) => {
    const tree = loaded.parse(text);
    if (tree === null) throw new Error('not parsed');
    return tree.rootNode;
  };
});

const scriptOf = (plan: (typeof plans)[keyof typeof plans], name: string): Script => ({
  title: 'Deploys the app.',
  name,
  folder: 'dante',
  checks: [],
  parts: partsOf(plan),
  look: {
    isChecked: true,
    bindings: ['list', 'site', `/site.name:${plan.siteName}`, '/text:bindings'],
    path: '/dante/',
  },
});

/** A string in single quotes, or a word without quotes. */
const literal = (text: string): string =>
  /^'[\s\S]*'$/.test(text) ? text.slice(1, -1).replace(/(['’])\1/g, '$1') : text;

/** What the program gets: Windows PowerShell 5 leaves `\"` as it is, and the C runtime reads a quote. */
const unescaped = (text: string): string =>
  text.replace(/(\\*)\\"/g, (_all, before: string) => `${before.slice(before.length / 2)}"`);

/** `('/physicalPath:' + $app + '')` is `/physicalPath:<app>`. */
function argumentOf(node: Node): string {
  if (!node.text.startsWith('(')) return unescaped(literal(node.text));
  const parts = node.descendantsOfType(['string_literal', 'variable']).flatMap((one) => (one === null ? [] : [one]));
  return parts
    .map(({ type, text }) => (type === 'variable' ? `<${text.slice(1)}>` : unescaped(literal(text))))
    .join('');
}

const programs: Readonly<Record<string, string>> = {
  $appcmd: 'appcmd',
  '"$env:SystemRoot\\System32\\icacls.exe"': 'icacls',
  '"$env:SystemRoot\\System32\\netsh.exe"': 'netsh',
  '"$env:SystemRoot\\System32\\sc.exe"': 'sc',
  '"$env:SystemRoot\\System32\\net.exe"': 'net',
  '"$env:SystemRoot\\System32\\fc.exe"': 'fc',
  'New-Item': 'mkdir',
};

/** Every command line that runs a program, in order. */
function commandsOfPowerShell(text: string): string[][] {
  return parser
    .parse(text)
    .descendantsOfType('command')
    .flatMap((command) => {
      const program = programs[command?.childForFieldName('command_name')?.text ?? ''];
      const elements = command?.childForFieldName('command_elements')?.namedChildren ?? [];
      if (program === undefined) return [];
      const args = elements.flatMap((one) =>
        one === null || one.type === 'command_argument_sep' ? [] : [argumentOf(one)],
      );
      return [[program, ...(program === 'mkdir' ? args.slice(-1) : args)]];
    });
}

/** The words of a line of a .bat as cmd.exe and the C runtime read them; a variable is `<name>`. */
function wordsOfBatch(line: string): string[] {
  const words: string[] = [];
  let word: string | undefined;
  let isQuoted = false;
  const shown = line.replace(/%%|%(\w+)%/g, (_all, name?: string) =>
    name === undefined ? '%' : `<${name.toLowerCase()}>`,
  );
  for (let at = 0; at < shown.length; at += 1) {
    const letter = shown[at] ?? '';
    if (letter === '^') continue;
    if (
      letter === '\\' &&
      shown
        .slice(at + 1)
        .replace(/^\^/, '')
        .startsWith('"')
    ) {
      word = `${word ?? ''}"`;
      at += shown[at + 1] === '^' ? 2 : 1;
    } else if (letter === '"') {
      isQuoted = !isQuoted;
      word ??= '';
    } else if (letter === ' ' && !isQuoted) {
      if (word !== undefined) words.push(word);
      word = undefined;
    } else word = (word ?? '') + letter;
  }
  return word === undefined ? words : [...words, word];
}

function commandsOfBatch(text: string): string[][] {
  return text.split('\r\n').flatMap((line) => {
    const [, command = ''] =
      /("%APPCMD%" .*|"%SystemRoot%.System32.(?:icacls|netsh|sc|net|fc)\.exe".*|(?<!\S)mkdir .*)$/.exec(line) ?? [];
    if (command === '' || line.startsWith('rem') || /exist "%APPCMD%"/.test(line)) return [];
    const [program = '', ...args] = wordsOfBatch(command.replace(/ >("%ANSWER%"|nul)$/, ''));
    return [[program.replace('<appcmd>', 'appcmd').replace(/^.*\\(\w+)\.exe$/, '$1'), ...args]];
  });
}

/** The undo for later is at the end of a .bat, and first in a .ps1. */
function sectionsOfBatch(text: string): string[] {
  const [first = '', rest = ''] = text.split('\r\n:failed\r\n');
  const [undo = '', remove = ''] = rest.split('\r\n:remove\r\n');
  return [first, undo, remove];
}

function sectionsOfPowerShell(text: string): string[] {
  const [head = '', rest = ''] = text.split("\r\nif ($Action -eq 'undo') {\r\n");
  const [remove = '', work = ''] = rest.split('\r\n}\r\n\r\n# What is there now');
  const [first = '', undo = ''] = work.split('\r\n} catch {\r\n  Write-Output "$_"');
  expect(head).not.toBe('');
  return [first, undo, remove];
}

describe('a .ps1', () => {
  it.each(Object.entries(plans))('is PowerShell, and runs the commands of the .bat in its order: %s', (_name, plan) => {
    const text = powerShell(scriptOf(plan, 'x.ps1'));
    expect(parser.parse(text).hasError).toBe(false);
    const [ofPowerShell, ofBatch] = [
      sectionsOfPowerShell(text).map(commandsOfPowerShell),
      sectionsOfBatch(batch(scriptOf(plan, 'x.bat'))).map(commandsOfBatch),
    ];
    expect(ofBatch.map(({ length }) => length > 3)).toEqual([true, true, true]);
    // A list of arguments is one variable in both.
    expect(ofPowerShell).toEqual(ofBatch);
  });

  it('is distinguished from a text that is not PowerShell', () => {
    const text = powerShell(scriptOf(plans['below a site'], 'x.ps1'));
    expect(parser.parse(text.replace(/'\r\n/, '\r\n')).hasError).toBe(true);
    expect(parser.parse(text.replace('} catch {', 'catch {')).hasError).toBe(true);
  });

  it('keeps names that have characters of PowerShell', () => {
    const random = randomFrom(seed);
    const letters = [..."a Z0'`$(){}[]@;#%^!~.,-+ä–’", '$env:x', '$(calc)', "'+$x+'"];
    for (let count = 0; count < 8; count += 1) {
      const name = `n${Array.from({ length: 12 }, () => letters[Math.floor(random() * letters.length)]).join('')}n`;
      const plan = { ...plans['below a site'], poolName: name, siteName: name };
      const text = powerShell(scriptOf(plan, 'x.ps1'));
      expect(parser.parse(text).hasError, name).toBe(false);
      const commands = sectionsOfPowerShell(text).flatMap(commandsOfPowerShell);
      expect(commands).toContainEqual(['appcmd', 'add', 'apppool', `/name:${name}`]);
      expect(commands).toContainEqual(['appcmd', 'set', 'app', `${name}/dante`, '/preloadEnabled:true']);
    }
  });
});
