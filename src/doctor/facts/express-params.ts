import { codeText } from '../../source/index.js';
import type { FileFacts } from './facts.js';

/** Does the code read what a wildcard of express 4 matched: `request.params[0]`? */
export const hasSpelledParams = ({ server }: FileFacts): boolean =>
  server.scripts.some((script) => /\bparams\s*\[\s*['"]?0/.test(codeText(script)));
