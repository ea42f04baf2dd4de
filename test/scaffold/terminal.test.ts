import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { folderWith, textsIn } from './workspace.js';

const program = path.resolve('bin/iisnode-sock.js');
// util-linux's: runs a command on a pseudo terminal.
const hasScript = process.platform === 'linux' && spawnSync('script', ['--version']).status === 0;

/** Runs init on a terminal; types what `answer` says once, as soon as `when` is to be read there. */
async function onTerminal(
  cwd: string,
  args: readonly string[],
  { npm, when, answer }: { npm?: string; when?: RegExp; answer?: string } = {},
): Promise<{ code: number | null; text: string }> {
  const { CI: _, NO_COLOR: _n, FORCE_COLOR: _f, ...environment } = process.env;
  const tools = folderWith(npm === undefined ? {} : { 'npm-cli.js': npm });
  const env = { ...environment, TERM: 'xterm', npm_execpath: path.join(tools, 'npm-cli.js') };
  const command = ['stty cols 100 rows 24;', 'exec', process.execPath, program, 'init', ...args].join(' ');
  const child = spawn('script', ['-qec', command, '/dev/null'], { cwd, env });
  let text = '';
  let isAnswered = false;
  child.stdout.on('data', (data: Buffer) => {
    text += data.toString('utf8');
    if (isAnswered || when === undefined || answer === undefined || !when.test(text)) return;
    isAnswered = true;
    child.stdin.write(answer);
  });
  const [code] = (await once(child, 'close')) as [number | null];
  return { code, text };
}

describe.skipIf(!hasScript)('init on a terminal', () => {
  it('asks which template, and begins with Dante', async () => {
    const cwd = folderWith();
    const options = ['poem', '--no-install', '--adapter', 'none', '--path', '/p'];
    const { code, text } = await onTerminal(cwd, options, { when: /Minimal/, answer: '\r' });
    expect(code).toBe(0);
    expect(text).toMatch(/Dante.*Minimal/s);
    expect(textsIn(cwd)['poem/web.config']).toContain('path="server-socketio.js"');
  });

  it('asks for the vdir path and takes Enter for its suggestion', async () => {
    const cwd = folderWith();
    const options = ['poem', '--no-install', '--template', 'dante', '--adapter', 'none'];
    const { code, text } = await onTerminal(cwd, options, { when: /\/poem|oem/, answer: '\r' });
    expect(code).toBe(0);
    expect(text).toContain('Which vdir path?');
    expect(textsIn(cwd)['poem/web.config']).toContain('<add key="virtualDirPath" value="/poem" />');
  });

  it('asks nothing that a flag has said', async () => {
    const cwd = folderWith();
    const options = ['poem', '--no-install', '--template', 'dante', '--adapter', 'none', '--path', '/p'];
    const { code, text } = await onTerminal(cwd, options);
    expect(code).toBe(0);
    expect(text).not.toMatch(/Name of the app|Which app|How do messages|TypeScript|Which vdir path|Which module/);
  });

  it('ends with 130 on Ctrl-C at a question, and has changed nothing', async () => {
    const cwd = folderWith();
    const options = ['poem', '--template', 'dante', '--adapter', 'none'];
    const { code, text } = await onTerminal(cwd, options, { when: /oem/, answer: '\u0003' });
    expect(code).toBe(130);
    expect(text).toContain('INTERRUPTED');
    expect(existsSync(path.join(cwd, 'poem'))).toBe(false);
  });

  it('ends with 130 on Ctrl-C while npm is at work, and takes everything back', async () => {
    const cwd = folderWith();
    const npm =
      "require('node:fs').mkdirSync('node_modules'); console.error('npm http cache x'); setInterval(() => {}, 1000);";
    const options = ['poem', '--template', 'dante', '--adapter', 'none', '--path', '/p'];
    const { code } = await onTerminal(cwd, options, { npm, when: /1 fetched/, answer: '\u0003' });
    expect(code).toBe(130);
    expect(existsSync(path.join(cwd, 'poem'))).toBe(false);
  });

  it('ends when npm fails, says so in three lines and takes everything back', async () => {
    const cwd = folderWith();
    const npm = "console.error('npm error code E404'); console.error('npm error 404 Not Found'); process.exit(1);";
    const options = ['poem', '--template', 'dante', '--adapter', 'none', '--path', '/p'];
    const { code, text } = await onTerminal(cwd, options, { npm });
    expect(code).toBe(1);
    const lines = text.slice(text.indexOf('NPM_FAILED')).trim().split(/\r?\n/);
    expect(lines).toHaveLength(3);
    expect(lines[1]).toContain('npm says: Not Found (E404)');
    expect(existsSync(path.join(cwd, 'poem'))).toBe(false);
  });
});
