/** How many viewers an app can serve with iisnode, and what that needs. */
export {
  answerCapacity,
  type CapacityAnswer,
  type CapacityApp,
  compareCapacity,
  planForApp,
  readCapacityApp,
} from './compare.js';
export { limits as capacityLimits } from './limits.js';
export { planCapacity } from './plan.js';
export type {
  CapacityChange,
  CapacityComparison,
  CapacityPlan,
  CapacityQuestion,
  CapacitySetting,
  Division,
} from './types.js';
