import { type Condition, known, type Look, type PartOfScript, type ScriptCommand, unknown } from './script-part.js';

/** The state stands in the answer as the same word in every language of Windows (iis.md 5). */
const lookAt = (service: 'W3SVC' | 'WAS', into: string, ...when: readonly Condition[]): Look => ({
  kind: 'look',
  program: 'sc',
  args: ['query', service],
  mentions: [{ into, texts: ['STOPPED'] }],
  when,
});

const net = (args: readonly string[], ...when: readonly Condition[]): ScriptCommand => ({
  kind: 'run',
  program: 'net',
  args,
  when,
});

/** W3SVC was stopped before. */
export const wasIdle: Condition = known('BEFORE_W3SVC_STOPPED');
const neededWasIdle = known('BEFORE_WAS_STOPPED');

/** IIS's own services: WAS runs the pools, and W3SVC, which needs it, hands requests to them. */
export const servicesPart: PartOfScript = () => ({
  why: 'IIS itself is started, where an administrator has stopped it.',
  look: [lookAt('W3SVC', 'BEFORE_W3SVC_STOPPED'), lookAt('WAS', 'BEFORE_WAS_STOPPED', wasIdle)],
  change: [net(['start', 'W3SVC'], wasIdle)],
  undo: [
    lookAt('W3SVC', 'NOW_W3SVC_STOPPED', wasIdle),
    net(['stop', 'W3SVC', '/y'], wasIdle, unknown('NOW_W3SVC_STOPPED')),
    lookAt('WAS', 'NOW_WAS_STOPPED', neededWasIdle),
    net(['stop', 'WAS', '/y'], neededWasIdle, unknown('NOW_WAS_STOPPED')),
  ],
  remove: [], // other sites need them
});
