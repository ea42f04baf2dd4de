import { symlinkSync } from 'node:fs';
import path from 'node:path';
import { expect, it } from 'vitest';
import { templates } from '../../src/scaffold/templates.js';
import { serve } from '../host/harness.js';
import { init } from '../support/init.js';
import { folderWith, talk } from './workspace.js';

it.each(templates())(
  '$name at a vdir path with a blank in it opens at its own URL and at its entry point',
  async (template) => {
    const { name, entry } = template;
    const vdirPath = '/My App';
    const directory = path.join(folderWith(), 'app');
    await init({ directory, template: name, path: vdirPath, install: false }, talk());
    symlinkSync(path.resolve('node_modules'), path.join(directory, 'node_modules'), 'junction');
    const { get } = await serve({ directory, vdirPath });
    for (const url of ['/My%20App/', `/My%20App/${entry}`, `/my%20app/${entry}?x=1`]) {
      const { status, headers } = await get(url);
      expect([url, status, headers['content-type']]).toEqual([url, 200, 'text/html; charset=utf-8']);
    }
  },
);
