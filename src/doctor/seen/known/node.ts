import type { Family } from '../known-text.js';
import { loading } from './node-loading.js';
import { running } from './node-running.js';

/** What node itself says, in a console, in iisnode's logs, and on its error page. */
export const node: Family = { name: 'node', rule: 'SEEN_NODE_ERROR', texts: [...loading, ...running] };
