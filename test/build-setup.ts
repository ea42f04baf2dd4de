import { spawnSync } from 'node:child_process';
import path from 'node:path';

let built = process.env.TEST_BUILT !== undefined; // by test/run.mjs, once for all lanes

/** Tests that start the built program (the background host, the command line) need dist/ as the sources are now. */
export default function build(): void {
  if (built) return;
  const root = path.join(import.meta.dirname, '..');
  const { status, stderr } = spawnSync(process.execPath, ['esbuild.config.mjs'], { cwd: root, encoding: 'utf8' });
  if (status !== 0) throw new Error(`npm run build failed:\n${stderr}`);
  built = true;
}
