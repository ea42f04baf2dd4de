import { cpSync, mkdtempSync, readdirSync, realpathSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { diagnose } from '../../src/doctor/index.js';
import type { InitFinding } from '../../src/scaffold/types.js';
import { init } from '../support/init.js';

/** Apps as people have them: some right, some with a fault that init does not take away. */
const apps = path.join(import.meta.dirname, '..', 'fixtures', 'apps');
const names = readdirSync(apps).map((name) => (name === 'spa-parent' ? 'spa-parent/chat' : name));

function copyOf(name: string): string {
  const folder = realpathSync(mkdtempSync(path.join(os.tmpdir(), 'init-agrees-')));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const directory = path.join(folder, 'app');
  cpSync(path.join(apps, name), directory, { recursive: true });
  return directory;
}

const talk = { interactive: false, ask: () => Promise.reject(new Error('nobody is there')), event: () => undefined };
const told = ({ rule, severity, file, line, message, why, fix }: InitFinding): unknown[] => [
  rule,
  severity,
  file,
  line,
  message,
  why,
  fix,
];

/** What init says comes next, and whether a server lets a section be: neither is a finding of init. */
const isForLater = ({ rule, severity }: InitFinding): boolean =>
  rule === 'DEPENDENCIES_NOT_INSTALLED' ||
  rule === 'ENTRY_NOT_BUILT' ||
  (rule === 'CONFIG_ERROR' && severity === 'warning');

describe.each(names)('init of %s', (name) => {
  it.each(['/', '/chat'])('at %s says what the doctor says right after it, and says it again', async (vdirPath) => {
    const directory = copyOf(name);
    const first = await init({ directory, path: vdirPath, replaceHandler: true }, talk);
    const after = await diagnose('.', { cwd: directory });
    expect(first.findings.map(told)).toEqual(after.findings.filter((each) => !isForLater(each)).map(told));
    const second = await init({ directory }, talk);
    expect(second).toMatchObject({ nothingToDo: true, findings: first.findings });
    // Everything is shown, and once.
    expect(first.advice.length + first.warnings.length).toBe(first.findings.length + first.notes.length);
  });
});
