import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { Language, Parser } from 'web-tree-sitter';
import { scripts, shapeOf } from '../../src/commands/completion/index.js';
import { buildProgram } from '../../src/commands/program.js';
import { temporaryFolder } from '../support/cli.js';

const rules = ['MALFORMED_XML', 'WEBSOCKET_MODULE_ENABLED', 'WEBSOCKET_FAILED'];
const shape = shapeOf(
  buildProgram(() => async () => undefined),
  rules,
);
const environment = { ...process.env, HOME: '', TERM: 'xterm' };
let folder = '';

const scriptOf = (shell: keyof typeof scripts): string => {
  const file = path.join(folder, `script.${shell}`);
  writeFileSync(file, scripts[shell](shape));
  return file;
};

beforeAll(async () => {
  const made = await temporaryFolder();
  folder = made.folder;
  environment.HOME = folder;
  mkdirSync(path.join(folder, 'dante'));
  writeFileSync(
    path.join(folder, 'package.json'),
    JSON.stringify({ 'iisnode-sock': { targets: { production: { to: 'iis' }, proof: { to: 'iis' } } } }),
  );
  return made.remove;
});

/** What is typed, with all that it may become. */
const lines: readonly (readonly [typed: string, candidates: readonly string[]])[] = [
  ['iisnode-sock de', ['deploy']],
  ['npx iisnode-sock de', ['deploy']],
  ['npx -y iisnode-sock@latest de', ['deploy']],
  ['iisnode-sock init --ad', ['--adapter']],
  ['iisnode-sock --no-color init --template mi', ['minimal']],
  ['iisnode-sock init --template=ch', ['--template=chat']],
  ['npx iisnode-sock doctor --only WEBSOCKET_M', ['WEBSOCKET_MODULE_ENABLED']],
  ['iisnode-sock doctor --skip MALFORMED_XML,WEBSOCKET_F', ['MALFORMED_XML,WEBSOCKET_FAILED']],
  ['iisnode-sock deploy --to em', ['embedded']],
  ['iisnode-sock deploy --target prod', ['production']],
  ['iisnode-sock undeploy proo', ['proof']],
  ['iisnode-sock serve da', ['dante/']],
  ['iisnode-sock status da', ['dante/']],
  ['iisnode-sock status proo', ['proof']],
  ['iisnode-sock help capa', ['capacity']],
  ['iisnode-sock completion po', ['powershell']],
];

describe('the script for bash', () => {
  it('offers what can be typed', () => {
    const asked = lines.map(([typed]) => {
      // bash makes three words of --template=ch.
      const words = typed.split(' ').flatMap((word) => word.split(/(?<=^--\w+)(=)/).filter((part) => part !== ''));
      return `COMP_WORDS=(${words.join(' ')}); COMP_CWORD=${words.length - 1}; _iisnode_sock; echo "\${COMPREPLY[*]}"`;
    });
    const all = ['--posix', '-c', ['set +o posix', `source ${scriptOf('bash')}`, ...asked].join('\n')];
    const { stdout, stderr } = spawnSync('bash', all, { cwd: folder, env: environment, encoding: 'utf8' });
    expect(stderr).toBe('');
    const wanted = lines.map(([, found]) =>
      found
        .join(' ')
        .replace(/^--template=/, '')
        .replace(/\/$/, ''),
    );
    expect(stdout.trimEnd().split('\n')).toEqual(wanted);
  });

  it('leaves the other programs of npx alone', () => {
    const ask = 'COMP_WORDS=(npx cowsay de); COMP_CWORD=2; _iisnode_sock; echo "[$COMPREPLY]"; complete -p npx';
    const { stdout } = spawnSync('bash', ['-c', `source ${scriptOf('bash')}; ${ask}`], {
      cwd: folder,
      encoding: 'utf8',
    });
    expect(stdout).toBe('[]\ncomplete -o default -F _iisnode_sock npx\n');
  });
});

describe('the script for fish', () => {
  it('offers what can be typed', () => {
    const asked = lines.map(([typed]) => `echo (complete -C '${typed}' | string replace -r '\\t.*' '')`);
    const { stdout, stderr } = spawnSync(
      'fish',
      ['--no-config', '-c', [`source ${scriptOf('fish')}`, ...asked].join('\n')],
      {
        cwd: folder,
        env: environment,
        encoding: 'utf8',
      },
    );
    expect(stderr).toBe('');
    expect(stdout.trimEnd().split('\n')).toEqual(lines.map(([, found]) => found.join(' ')));
  });
});

describe('the script for zsh', () => {
  it('completes what is typed', { timeout: 120_000 }, () => {
    const answers = path.join(folder, 'answers.txt');
    writeFileSync(answers, '');
    writeFileSync(
      path.join(folder, '.zshrc'),
      `PROMPT=; autoload -Uz compinit; compinit -u -D\nsource ${scriptOf('zsh')}\n` +
        `note() { print -r -- "$BUFFER" >> ${answers}; BUFFER=; }; zle -N note; bindkey '^X' note; bindkey '^I' complete-word\nprint -r READY\n`,
    );
    // zpty is a terminal of its own: completion works on one alone.
    const program = [
      'zmodload zsh/zpty',
      "zpty shell 'zsh -i'",
      "zpty -r -m shell text '*READY*'",
      ...lines.map(
        ([typed], index) =>
          `zpty -w -n shell '${typed}'$'\\t\\x18'; while (( $(wc -l < ${answers}) < ${index + 1} )); do zpty -r -t shell text; sleep 0.02; done`,
      ),
      'zpty -d shell',
    ].join('\n');
    const env = { ...environment, ZDOTDIR: folder };
    const { stderr } = spawnSync('zsh', ['-f', '-c', program], {
      cwd: folder,
      env,
      encoding: 'utf8',
      timeout: 100_000,
    });
    expect(stderr).toBe('');
    const typed = readFileSync(answers, 'utf8').trimEnd().split('\n');
    expect(typed.map((line) => line.trimEnd())).toEqual(
      lines.map(([line, found]) => [...line.split(' ').slice(0, -1), found.join(' ')].join(' ')),
    );
  });
});

describe('the script for PowerShell', () => {
  it('is PowerShell, in ASCII, with each command, option, choice and rule', async () => {
    await Parser.init();
    const parser = new Parser();
    const grammar = createRequire(import.meta.url).resolve('tree-sitter-powershell/tree-sitter-powershell.wasm');
    parser.setLanguage(await Language.load(grammar));
    const text = scripts.powershell(shape);
    expect(text).toMatch(/^[\n\x20-\x7e]*$/);
    const tree = parser.parse(text)?.rootNode;
    expect(tree?.hasError).toBe(false);
    const strings = new Set(
      tree?.descendantsOfType('verbatim_string_characters').map((node) => node.text.slice(1, -1)),
    );
    const names = shape.commands.flatMap(({ name, options }) => [name, ...options.flatMap(({ flags }) => flags)]);
    const choices = shape.commands.flatMap(({ options }) =>
      options.flatMap(({ values }) => (values?.kind === 'words' ? values.words : [])),
    );
    expect([...names, ...choices, ...rules].filter((name) => !strings.has(name))).toEqual([]);
  });
});

it('the scripts are in ASCII', () => {
  for (const script of Object.values(scripts)) expect(script(shape)).toMatch(/^[\n\x20-\x7e]*$/);
});
