import type { Family } from '../known-text.js';
import { browser } from './browser.js';
import { capture } from './capture.js';
import { configuration } from './configuration.js';
import { iisStatus } from './iis-status.js';
import { iisnode } from './iisnode.js';
import { log } from './log.js';
import { node } from './node.js';
import { serverEvent } from './server-event.js';
import { socketIoTexts } from './socket-io.js';

/** All texts that the doctor knows, root causes first: what stops IIS, then node, then iisnode, then what clients see. */
export const families: readonly Family[] = [
  serverEvent,
  configuration,
  node,
  iisnode,
  iisStatus,
  socketIoTexts,
  browser,
  capture,
  log,
];
