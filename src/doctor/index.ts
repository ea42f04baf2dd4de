/** The doctor: finds what is wrong with a socket.io app on IIS with iisnode, where and why, and fixes it. */
export { type DiagnoseOptions, diagnose } from './diagnose.js';
export { type Diagnosis, type RunResult, runRules, type Selection } from './engine.js';
export { explainRule, type RuleExplanation } from './explain.js';
export { hasAdapter } from './facts/adapter.js';
export { readConfiguredApp } from './facts/configured-app.js';
export { type GatherOptions, gatherFacts } from './facts/gather.js';
export { type Judgement, judgeAt, judgePlanned, type Moment } from './judge-at.js';
export { type Reporter, type ReportFormat, reporters } from './report/index.js';
export type { Palette } from './report/palette.js';
export { rules } from './rules/index.js';
export { serveWarnings } from './serve-warnings.js';
export type * from './types.js';
