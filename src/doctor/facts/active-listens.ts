import type { Listen } from '../../source/index.js';
import type { FileFacts } from './facts.js';

/** The calls that make the app listen, without those that run only where another condition holds. */
export const activeListens = ({ server }: Pick<FileFacts, 'server'>): readonly Listen[] =>
  server.scripts.flatMap(({ listens }) => listens).filter(({ guarded }) => !guarded);
