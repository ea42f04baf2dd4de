import { readEnvironmentNames } from '../../source/index.js';
import type { FileFacts } from './facts.js';

/** Does the server's code read this variable from process.env? */
export const readsVariable = ({ server }: FileFacts, name: string): boolean =>
  server.scripts.some(({ context }) => context !== undefined && readEnvironmentNames(context).has(name.toUpperCase()));
