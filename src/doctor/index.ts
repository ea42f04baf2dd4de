/** The doctor: finds what is wrong with a socket.io app on IIS with iisnode, where and why, and fixes it. */
export { diagnose, hasApp } from './diagnose.js';
export { runRules } from './engine.js';
export { explainRule, type RuleExplanation } from './explain.js';
export { hasAdapter } from './facts/adapter.js';
export { readConfiguredApp } from './facts/configured-app.js';
export { gatherFacts } from './facts/gather.js';
export { farmFacts } from './farm-facts.js';
export { type Unfixed, unfix } from './former-files.js';
export { listRules, ruleColumns, ruleListText } from './list-rules.js';
export { refuseTogether } from './refuse-together.js';
export { reporters } from './report/index.js';
export { waterfall } from './report/live.js';
export { rules } from './rules/index.js';
export { checkPlannedApp, runRulesAt } from './rules-at-moment.js';
export type { SeenOptions } from './seen/index.js';
export { serveWarnings } from './serve-warnings.js';
export type { DoctorReport, FileFacts, FileRule, Finding, LiveFacts, Rule, Severity } from './types.js';
