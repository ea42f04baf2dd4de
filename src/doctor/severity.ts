import type { Severity } from './types.js';

/** The order of severities: the worst first. */
export const severityRank: Readonly<Record<Severity, number>> = { error: 0, warning: 1, info: 2 };
