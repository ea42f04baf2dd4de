import type { KnownText } from '../known-text.js';
import { iisnodeIssue } from './sources.js';

const kb =
  'https://learn.microsoft.com/troubleshoot/developer/webapps/iis/health-diagnostic-performance/http-error-500-19-webpage';
const page = 'HTTP Error 500.19';

/** Modules and pipelines, and what is left of 500.19 where the page says no more. */
export const otherConfiguration: readonly KnownText[] = [
  {
    id: 'handler-without-module',
    example: 'HTTP Error 500.21: Handler "iisnode" has a bad module "iisnode" in its module list',
    says: 'The handler iisnode names a module that is not there (500.21)',
    status: ['500.21'],
    text: [/has a bad module "?[\w.-]{1,60}"? in its module list/i],
    means: 'web.config gives requests to a module that IIS has not loaded in this pool.',
    causes: [
      {
        says: 'iisnode is not installed, or for the other bitness than the pool',
        fix: 'install iisnode x64 and set enable32BitAppOnWin64 of the pool to false, then iisreset',
      },
      {
        says: 'the module is not in the list of this site (modules removed or cleared in a web.config)',
        fix: 'add iisnode under Modules of the site, or remove <clear /> and <remove name="iisnode" />',
      },
    ],
    apart: 'appcmd list module iisnode prints nothing where it is not installed; its preCondition has the bitness.',
    sources: [iisnodeIssue(264), kb],
  },
  {
    id: 'classic-sections',
    example: 'HTTP Error 500.22 - Internal Server Error',
    says: 'web.config has sections of the Classic pipeline (500.22, 500.23, 500.24)',
    status: ['500.22', '500.23', '500.24'],
    means: 'httpModules, httpHandlers or identity impersonation under system.web cannot be used in Integrated mode.',
    causes: [
      {
        says: 'the file was copied from an ASP.NET app, or inherits from one',
        fix: 'remove the section, or <validation validateIntegratedModeConfiguration="false" /> in system.webServer',
      },
    ],
    apart: '22 is httpModules, 23 httpHandlers, 24 impersonation.',
    sources: [
      'https://learn.microsoft.com/troubleshoot/developer/webapps/iis/www-administration-management/http-status-code',
    ],
  },
  {
    id: 'configuration-invalid-data',
    example: 'HTTP Error 500.19, Error Code 0x8007000d',
    says: 'IIS cannot read the configuration (500.19, 0x8007000d)',
    status: ['500.19'],
    error: ['0x8007000d', '0x80070032'],
    means: 'The file is not XML, or has a section that this server does not know.',
    causes: [
      {
        says: '<rewrite> is used and URL Rewrite is not installed (no text under "Config Error", lines -1 and 0)',
        fix: 'install URL Rewrite 2.1 (x64), then iisreset',
      },
      {
        says: '<iisnode> is used and iisnode is not installed',
        fix: 'install iisnode (x64), then iisreset',
      },
      { says: 'the file is not well-formed', fix: 'correct the XML', rules: ['MALFORMED_XML'] },
      { says: 'a name is misspelt or in the wrong place', fix: 'correct the name', rules: ['CONFIG_ERROR'] },
    ],
    apart: '"Config Error" and "Config Source" on the page, which only a browser on the server shows in full.',
    sources: [iisnodeIssue(578), kb],
    follows: ['configuration', 'server-event'],
  },
  {
    id: 'configuration-module-dll',
    example: 'HTTP Error 500.19, Error Code 0x8007007e',
    says: 'A module of the server cannot be loaded (500.19 with 0x8007007e or 0x800700c1)',
    status: ['500.19', '503', '503.0'],
    error: ['0x8007007e', '0x800700c1', '0x7e', '0xc1'],
    means: 'globalModules names a DLL that is missing (7e) or is of the other bitness than the pool (c1).',
    causes: [
      {
        says: 'the DLL, or one that it needs (Visual C++ runtime), is missing: 0x7e',
        fix: 'repair the installation of the module, or remove its entry from globalModules',
      },
      {
        says: 'a 32-bit DLL without preCondition="bitness32" in a 64-bit pool, or the reverse: 0xc1',
        fix: 'add the preCondition to its entry in globalModules, or install the x64 version',
      },
    ],
    apart: 'The event log (Application, source IIS-W3SVC-WP, event 2280) names the DLL.',
    sources: [kb, iisnodeIssue(267)],
    follows: ['server-event'],
  },
  {
    id: 'configuration-error',
    example: 'HTTP Error 500.19',
    says: 'IIS cannot read the configuration (500.19)',
    status: ['500.19'],
    means: 'web.config, or a file above it, is invalid here. The error code on the page says how.',
    causes: [
      {
        says: 'the server lacks URL Rewrite or iisnode, and web.config uses them (0x8007000d)',
        fix: 'install URL Rewrite 2.1 and iisnode (x64), then iisreset',
      },
      {
        says: 'a section is locked (0x80070021)',
        fix: 'appcmd unlock config -section:system.webServer/handlers (or webSocket, as the page names it)',
      },
      { says: 'the file is not well-formed', fix: 'correct the XML', rules: ['MALFORMED_XML'] },
      {
        says: 'an entry or a name is wrong',
        fix: 'correct it',
        rules: ['CONFIG_ERROR', 'DUPLICATE_ENTRY'],
      },
    ],
    apart: `Open the page in a browser on the server itself: "${page}" there has Error Code, Config Error and Config Source. Give that text to --seen.`,
    sources: [kb],
    follows: ['configuration'],
  },
];
