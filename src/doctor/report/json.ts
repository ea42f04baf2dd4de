import type { DoctorReport } from '../types.js';

/** One JSON document: the report itself, with the version of its shape. */
export function jsonReport(report: DoctorReport): string {
  return `${JSON.stringify({ version: 1, ...report }, undefined, 2)}\n`;
}
