import { mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { seed } from './support/seed.js';

/**
 * Prints the seed of a run before it can fail, and gives the tests a state folder of their own: one that names none would write into
 * that of the user.
 */
export default function setUp(): () => void {
  console.log(`TEST_SEED=${seed}`);
  const home = mkdtempSync(path.join(realpathSync(tmpdir()), 'iisnode-sock-home-'));
  process.env.IISNODE_SOCK_HOME = home;
  return () => rmSync(home, { recursive: true, force: true, maxRetries: 5 });
}
