import type { LiveRule } from '../../types.js';
import { affinityOff } from './affinity-off.js';
import { connectionHeaderTwice } from './connection-header-twice.js';
import { corsPreflight } from './cors-preflight.js';
import { corsRefused } from './cors-refused.js';
import { corsTwice } from './cors-twice.js';
import { corsVary } from './cors-vary.js';
import { corsWithoutCredentials } from './cors-without-credentials.js';
import { firefoxRefused } from './firefox-refused.js';
import { generationsDiffer } from './generations-differ.js';
import { messageLimit } from './message-limit.js';
import { namespaceMissing } from './namespace-missing.js';
import { originRefused } from './origin-refused.js';
import { pingTooSlow } from './ping-too-slow.js';
import { pollCompressed } from './poll-compressed.js';
import { pollHeldBack } from './poll-held-back.js';
import { postRefused } from './post-refused.js';
import { upgradeAnswerWrong } from './upgrade-answer-wrong.js';
import { upgradeLost } from './upgrade-lost.js';
import { visitorRefused } from './visitor-refused.js';

/** What a closer look at the sockets of a live site shows. */
export const liveSocketRules: readonly LiveRule[] = [
  generationsDiffer,
  postRefused,
  pollHeldBack,
  upgradeAnswerWrong,
  namespaceMissing,
  upgradeLost,
  firefoxRefused,
  connectionHeaderTwice,
  affinityOff,
  pingTooSlow,
  messageLimit,
  originRefused,
  corsRefused,
  corsTwice,
  corsWithoutCredentials,
  corsPreflight,
  corsVary,
  pollCompressed,
  visitorRefused,
];
