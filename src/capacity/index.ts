/** How many viewers an app can serve with iisnode, and what that needs. */
export { type CapacityApp, compareCapacity, planForApp, readCapacityApp } from './compare.js';
export { type Limit as CapacityDefault, limits as capacityLimits } from './limits.js';
export { type Measured, measured } from './measured.js';
export { planCapacity } from './plan.js';
export type {
  CapacityChange,
  CapacityComparison,
  CapacityLimit,
  CapacityLoad,
  CapacityPlan,
  CapacityQuestion,
  CapacitySetting,
  Division,
  Need as CapacityNeed,
} from './types.js';
