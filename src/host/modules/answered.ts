import type { StageFailure } from '../../pipeline/sections/index.js';

/** undefined: the answer is being sent; a failure ends the request with IIS's error answer. */
export type Answered = StageFailure | undefined;
