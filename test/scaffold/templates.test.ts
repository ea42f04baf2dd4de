import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { renderFile } from '../../src/scaffold/render.js';
import { readTemplates, templates } from '../../src/scaffold/templates.js';
import { folderWith } from './workspace.js';

describe('the templates', () => {
  it('have the default one first', () => {
    expect(templates[0]?.name).toBe('dante');
  });

  it.each(templates)('$name lists every file it has, and its entry point is one of them', (template) => {
    const stored = readdirSync(template.root, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile() && entry.name !== 'template.json')
      .map((entry) => path.relative(template.root, path.join(entry.parentPath, entry.name)).split(path.sep).join('/'))
      .map((file) =>
        file.replace(/(^|\/)_gitignore$/, '$1.gitignore').replace(/(^|\/)_package-lock/, '$1package-lock'),
      );
    expect([...template.files].sort()).toEqual(stored.sort());
    expect(template.files).toContain(template.entry);
  });

  it.each(templates)('$name leaves nothing to be filled in, and has LF alone', (template) => {
    const values = { name: 'app', vdirPath: '/', transports: ['websocket'] };
    for (const file of template.files) expect(renderFile(template, file, values)).not.toMatch(/\{\{|\r/);
  });

  it.each(templates)('$name locks the dependencies its package.json pins', (template) => {
    const values = { name: 'my-app', vdirPath: '/', transports: ['websocket'] };
    const manifest = JSON.parse(renderFile(template, 'package.json', values)) as Record<string, unknown>;
    const lock = JSON.parse(renderFile(template, 'package-lock.json', values)) as {
      name: string;
      packages: Record<string, { name?: string; version?: string; dependencies?: Record<string, string> }>;
    };
    expect([lock.name, lock.packages['']?.name]).toEqual(['my-app', 'my-app']);
    expect(lock.packages['']?.dependencies).toEqual(manifest.dependencies);
    for (const [name, version] of Object.entries(manifest.dependencies as Record<string, string>)) {
      expect(lock.packages[`node_modules/${name}`]?.version).toBe(version);
    }
  });

  it('are found by adding a folder with a template.json', () => {
    const folder = folderWith();
    mkdirSync(path.join(folder, 'empty'));
    mkdirSync(path.join(folder, 'one'));
    const manifest = { title: 'One', description: '', entry: 'one.js', files: ['one.js'] };
    writeFileSync(path.join(folder, 'one', 'template.json'), JSON.stringify(manifest));
    expect(readTemplates(folder)).toEqual([{ ...manifest, name: 'one', root: path.join(folder, 'one') }]);
    expect(readTemplates(path.join(folder, 'nowhere'))).toEqual([]);
  });
});
