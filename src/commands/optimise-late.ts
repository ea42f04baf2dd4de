import { setFlagsFromString } from 'node:v8';

/**
 * For commands that end before V8's optimisation has any benefit, but would spend up to a third of their CPU time on it
 * (npm run bench). A budget ten times as high avoids it, and what takes longer is still optimised. Only the V8 of Node 20 has the
 * flag under this name; newer Nodes have their compile cache.
 */
export function optimiseLate(): void {
  if (process.versions.v8.startsWith('11.')) setFlagsFromString('--interrupt-budget=1000000');
}
