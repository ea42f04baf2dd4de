import type { Rule } from '../../types.js';
import { diskAlmostFull } from './disk-almost-full.js';
import { folderAboveClosed } from './folder-above-closed.js';
import { iisnodeSchemaMissing } from './iisnode-schema-missing.js';
import { nodeNotFound } from './node-not-found.js';
import { poolStopped } from './pool-stopped.js';
import { poolWithoutRights } from './pool-without-rights.js';
import { urlRewriteNotInstalled } from './url-rewrite-not-installed.js';
import { workerProcessFails } from './worker-process-fails.js';

/** Rules about what was seen of the server: its programs, the pool and its rights. */
export const windowsRules: readonly Rule[] = [
  iisnodeSchemaMissing,
  urlRewriteNotInstalled,
  poolStopped,
  workerProcessFails,
  nodeNotFound,
  poolWithoutRights,
  folderAboveClosed,
  diskAlmostFull,
];
