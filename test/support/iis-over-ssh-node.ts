// Loaded into the node that ssh starts (node --require), by startIisOverSsh: it says that it is on Windows until the program that does
// the work has come, and gives that program the appcmd of an embedded IIS.
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import Module from 'node:module';
import { embeddedAppcmd } from '../../src/appcmd/index.js';
import { embeddedStore, openHome } from '../../src/host/index.js';

type Compile = (this: { exports: object }, code: string, file: string) => unknown;
type Run = (channel: object, given: object) => Promise<void>;

const failureOf = (error: Error) => {
  const { what, why } = error as Partial<Record<'what' | 'why', string>>;
  return { exitCode: 112, stdout: `ERROR ( message:${what ?? error.message}: ${why ?? ''} )` };
};

const { platform, env } = process;
let shown = 'win32';
Object.defineProperty(process, 'platform', { get: () => shown });

const modules = Module.prototype as unknown as { _compile: Compile };
const compile = modules._compile;
modules._compile = function (code, file) {
  if (!file.endsWith('.cjs')) return compile.call(this, code, file); // node's own, for -e
  shown = platform;
  const result = compile.call(this, code, file);
  const { run } = this.exports as { readonly run?: Run };
  const embedded = embeddedAppcmd(embeddedStore(openHome(env)));
  const appcmd = {
    ...embedded,
    // What appcmd.exe cannot do it says.
    run: (args: readonly string[]) => embedded.run(args).catch(failureOf),
  };
  if (run !== undefined) this.exports = { run: (channel: object) => run(channel, { appcmd }) };
  return result;
};

/** Before which message the connection is cut; below 0: this process is killed. */
const cutAt = ((): number => {
  try {
    const text = readFileSync(env.CUT_AT ?? '', 'utf8');
    rmSync(env.CUT_AT ?? ''); // for one connection
    return Number(text);
  } catch {
    return 0;
  }
})();
let count = 0;
const write = process.stdout.write.bind(process.stdout) as (...args: unknown[]) => boolean;
process.stdout.write = ((text: unknown, ...more: unknown[]) => {
  if (text !== '' && !String(text).includes('"alive":true')) count += 1;
  if (count === Math.abs(cutAt)) process.kill(cutAt < 0 ? process.pid : Number(env.CONNECTION), 'SIGKILL');
  return write(text, ...more);
}) as typeof process.stdout.write;
process.on('exit', () => writeFileSync(env.MESSAGES ?? '', String(count)));
