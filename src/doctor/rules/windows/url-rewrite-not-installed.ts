import { sectionsOf } from '../../../config/index.js';
import { elementsEverywhere } from '../../../webconfig/index.js';
import { defineRule } from '../define-rule.js';
import { everythingFails } from '../symptoms.js';

/** symptoms.md S46, iis.md 5: URL Rewrite is not part of IIS. */
export const urlRewriteNotInstalled = defineRule({
  code: 'URL_REWRITE_NOT_INSTALLED',
  severity: 'error',
  explains: everythingFails,
  leadsTo: ['CONFIG_ERROR'],
  title: 'web.config has rewrite rules, and URL Rewrite is not on the server',
  why: 'IIS does not know the section system.webServer/rewrite: every request is answered with 500.19 (0x8007000d).',
  help: `URL Rewrite is not part of IIS: it has an installer of its own (rewrite_amd64_en-US.msi), which puts rewrite.dll into inetsrv and
rewrite_schema.xml into inetsrv\\config\\schema. Install it as an administrator; a restart is not needed. Without rewrite rules socket.io works
only where its path is a file that a handler names. The doctor looks on Windows, where appcmd.exe is found, or over ssh with --server.`,
  check({ serverSeen: { files }, webConfig: { document }, query }) {
    if (files === undefined || document === undefined) return [];
    if (!sectionsOf(document).some((section) => /^system\.webServer\/rewrite(?:\/|$)/i.test(section))) return [];
    const missing = [
      ...(files.rewrite === null ? ['inetsrv\\rewrite.dll'] : []),
      ...(files.rewriteSchema === null ? ['inetsrv\\config\\schema\\rewrite_schema.xml'] : []),
    ];
    if (missing.length === 0) return [];
    const [element] = elementsEverywhere(document.root, 'system.webServer/rewrite');
    const message = `web.config has a section rewrite, and the server has no ${missing.join(' and no ')}.`;
    return [{ message, fix: 'Install URL Rewrite on the server.', ...(element && { at: query.place(element) }) }];
  },
});
