import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { temporaryFolder } from '../support/cli.js';
import { hasPseudoTerminal, onTerminal, type TypedAnswer } from '../support/pseudo-terminal.js';

let folder: string;
let remove: () => Promise<void>;

beforeEach(async () => {
  ({ folder, remove } = await temporaryFolder());
});
afterEach(() => remove());

/** Two files that may be the entry point. */
async function doubtfulApp(): Promise<string> {
  const app = path.join(folder, 'doubtful');
  await mkdir(app);
  await writeFile(path.join(app, 'package.json'), '{ "name": "doubtful" }');
  for (const name of ['server.js', 'app.js']) {
    await writeFile(path.join(app, name), "require('http').createServer().listen(process.env.PORT);\n");
  }
  return app;
}

const former = `<configuration>
  <system.webServer>
    <handlers><add name="n" path="server.js" verb="*" modules="iisnode" /></handlers>
  </system.webServer>
</configuration>
`;

/** An app whose web.config lacks something. */
async function patchableApp(): Promise<string> {
  const app = path.join(folder, 'chat');
  await mkdir(app);
  await writeFile(path.join(app, 'package.json'), '{ "name": "chat" }');
  await writeFile(path.join(app, 'server.js'), "require('http').createServer().listen(process.env.PORT);\n");
  await writeFile(path.join(app, 'web.config'), former);
  return app;
}
const patched = ['init', 'chat', '--path', '/chat'];

const withoutColours = [
  ['NO_COLOR', { NO_COLOR: '1' }, []],
  ['--no-color', {}, ['--no-color']],
  ['TERM=dumb', { TERM: 'dumb' }, []],
  ['FORCE_COLOR=0', { FORCE_COLOR: '0' }, []],
] as const;

describe.runIf(hasPseudoTerminal)('questions without colours', () => {
  it.each(withoutColours)(
    '%s: are asked without an escape sequence, and answered',
    async (_what, environment, flags) => {
      const answers: TypedAnswer[] = [
        { when: /Number or name \[dante\]: $/, type: 'mini\r' },
        { when: /name \[no\]: $/, type: '\r' },
        { when: /> \[\/poem\]: $/, type: 'no slash\r' },
        { when: /> \[\/poem\]: $/, type: '/verse\r' },
        { when: /name \[iisnode\]: $/, type: '\r' },
      ];
      const { ended, text } = await onTerminal(['init', 'poem', '--no-install', ...flags], {
        cwd: folder,
        environment,
        answers,
      });
      expect(ended, text).toBe('exit 0');
      expect(text).not.toContain('\u001B');
      expect(await readFile(path.join(folder, 'poem', 'web.config'), 'utf8')).toContain('value="/verse"');
      expect(await readFile(path.join(folder, 'poem', 'web.config'), 'utf8')).toContain('path="server.js"');
      const [command] =
        /npx iisnode-sock init poem --no-install .*--template minimal --path \/verse\b.*/.exec(text) ?? [];
      expect(command, text).toBeDefined();
      const words = (command ?? '').trim().replace('init poem', 'init again').split(' ').slice(2);
      const second = await onTerminal(words, { cwd: folder, environment, answers: [] });
      expect(second.ended, second.text).toBe('exit 0');
      const configs = ['poem', 'again'].map((app) => readFile(path.join(folder, app, 'web.config'), 'utf8'));
      const [first, other] = await Promise.all(configs);
      expect(other).toBe(first);
    },
  );

  it('take a number, and Enter for what they suggest', async () => {
    const app = await doubtfulApp();
    const answers = [
      { when: /name \[server\.js\]: $/, type: '7\r' },
      { when: /one of the numbers or names[\s\S]*name \[server\.js\]: $/, type: '2\r' },
      { when: /\[\/\]: $/, type: '\r' },
    ];
    const { ended, text } = await onTerminal(['init', app, '--no-color'], { cwd: folder, answers });
    expect(ended, text).toBe('exit 0');
    expect(await readFile(path.join(app, 'web.config'), 'utf8')).toContain('path="app.js"');
    expect(await readFile(path.join(app, 'web.config'), 'utf8')).toContain('value="/"');
  });

  it('end with 4 when the input ends', async () => {
    const answers = [{ when: /name \[dante\]: $/, type: '\u0004' }];
    const { ended, text } = await onTerminal(['init', 'poem', '--no-color'], { cwd: folder, answers });
    expect(ended).toBe('exit 4');
    expect(text).toContain('--template');
    expect(await readdir(folder)).toEqual([]);
  });

  it('show a file name that would steer the terminal as it is written', async () => {
    const app = await doubtfulApp();
    await writeFile(
      path.join(app, 'package.json'),
      '{ "name": "x", "main": "\\u001b[2J.js", "scripts": { "start": "node server.js" } }',
    );
    await writeFile(path.join(app, '\u001B[2J.js'), "require('http').createServer().listen(process.env.PORT);\n");
    const answers = [{ when: /Number or name/, type: '\u0003' }];
    const { text } = await onTerminal(['init', app, '--no-color'], { cwd: folder, answers });
    expect(text).not.toContain('\u001B');
    expect(text).toContain('\\x1b[2J.js');
  });
});

describe.runIf(hasPseudoTerminal)('Ctrl-C at a question', () => {
  const questions = [
    ['name', ['init'], [/Name of the app/]],
    ['template', ['init', 'new'], [/Which app/]],
    ['language', ['init', 'new', '--adapter', 'none'], [/Which app/, /Which language/]],
    ['adapter', ['init', 'new', '--template', 'chat'], [/How do messages/]],
    ['path', ['init', 'new', '--template', 'minimal'], [/Which vdir path\?/]],
    [
      'module',
      ['init', 'new'],
      [/Which app/, /Which language/, /How do messages/, /Which vdir path\?/, /Which module/],
    ],
    ['entry', ['init', 'doubtful', '--path', '/x'], [/entry point/]],
    ['changes', patched, [/as shown/]],
  ] as const;
  const modes = [
    ['with colours', {}],
    ['in plain lines', { TERM: 'dumb' }],
  ] as const;

  it.each(modes.flatMap(([mode, environment]) => questions.map((each) => [mode, ...each, environment] as const)))(
    '%s, %s: ends init with 130 and changes nothing',
    async (_mode, _what, args, shown, environment) => {
      await doubtfulApp();
      const app = await patchableApp();
      const empty = path.join(folder, 'empty');
      await mkdir(empty);
      const before = await readdir(folder, { recursive: true });
      const answers = shown.map((when, at) => ({ when, type: at === shown.length - 1 ? '\u0003' : '\r' }));
      const cwd = args.length === 1 ? empty : folder;
      const { ended, text } = await onTerminal(args, { cwd, environment, answers });
      expect(ended, text).toBe('exit 130');
      expect(text).toContain('INTERRUPTED');
      expect(await readdir(folder, { recursive: true })).toEqual(before);
      expect(await readFile(path.join(app, 'web.config'), 'utf8')).toBe(former);
    },
  );

  it('is heard right behind Enter, too', async () => {
    const { ended, text } = await onTerminal(['init', 'new', '--path', '/x', '--no-install'], {
      cwd: folder,
      answers: [{ when: /Minimal/, type: '\r\u0003' }],
    });
    expect(ended, text).toBe('exit 130');
    expect(await readdir(folder)).toEqual([]);
  });
});

describe.runIf(hasPseudoTerminal)('init on a terminal, in an empty folder', () => {
  it.each([
    ['with colours', {}, /┌.*A new socket\.io app for IIS/, /└.*The app is in poem\./],
    ['in plain lines', { TERM: 'dumb' }, /^A new socket\.io app for IIS/, /^The app is in poem\./m],
  ])(
    '%s: asks between a first and a last line, and makes what was answered',
    async (_mode, environment, first, last) => {
      const answers = [
        { when: /Name of the app/, type: 'poem\r' },
        { when: /Which app\?/, type: '\r' },
        { when: /Which language/, type: '\r' },
        { when: /How do messages/, type: '\r' },
        { when: /Which vdir path\?/, type: '\r' },
        { when: /Which module/, type: '\r' },
      ];
      const { ended, text } = await onTerminal(['init', '--no-install'], { cwd: folder, environment, answers });
      expect(ended, text).toBe('exit 0');
      expect(text.search(first)).toBeGreaterThanOrEqual(0);
      expect(text.search(first)).toBeLessThan(text.indexOf('Name of the app'));
      expect(text.search(last)).toBeGreaterThan(text.lastIndexOf('next: '));
      expect(await readdir(folder)).toEqual(['poem']);
      expect(await readFile(path.join(folder, 'poem', 'web.config'), 'utf8')).toContain('value="/poem"');
    },
  );

  it.each([
    ['in CI', { CI: 'true' }, []],
    ['with --json', {}, ['--json']],
    ['with --yes', {}, ['--yes']],
  ])('%s: asks nothing, and takes the folder and the defaults', async (_what, environment, flags) => {
    const { ended, text } = await onTerminal(['init', '--no-install', ...flags], { cwd: folder, environment });
    expect(ended, text).toBe('exit 0');
    expect(text).not.toMatch(/Name of the app|A new socket/);
    expect(await readFile(path.join(folder, 'web.config'), 'utf8')).toContain('path="server-socketio.js"');
  });
});

describe.runIf(hasPseudoTerminal)('init on a terminal, in an app with a web.config', () => {
  const webConfig = () => readFile(path.join(folder, 'chat', 'web.config'), 'utf8');

  it('shows the changes and makes them when the answer is yes', async () => {
    await patchableApp();
    const { ended, text } = await onTerminal(patched, { cwd: folder, answers: [{ when: /as shown\?/, type: '\r' }] });
    expect(ended, text).toBe('exit 0');
    expect(text.indexOf('+++ b/web.config')).toBeLessThan(text.indexOf('as shown?'));
    expect(await webConfig()).toContain('<webSocket enabled="false"');
  });

  it('writes nothing and ends with 1 when the answer is no', async () => {
    await patchableApp();
    const answers = [{ when: /name \[yes\]: $/, type: 'n\r' }];
    const { ended, text } = await onTerminal([...patched, '--no-color'], { cwd: folder, answers });
    expect(ended, text).toBe('exit 1');
    expect(text).toContain('error NOT_CONFIRMED');
    expect(await webConfig()).toBe(former);
  });

  it.each(['--yes', '--force', '--dry-run'])('asks nothing with %s', async (flag) => {
    await patchableApp();
    const { ended, text } = await onTerminal([...patched, flag], { cwd: folder });
    expect(ended, text).toBe('exit 0');
    expect(text).not.toContain('as shown?');
    expect((await webConfig()) === former).toBe(flag === '--dry-run');
  });

  it('asks nothing when nothing changes, or web.config is new', async () => {
    const app = await patchableApp();
    expect((await onTerminal([...patched, '--yes'], { cwd: folder })).ended).toBe('exit 0');
    const { ended, text } = await onTerminal(patched, { cwd: folder });
    expect({ ended, asked: text.includes('as shown?') }).toEqual({ ended: 'exit 0', asked: false });
    await writeFile(path.join(app, 'package.json'), '{ "name": "chat", "main": "server.js" }');
    const other = await onTerminal(['init', await doubtfulApp(), '--path', '/x', '--entry', 'app.js'], { cwd: folder });
    expect({ ended: other.ended, asked: other.text.includes('as shown?') }).toEqual({ ended: 'exit 0', asked: false });
  });
});
