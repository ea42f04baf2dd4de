import { mkdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { launcher, start, startServe, temporaryFolder } from '../support/cli.js';
import { cliHere } from '../support/cli-here.js';

let folder: string;
let remove: () => Promise<void>;
let app: string;

/** An app whose names, settings and output try to steer the terminal: clipboard, title, CSI, C1, CR, backspace, bidi, separators. */
const evil = '\u001B]52;c;eA==\u0007\u001B]0;x\u001B\\\u001B[2J\u009B1m\rX\b\u007F\u202Eabc\u2028d\u0085';
const shown = '\\x1b]52;c;eA==\\x07\\x1b]0;x\\x1b\\\\x1b[2J\\x9b1m\\rX\\x08\\x7f\\u202eabc\\u2028d\\x85';
/** What may not reach a terminal. Tabs and line feeds may. */
const steering =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what must not be there
  /[\0-\x08\x0B-\x1F\x7F-\x9F\u061C\u200E\u200F\u2028-\u202E\u2066-\u2069]/;

const webConfig = (more: string) => `<configuration><system.webServer>
  <handlers><add name="n" path="server.js" verb="*" modules="iisnode" /></handlers>
  ${more}
</system.webServer></configuration>`;

beforeAll(async () => {
  ({ folder, remove } = await temporaryFolder());
  app = path.join(folder, 'app');
  await mkdir(path.join(app, 'iisnode'), { recursive: true });
  await writeFile(path.join(app, 'package.json'), '{ "name": "app", "main": "server.js" }');
  await writeFile(path.join(app, 'server.js'), '');
  await writeFile(path.join(app, 'web.config'), webConfig(''));
  await writeFile(path.join(app, 'iisnode', 'host-17-stdout-1.txt'), `a\tb${evil}\r\n`);
  await writeFile(path.join(app, 'iisnode', 'host-17-stderr-1.txt'), `\u001B[31mred${evil}\n`);
});
afterAll(() => remove());

/** It ends with an error whose message tries to steer the terminal, and to be a line of its own. */
async function crashingApp(): Promise<void> {
  const crashing = path.join(folder, 'crashing');
  await mkdir(crashing, { recursive: true });
  await writeFile(path.join(crashing, 'web.config'), webConfig(''));
  await writeFile(path.join(crashing, 'package.json'), '{ "name": "crashing" }');
  await writeFile(path.join(crashing, 'server.js'), `throw new Error(${JSON.stringify(evil)});\n`);
}

const run = (...args: string[]) =>
  cliHere(args, { cwd: folder, environment: { IISNODE_SOCK_HOME: path.join(folder, 'iis') } });

describe('what an app, a file or a URL contains', () => {
  it('is shown by logs with every control character as its escape, tabs as they are', async () => {
    const { stdout } = await run('logs', 'app');
    expect(stdout).not.toMatch(steering);
    expect(stdout).toContain(`a\tb${shown}\n`);
    expect(stdout).toContain(`\\x1b[31mred${shown}\n`);
  });

  it('is no colour with colours either', async () => {
    const { stdout } = await cliHere(['logs', 'app'], { cwd: folder, environment: { FORCE_COLOR: '1' } });
    expect(stdout).toContain(`\u001B[90m17\u001B[39m \u001B[31m!\u001B[39m \\x1b[31mred${shown}\n`);
  });

  it('is the same text in JSON, and every character of it escaped there', async () => {
    const { stdout } = await run('logs', 'app', '--json');
    expect(stdout).not.toMatch(steering);
    const { lines } = JSON.parse(stdout) as { lines: { text: string }[] };
    expect(lines.map(({ text }) => text).sort()).toEqual([`\u001B[31mred${evil}`, `a\tb${evil}`].sort());
  });

  it.each([
    ['a folder', ['doctor', `no${evil}`]],
    ['a folder to serve', ['serve', `no${evil}`]],
    ['a folder to deploy', ['deploy', `no${evil}`, '--to', 'embedded']],
    ['a flag', ['doctor', `--${evil}`]],
    ['a command', [evil]],
    ['a value', ['serve', '--port', evil]],
    ['a rule', ['doctor', '--explain', evil]],
    ['a template', ['init', 'new', '--template', evil]],
    ['a method', ['trace', '/', '--method', evil]],
    ['a header', ['trace', '/', '--header', evil]],
    ['a URL', ['trace', `/x${evil}?q=${evil}`, '--dir', 'app']],
    ['a URL with a bad host', ['trace', `http://${evil}/`]],
    ['a word of appcmd', ['appcmd', 'list', evil]],
    ['a target', ['deploy', 'app', '--to', evil]],
  ])('steers nothing as the name of %s, in text and in JSON', async (_what, args) => {
    for (const each of [args, [...args, '--json'], [...args, '--verbose']]) {
      const { stdout, stderr } = await run(...each);
      expect(stdout + stderr).not.toMatch(steering);
      expect(stdout + stderr).not.toBe('');
    }
  });

  it.each(['text', 'json', 'sarif', 'github'])(
    'steers nothing as a line of web.config that doctor quotes with --format %s',
    async (format) => {
      const odd = path.join(folder, 'odd');
      await mkdir(odd, { recursive: true });
      await writeFile(path.join(odd, 'web.config'), webConfig('<webSocket enabled="\u202Etrue\u009B2J\u2028" />'));
      const { stdout, stderr } = await run('doctor', 'odd', '--format', format);
      expect(stdout).toContain('web.config');
      expect(stdout + stderr).not.toMatch(steering);
    },
  );

  it.runIf(process.platform !== 'win32')('steers nothing as the name of a folder or a file', async () => {
    const odd = path.join(folder, `odd${evil.replaceAll('/', '')}`);
    await mkdir(odd);
    await writeFile(path.join(odd, 'package.json'), '{ "name": "odd" }');
    await writeFile(path.join(odd, `${evil}.js`), "require('http').createServer().listen(process.env.PORT);\n");
    const commands = [
      ['init', odd, '--entry', `${evil}.js`, '--path', '/odd'],
      ['doctor', odd],
      ['trace', '/', '--dir', odd],
      ['deploy', odd, '--dry-run', '--to', 'embedded'],
      ['capacity', '--viewers', '10', '--dir', odd],
    ];
    for (const args of commands) {
      const { code, stdout, stderr } = await run(...args);
      expect(stdout + stderr).not.toMatch(steering);
      expect(code, stderr).not.toBe(3);
    }
  });

  it('steers nothing in what serve says of its host', async () => {
    await crashingApp();
    const server = await startServe(['crashing', '--port', '0'], { cwd: folder });
    try {
      await fetch(new URL('server.js', server.match[1]));
      await expect.poll(() => server.output()).toContain('\\x1b]52');
      expect(server.output()).not.toMatch(steering);
    } finally {
      await server.stop();
    }
  });

  it('steers nothing in what deploy says of an app that fails, and in host.log, where an event is one line', async () => {
    await crashingApp();
    const { code, stdout, stderr } = await run('deploy', 'crashing', '--to', 'embedded', '--port', '0');
    expect(code, stderr).toBe(1);
    expect(stderr).toContain('\\x1b]52');
    expect(stdout + stderr).not.toMatch(steering);
    const log = await readFile(path.join(folder, 'iis', 'logs', 'host.log'), 'utf8');
    expect(log).toContain('\\x1b]52');
    expect(log).not.toMatch(steering);
    for (const line of log.trimEnd().split('\n'))
      expect(line).toMatch(/^\d{4}-[\d-]+T\S+ (info|warning|error) [A-Z_]+ {2}/);
  });

  it('is one JSON document a line with logs --follow --json, each with its version', async () => {
    const following = await start(process.execPath, [launcher, 'logs', 'app', '--follow', '--json'], /\n[^\n]+\n/, {
      cwd: folder,
    });
    await following.stop('SIGINT');
    const documents = following.output().trimEnd().split('\n');
    expect(documents.map((line) => JSON.parse(line))).toMatchObject([{ version: 1 }, { version: 1 }]);
    expect(following.output()).not.toMatch(steering);
  });
});
