import { mkdirSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { diagnose } from '../../src/doctor/index.js';
import { templates } from '../../src/scaffold/index.js';
import { root } from '../support/cli.js';
import { init } from '../support/init.js';

function newFolder(): string {
  const directory = mkdtempSync(path.join(os.tmpdir(), 'doctor-init-'));
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
  return directory;
}

const talk = { interactive: false, ask: () => Promise.reject(new Error('nobody is there')), event: () => undefined };

describe('what init writes', () => {
  const names = templates().map(({ name }) => name);
  it.each(names.flatMap((name) => ['/', '/dante', '/a/b'].map((vdirPath) => [name, vdirPath] as const)))(
    '%s at %s has no findings, also with --path',
    async (template, vdirPath) => {
      const directory = path.join(newFolder(), 'app');
      mkdirSync(directory);
      await init({ directory, template, path: vdirPath, install: false }, talk);
      for (const option of [undefined, vdirPath]) {
        const report = await diagnose(directory, { cwd: directory, ...(option !== undefined && { vdirPath: option }) });
        const said = report.findings.map(({ rule, severity }) => `${severity} ${rule}`);
        expect(said).toEqual(['warning DEPENDENCIES_NOT_INSTALLED']); // install: false
      }
      symlinkSync(path.join(root, 'node_modules'), path.join(directory, 'node_modules'), 'junction');
      for (const option of [undefined, vdirPath]) {
        const report = await diagnose(directory, { cwd: directory, ...(option !== undefined && { vdirPath: option }) });
        expect(report.findings).toEqual([]);
      }
    },
  );

  it.each(names)('%s under HttpPlatformHandler has no errors and no warnings', async (template) => {
    const directory = path.join(newFolder(), 'app');
    mkdirSync(directory);
    await init({ directory, template, module: 'httpplatform', path: '/dante', install: false }, talk);
    symlinkSync(path.join(root, 'node_modules'), path.join(directory, 'node_modules'), 'junction');
    const { findings } = await diagnose(directory, { cwd: directory });
    expect(findings.filter(({ severity }) => severity !== 'info')).toEqual([]);
  });

  const withAdapter = templates().flatMap(({ name, adapters = [] }) =>
    adapters.map((adapter) => [name, adapter] as const),
  );
  it.each(withAdapter)(
    '%s with the adapter %s has no findings except the value that the user must write',
    async (template, adapter) => {
      const directory = path.join(newFolder(), 'app');
      mkdirSync(directory);
      await init({ directory, template, adapter, path: '/dante', install: false }, talk);
      symlinkSync(path.join(root, 'node_modules'), path.join(directory, 'node_modules'), 'junction');
      const { findings } = await diagnose(directory, { cwd: directory });
      // init cannot know which service it is, so that its connection string is an example until somebody writes it.
      const said = adapter === 'azure' ? ['warning CONNECTION_STRING_IS_EXAMPLE'] : [];
      expect(findings.map(({ rule, severity }) => `${severity} ${rule}`)).toEqual(said);
    },
  );
});
