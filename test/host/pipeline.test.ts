import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { stages } from '../../src/pipeline/index.js';
import { folderWith, serve } from './harness.js';

const root = path.join(import.meta.dirname, '..', '..');

describe('the pipeline', () => {
  it('has this order', () => {
    expect(stages.map(({ name }) => name)).toEqual([
      'IIS Web Core',
      'CustomHeaders',
      'CustomErrorModule',
      'RewriteModule (outbound rules)',
      'RewriteModule (global rules)',
      'RequestFilteringModule',
      'RewriteModule',
      'HttpRedirectionModule',
      'HandlerMapping',
      'WebSocketModule',
      'iisnode',
      'ProtocolSupportModule',
      'StaticFileModule',
      'DefaultDocumentModule',
      'DirectoryListingModule',
      'BadModule',
    ]);
  });

  it('names no section twice', () => {
    const sections = stages.flatMap((stage) => stage.implements);
    expect(new Set(sections).size).toBe(sections.length);
  });

  it.each(readdirSync(path.join(root, 'templates')).filter((name) => !name.startsWith('.')))(
    'has nothing to warn about in the web.config of the template %s',
    async (template) => {
      const file = path.join(root, 'templates', template, 'web.config');
      const { get, events } = await serve({
        directory: folderWith({ 'web.config': readIfThere(file) }),
        vdirPath: '/dante',
      });
      await get('/dante/');
      expect(events).toEqual([]);
    },
  );
});

const readIfThere = (file: string): string => {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '<configuration />'; // made by init, not a file of the template
  }
};
