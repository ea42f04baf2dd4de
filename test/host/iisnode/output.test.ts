import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, fstatSync, openSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { ErrorOutput } from '../../../src/host/backend/error-output.js';
import { folderWith } from '../harness.js';
import { type AppHost, serveApp, visit } from '../hostile/app-support.js';
import { until } from './harness.js';

let app: AppHost | undefined;
afterEach(() => app?.close());

const million = 3_000_000;
/** Does what the URL says and answers with the outcome as JSON. */
const script = `
const fs = require('node:fs');
const { spawnSync } = require('node:child_process');
const big = 'x'.repeat(${million});
const child = (code) => spawnSync(process.execPath, ['-e', code], { stdio: 'inherit' }).status;
const acts = {
  sync1: () => fs.writeSync(1, big),
  sync2: () => fs.writeSync(2, big),
  touched: () => (process.stderr.write('touched\\\\n'), fs.writeSync(2, big)),
  stdout: () => String(process.stdout.write(big)),
  stderr: () => String(process.stderr.write(big)),
  child: () => child("require('fs').writeSync(1, 'x'.repeat(${million})); require('fs').writeSync(2, 'x'.repeat(${million}))"),
  childConsole: () => child("console.log('x'.repeat(${million})); console.error('x'.repeat(${million})); process.exit(0)"),
  exit: () => { console.log(big); console.error(big); process.exit(0); },
};
require('node:http').createServer((req, res) => {
  try { res.end(JSON.stringify({ value: acts[req.url.slice(1)]() })); }
  catch (error) { res.end(JSON.stringify({ error: error.code })); }
}).listen(process.env.PORT);
`;

const logged = (folder: string, stream: string): string =>
  readdirSync(path.join(folder, 'iisnode'))
    .filter((name) => name.includes(`-${stream}-`))
    .map((name) => readFileSync(path.join(folder, 'iisnode', name), 'utf8'))
    .join('');

describe.each(['true', 'false'])('with loggingEnabled %s, large output at once', (loggingEnabled) => {
  it('succeeds whichever way it is written, as to the NUL device of iisnode', async () => {
    app = await serveApp(script, `loggingEnabled="${loggingEnabled}"`);
    const { port, events } = app;
    const outcome = async (act: string): Promise<unknown> => JSON.parse((await visit(port, `/${act}`)).body);
    for (const act of ['sync1', 'sync2', 'touched', 'sync2']) expect(await outcome(act)).toEqual({ value: million });
    for (const act of ['child', 'childConsole']) expect(await outcome(act)).toEqual({ value: 0 });
    const returned = loggingEnabled === 'true' ? 'undefined' : 'true';
    for (const act of ['stdout', 'stderr']) expect(await outcome(act)).toEqual({ value: returned });
    expect(events.map(({ code }) => code)).not.toContain('PROCESS_EXITED');
  });
});

describe('what is written behind the logs', () => {
  it('by console.log and console.error before process.exit is there whole', async () => {
    app = await serveApp(script, 'devErrorsEnabled="false" maxTotalLogFileSizeInKB="100000"');
    await visit(app.port, '/exit');
    for (const stream of ['stdout', 'stderr']) expect(logged(app.folder, stream)).toBe(`${'x'.repeat(million)}\r\n`);
  });

  it.runIf(process.platform !== 'win32')('takes no more room than its limit, and its end is known', async () => {
    const output = new ErrorOutput(folderWith(), { most: 10_000, every: 5 });
    const file = openSync(`/dev/fd/${output.stdio}`, 'r');
    const program = `
const { readSync, writeSync } = require('fs');
writeSync(2, 'y'.repeat(20_000));
writeSync(1, 'written');
readSync(0, Buffer.alloc(1));
for (let i = 0; i < 9; i++) writeSync(2, 'x'.repeat(1000) + i + ';');`;
    const child = spawn(process.execPath, ['-e', program], { stdio: ['pipe', 'pipe', output.stdio] });
    const written = child.stdout === null ? undefined : once(child.stdout, 'data');
    const exited = once(child, 'exit');
    output.started(child);
    await written;
    await until(() => fstatSync(file).size === 0);
    child.stdin?.end('\n');
    await exited;
    expect(fstatSync(file).size).toBe(9 * 1002);
    expect(output.text()).toMatch(/^y{7366}(?:x{1000}\d;){9}$/);
    expect(output.text().length).toBe(16 * 1024);
    output.close();
    expect(output.text()).toMatch(/x8;$/);
    closeSync(file);
  });

  it('leaves no file in its folder', () => {
    const folder = folderWith();
    const output = new ErrorOutput(folder);
    output.started();
    expect(readdirSync(folder)).toEqual([]);
    expect(output.text()).toBe('');
  });
});
