import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { onTestFinished } from 'vitest';
import { serveSite } from '../../src/host/index.js';
import { type Trace, type TraceOptions, traceUrl } from '../../src/trace/index.js';

export const webConfig = (inner: string): string =>
  `<configuration>\n  <system.webServer>\n    ${inner}\n  </system.webServer>\n</configuration>`;

/** A folder with these files as application /dante (or at `vdirPath`), gone when the test ends. */
export function tracer(files: Readonly<Record<string, string>>, vdirPath = '/dante') {
  const directory = mkdtempSync(path.join(tmpdir(), 'trace-'));
  onTestFinished(() => rmSync(directory, { recursive: true }));
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(path.dirname(path.join(directory, name)), { recursive: true });
    writeFileSync(path.join(directory, name), text);
  }
  const model = serveSite({ directory, vdirPath, environment: {} })();
  const trace = (url: string, rest: Partial<TraceOptions> = {}): Trace => traceUrl({ model, url, ...rest });
  return { directory, trace };
}
