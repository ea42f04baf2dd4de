import type { DoctorReport } from '../types.js';

/** One JSON document: the report with its format version. */
export function jsonReport(report: DoctorReport): string {
  return `${JSON.stringify({ version: 1, ...report }, undefined, 2)}\n`;
}
