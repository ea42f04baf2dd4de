/** Where a URL goes: the stages of IIS as pure functions, in their order, and the one function that decides for all callers. */
export { type Decision, decide, decideChild, decideHandler, decideRules } from './decide.js';
export { type Journey, type Outcome, withSeparator } from './journey.js';
export { ConfigSnapshot, type PathConfig, pathSetting } from './path-config.js';
export { type Disk, imaginedRequest, type PipelineRequest, type PipelineSite } from './request.js';
export type { Stage } from './stage.js';
export { compressionAt, staticCompressionAt } from './stages/compression.js';
export { httpProtocolAt, serverHeader } from './stages/custom-headers.js';
export { httpPlatformAt } from './stages/http-platform.js';
export { outboundRulesAt } from './stages/outbound-rules.js';
export { webSocketAt } from './stages/web-socket.js';
export { stages } from './stages.js';
export { originPlace, type StageName, type Step, type StepCondition, stepAt } from './step.js';
