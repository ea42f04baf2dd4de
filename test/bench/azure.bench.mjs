// What a deployment to App Service costs: bytes of the package, and requests to Kudu, whose stand-in is that of the tests.
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { build } from 'esbuild';

const root = path.join(import.meta.dirname, '..', '..');
const launcher = path.join(root, 'bin', 'iisnode-sock.js');

/** The stand-in is TypeScript. */
async function loadKudu(folder) {
  const outfile = path.join(folder, 'kudu.mjs');
  const entryPoints = [path.join(root, 'test', 'support', 'kudu.ts')];
  await build({ entryPoints, outfile, bundle: true, format: 'esm', platform: 'node', logLevel: 'error' });
  return (await import(pathToFileURL(outfile))).Kudu;
}

async function bytesBelow(folder) {
  const names = await readdir(folder, { recursive: true });
  const sizes = await Promise.all(names.map((name) => stat(path.join(folder, name))));
  return sizes.reduce((sum, one) => sum + (one.isFile() ? one.size : 0), 0);
}

/** The stand-in answers in this process, which must not be blocked meanwhile. */
async function deploy(app, env) {
  const child = spawn(process.execPath, [launcher, 'deploy', app, '--to', 'azure://app', '--no-verify'], {
    env,
    stdio: 'ignore',
  });
  const [code] = await once(child, 'close');
  if (code !== 0) throw new Error(`deploy ended with ${code}`);
}

/** Rows of { what, measured, against, ratio, goal }. */
export async function run() {
  const folder = await mkdtemp(path.join(tmpdir(), 'iisnode-sock-bench-'));
  const app = path.join(folder, 'dante');
  const made = spawnSync(process.execPath, [launcher, 'init', app, '--path', '/'], { encoding: 'utf8' });
  if (made.status !== 0) throw new Error(made.stderr);
  const Kudu = await loadKudu(folder);
  const kudu = new Kudu({ home: path.join(folder, 'home'), user: '$app', password: 'p', token: 't' });
  await kudu.start();
  try {
    const env = {
      ...process.env,
      IISNODE_SOCK_HOME: path.join(folder, 'iis'),
      AZURE_WEBAPP_USER: '$app',
      AZURE_WEBAPP_PASSWORD: 'p',
      AZURE_WEBAPP_SCM_URL: kudu.url,
    };
    await deploy(app, env);
    const [first, sent] = [kudu.requests.length, kudu.received];
    await deploy(app, env);
    const again = kudu.requests.length - first;
    const unpacked = await bytesBelow(kudu.content.wwwroot);
    const kB = (bytes) => `${(bytes / 1024).toFixed(0)} kB`;
    return [
      ['azure://: package of the app of init', kB(sent), `${kB(unpacked)} of files`, (sent / unpacked).toFixed(2)],
      ['azure://: requests of a deployment, with 3 polls', `${first}`, '1 that sends', ''],
      ['azure://: requests with nothing to do', `${again}`, '', ''],
    ].map(([what, measured, against, ratio]) => ({ what, measured, against, ratio, goal: 'reported' }));
  } finally {
    kudu.close();
    await rm(folder, { recursive: true, force: true, maxRetries: 5 });
  }
}
