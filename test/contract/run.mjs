// npm run test:contract: the contract suite against the server at BASE_URL, or against the embedded IIS without one.
import { spawnSync } from 'node:child_process';
import path from 'node:path';

const root = path.join(import.meta.dirname, '..', '..');
const vitest = path.join(root, 'node_modules', 'vitest', 'vitest.mjs');
const { BASE_URL: url, ...environment } = process.env; // vite sets a different BASE_URL
const { status } = spawnSync(process.execPath, [vitest, 'run', '--project', 'fast', 'test/contract'], {
  cwd: root,
  stdio: 'inherit',
  env: { ...environment, ...(url ? { CONTRACT_URL: url } : {}) },
});
process.exit(status ?? 1);
