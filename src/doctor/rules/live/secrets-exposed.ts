import type { LiveRule } from '../../types.js';
import { afterPage, exposedOf, hidden } from './exposed-of.js';

/** Settings with passwords, and the history of the sources. */
export const secretsExposed: LiveRule = {
  code: 'LIVE_SECRETS_EXPOSED',
  scope: 'live',
  severity: 'error',
  title: 'Everybody can read settings or the history of the sources',
  why: 'Passwords, keys and connection strings are in such files; programs look for them on every site.',
  help: afterPage(
    '.env has settings of the app, .git the whole history of the sources, web.config connection strings. IIS never sends web.config; where it comes, node itself serves the folder of the app (express.static of the wrong folder). Change every password that was in there, also after the file is gone.',
  ),
  check: (facts) =>
    exposedOf(
      facts,
      'secrets',
      (files) =>
        `${hidden(files, 'first')}; where node serves them, give express.static a folder with public files alone; then change the passwords`,
    ),
};
