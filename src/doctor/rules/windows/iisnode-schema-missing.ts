import { hasIisnodeHandler } from '../../facts/realtime.js';
import { defineRule } from '../define-rule.js';
import { everythingFails } from '../symptoms.js';

/** iis.md 5, iisnode.md 1.5 and 1.6. */
export const iisnodeSchemaMissing = defineRule({
  code: 'IISNODE_SCHEMA_MISSING',
  severity: 'error',
  explains: everythingFails,
  leadsTo: ['CONFIG_ERROR'],
  title: "iisnode's schema is not on the server",
  why: 'IIS does not know the section system.webServer/iisnode: every request is answered with 500.19, or with 500.1000 (1031) by iisnode.',
  help: `The installer of iisnode puts iisnode_schema.xml into the folder inetsrv\\config\\schema of system32. Without it IIS cannot read the section
iisnode, neither from web.config nor its defaults, although iisnode.dll is there. Repair the installation of iisnode (its MSI, as an
administrator), or copy the file of the same version there. The doctor looks on Windows, where appcmd.exe is found, or over ssh with --server.`,
  check(facts) {
    const { files } = facts.serverSeen;
    if (files?.iisnodeSchema !== null || !hasIisnodeHandler(facts)) return [];
    if (!files.iisnode && !files.iisnode32) return []; // iisnode itself is missing
    const message = 'iisnode.dll is on the server, and its schema inetsrv\\config\\schema\\iisnode_schema.xml is not.';
    return [{ message, fix: 'Repair the installation of iisnode with its MSI.' }];
  },
});
