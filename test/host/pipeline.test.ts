import { describe, expect, it, onTestFinished } from 'vitest';
import { stages } from '../../src/pipeline/index.js';
import { templates } from '../../src/scaffold/templates.js';
import { scaffolded } from '../support/scaffolded.js';
import { folderWith, serve, webConfig } from './harness.js';

describe('the pipeline', () => {
  it('has this order', () => {
    expect(stages.map(({ name }) => name)).toEqual([
      'IIS Web Core',
      'CustomHeaders',
      'CustomErrorModule',
      'RewriteModule (outbound rules)',
      'DynamicCompressionModule',
      'RewriteModule (global rules)',
      'RequestFilteringModule',
      'RewriteModule',
      'HttpRedirectionModule',
      'AnonymousAuthenticationModule',
      'UrlAuthorizationModule',
      'ApplicationRequestRouting',
      'HandlerMapping',
      'WebSocketModule',
      'iisnode',
      'httpPlatformHandler',
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

  it.each(templates().map(({ name }) => name))(
    'has nothing to warn about in the web.config of the template %s',
    async (template) => {
      const { folder, remove } = await scaffolded(template, { path: '/dante' });
      onTestFinished(remove);
      const { get, events } = await serve({ directory: folder, vdirPath: '/dante' });
      expect((await get('/dante/')).status).toBe(200);
      expect(events.filter(({ level }) => level !== 'info')).toEqual([]);
    },
  );

  it('finds the files that a rule names by the physical path of its application, as Windows writes it', async () => {
    const rule = `<rewrite><rules><rule name="public" stopProcessing="true"><match url="(.+)" />
<conditions><add input="{APPL_PHYSICAL_PATH}public\\{R:1}" matchType="IsFile" /></conditions>
<action type="Rewrite" url="public/{R:1}" /></rule></rules></rewrite>`;
    const files = { 'web.config': webConfig(rule), 'public/deep/a.txt': 'found' };
    const { get } = await serve({ directory: folderWith(files), vdirPath: '/app' });
    expect((await get('/app/deep/a.txt')).body).toBe('found');
    expect((await get('/app/deep/b.txt')).status).toBe(404);
  });
});
