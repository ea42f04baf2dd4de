import type { DoctorReport } from '../types.js';
import { githubReport } from './github.js';
import { jsonReport } from './json.js';
import type { Palette } from './palette.js';
import { sarifReport } from './sarif.js';
import { textReport } from './text.js';

/** `--format`. */
type ReportFormat = 'text' | 'json' | 'sarif' | 'github';

/**
 * Report in, text out; human-readable formats show file names relative to `cwd`, and text is laid out for `width` columns. `workspace`: the
 * checkout of a job on GitHub, to which its annotations are relative.
 */
type Reporter = (report: DoctorReport, colours?: Palette, cwd?: string, width?: number, workspace?: string) => string;

export const reporters: Readonly<Record<ReportFormat, Reporter>> = {
  text: textReport,
  json: (report) => jsonReport(report),
  sarif: (report, _colours, cwd) => sarifReport(report, cwd),
  github: (report, _colours, cwd, _width, workspace) => githubReport(report, cwd, workspace),
};
