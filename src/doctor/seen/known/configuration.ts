import { iisnodeSock } from '../../../typed-command.js';
import type { Family } from '../known-text.js';
import { otherConfiguration } from './configuration-other.js';
import { iisnodeIssue } from './sources.js';

const kb =
  'https://learn.microsoft.com/troubleshoot/developer/webapps/iis/health-diagnostic-performance/http-error-500-19-webpage';

/** What IIS says while it reads configuration: the page of 500.19, the same words of appcmd and of IIS Manager. */
export const configuration: Family = {
  name: 'configuration',
  rule: 'SEEN_CONFIGURATION_ERROR',
  texts: [
    {
      id: 'section-locked-websocket',
      example: 'This configuration section cannot be used at this path. <webSocket enabled="false" />',
      says: 'The section webSocket is locked on the server, so web.config must not set it',
      error: ['0x80070021'],
      text: [/cannot be used at this path/i],
      with: /<webSocket|system\.webServer\/webSocket/i,
      means: 'IIS refuses the whole file while a section in it is locked: every URL of the app answers 500.19.',
      causes: [
        {
          says: 'system.webServer/webSocket has overrideModeDefault="Deny" in applicationHost.config',
          fix: 'appcmd unlock config -section:system.webServer/webSocket',
        },
      ],
      apart: 'appcmd list config -section:system.webServer/webSocket says where the section is locked.',
      sources: [iisnodeIssue(219), iisnodeIssue(645), 'https://github.com/tjanczuk/dante/issues/1'],
    },
    {
      id: 'section-locked',
      example: 'HTTP Error 500.19 - Internal Server Error. Error Code 0x80070021',
      says: 'web.config sets a section that is locked on the server',
      error: ['0x80070021'],
      text: [/cannot be used at this path/i, /\bLock violation\b/],
      means: 'IIS refuses the whole file while a section in it is locked: every URL of the app answers 500.19.',
      causes: [
        {
          says: 'handlers or modules are locked, because the feature ASP.NET is not installed',
          fix: 'appcmd unlock config -section:system.webServer/handlers, and the same for modules; deploy does it',
          when: /<(?:handlers|modules)\b|webServer\/(?:handlers|modules)/i,
        },
        {
          says: 'an authentication section is set, and those stay locked',
          fix: 'set it in IIS Manager or in a <location> of applicationHost.config, and remove it from web.config',
          when: /<(?:windows|anonymous|basic)Authentication|<authentication\b/i,
        },
        {
          says: 'an attribute or an element is locked with lockAttributes, lockElements or lockItem',
          fix: 'remove the setting from web.config, or the lock from the file that has it',
          when: /\bLock violation\b/,
        },
      ],
      apart: 'The line under "Config Source" on the page is the section; unlock only that one.',
      sources: [iisnodeIssue(241), iisnodeIssue(248), iisnodeIssue(52), iisnodeIssue(618), kb],
    },
    {
      id: 'duplicate-handler',
      example: "Cannot add duplicate collection entry of type 'add' with unique key attribute 'name' set to 'iisnode'",
      says: 'The handler iisnode is added twice: here and in a web.config above',
      text: [/duplicate collection entry of type 'add' with unique key attribute 'name' set to 'iisnode'/i],
      means: 'Child applications inherit handlers, and a name may be added once.',
      causes: [
        {
          says: 'an application or a folder above the app adds the same handler',
          fix: '<remove name="iisnode" /> before <add>, or <location path="." inheritInChildApplications="false"> above',
          rules: ['DUPLICATE_ENTRY'],
        },
        { says: 'this web.config adds it twice', fix: 'remove one of the two', rules: ['DUPLICATE_ENTRY'] },
      ],
      apart: '"Config File" on the page is the file with the second one.',
      sources: [
        iisnodeIssue(289),
        iisnodeIssue(354),
        iisnodeIssue(655),
        'https://github.com/aspnet/IISIntegration/issues/44',
      ],
    },
    {
      id: 'duplicate-entry',
      example:
        "Cannot add duplicate collection entry of type 'mimeMap' with unique key attribute 'fileExtension' set to '.json'",
      says: 'Something is defined twice in the configuration',
      error: ['0x800700b7'],
      text: [/Cannot add duplicate collection entry/i, /There is a duplicate '[^'\n]{1,80}' section defined/i],
      means:
        'A section stands twice in one file, or an entry of a list is already there, often inherited from the server.',
      causes: [
        {
          says: 'a mimeMap for an extension that the server already knows (.json, .woff, .woff2)',
          fix: '<remove fileExtension=".json" /> before the mimeMap',
          rules: ['DUPLICATE_ENTRY'],
          when: /mimeMap/i,
        },
        {
          says: 'the same section, handler, rule or header stands twice, here or in a web.config above',
          fix: 'merge the two, or <remove /> before <add />',
          rules: ['DUPLICATE_ENTRY'],
        },
      ],
      apart: '"Config Error" on the page has the type and the key of the entry, "Config Source" its line.',
      sources: [
        'https://github.com/h5bp/server-configs-iis/issues/17',
        'https://github.com/elmah/Elmah/issues/259',
        kb,
      ],
    },
    {
      id: 'not-well-formed',
      example: 'Config Error: Configuration file is not well-formed XML',
      says: 'web.config is not well-formed XML',
      text: [/not well-formed XML/i],
      means: 'IIS cannot read the file: every URL of the folder answers 500.19.',
      causes: [
        {
          says: 'a missing end tag, text before <?xml or after </configuration>, a bare & or <',
          fix: 'correct the line that the page names',
          rules: ['MALFORMED_XML'],
        },
        {
          says: 'the file has characters of a Windows code page and says UTF-8',
          fix: 'save it as UTF-8',
          rules: ['MALFORMED_XML'],
        },
      ],
      apart: `The doctor names line and column: ${iisnodeSock} doctor web.config`,
      sources: [kb, 'https://github.com/0GiS0/socketio-chatroom-on-azure'],
    },
    {
      id: 'rewrite-not-installed',
      example: 'HTTP Error 500.19, Error Code 0x8007000d, Config Source: <rewrite>',
      says: 'IIS does not know <rewrite>: URL Rewrite is not installed',
      error: ['0x8007000d', '0x80070032'],
      text: [/missing a section declaration/i, /Unrecognized element 'rewrite'/i],
      with: /<rewrite\b|webServer\/rewrite|element 'rewrite'/i,
      means: 'URL Rewrite is a separate download; without it web.config cannot be read.',
      causes: [
        {
          says: 'the module URL Rewrite 2.1 is not installed on this server',
          fix: 'install URL Rewrite 2.1 (x64), then iisreset',
        },
      ],
      apart: '%windir%\\system32\\inetsrv\\rewrite.dll exists where it is installed.',
      sources: [
        iisnodeIssue(214),
        iisnodeIssue(368),
        iisnodeIssue(578),
        'https://github.com/projectkudu/kudu/issues/2178',
      ],
    },
    {
      id: 'iisnode-not-installed',
      example:
        "The configuration section 'system.webServer/iisnode' cannot be read because it is missing a section declaration",
      says: 'IIS does not know <iisnode>: iisnode is not installed, or the element stands in a wrong place',
      error: ['0x8007000d', '0x80070032'],
      text: [/missing a section declaration/i, /Unrecognized element 'iisnode'/i],
      with: /<iisnode\b|webServer\/iisnode|element 'iisnode'|section 'iisnode'/i,
      means: 'The section iisnode is declared by the installer of iisnode, inside system.webServer only.',
      causes: [
        {
          says: 'iisnode is not installed on this server, or only for the other bitness',
          fix: 'install iisnode (x64 with a 64-bit pool), then iisreset',
        },
        {
          says: '<iisnode> stands outside system.webServer',
          fix: 'move it into system.webServer',
          rules: ['CONFIG_ERROR'],
        },
      ],
      apart: '%windir%\\system32\\inetsrv\\config\\schema\\iisnode_schema.xml exists where iisnode is installed.',
      sources: [kb, 'https://github.com/Azure/iisnode/blob/master/src/setup/iisnode-msi/addiisnodesection.js'],
    },
    {
      id: 'http-errors-path',
      example:
        'Absolute physical path "C:\\inetpub\\custerr" is not allowed in system.webServer/httpErrors section in web.config file.',
      says: 'The section httpErrors inherits an absolute path that web.config must not have',
      text: [/Absolute physical path "[^"\n]{1,260}" is not allowed in system\.webServer\/httpErrors/i],
      means:
        'A web.config that sets httpErrors takes over its entries, and absolute folders are not allowed in web.config.',
      causes: [
        {
          says: 'web.config, or the one above, sets httpErrors, and the server has absolute folders in it',
          fix: 'appcmd set config -section:httpErrors -allowAbsolutePathsWhenDelegated:true /commit:apphost, or remove httpErrors from web.config',
        },
        { says: 'delegation of the whole server was reset', fix: 'reset the section Error Pages only, to Read Only' },
      ],
      apart: 'Does the web.config of the app have <httpErrors>? Otherwise it is the one above.',
      sources: [iisnodeIssue(578), kb],
    },
    {
      id: 'unrecognized-setting',
      example: "Config Error: Unrecognized attribute 'enabeld'",
      says: 'web.config has an element or attribute that IIS does not know',
      text: [/Unrecognized (?:element|attribute) '[^'\n]{1,80}'/i, /Missing required attribute '/i],
      means: 'Names are case-sensitive, and each module declares its own: IIS refuses the file.',
      causes: [
        {
          says: 'a name is misspelt, or stands in the wrong element',
          fix: 'correct the name',
          rules: ['CONFIG_ERROR'],
        },
        {
          says: 'the setting belongs to a module that is not installed, or to a newer version of it',
          fix: 'install or update the module, or remove the setting',
        },
      ],
      apart: `${iisnodeSock} doctor web.config compares each name with the schema of IIS 10, URL Rewrite and iisnode.`,
      sources: [kb, iisnodeIssue(107)],
      follows: ['parent-configuration'],
    },
    {
      id: 'parent-configuration',
      example: "Config Error: Unrecognized attribute 'targetFramework'. Note that attribute names are case-sensitive.",
      says: 'A web.config above the app breaks it',
      text: [
        /<standardEndpoints\b|section '[^'\n]{0,80}standardEndpoints'/i,
        /Unrecognized attribute 'targetFramework'/i,
      ],
      means: 'Applications inherit the files above; the pool runs another version of .NET than that file needs.',
      causes: [
        {
          says: 'the pool has no managed runtime, or an old one, and the parent file is of an ASP.NET app',
          fix: 'give the app a site of its own, or put the settings of the parent into <location path="." inheritInChildApplications="false">',
        },
      ],
      apart: '"Config File" on the page is not the file of the app.',
      sources: [iisnodeIssue(107), iisnodeIssue(301)],
    },
    {
      id: 'asp-net-answers',
      example: "Server Error in '/' Application.",
      says: 'An ASP.NET application answers, not node',
      text: [/Server Error in '\/[^'\n]{0,80}' Application/i],
      means: 'The URL reached an application of .NET above or beside the app, or its web.config applies here.',
      causes: [
        {
          says: 'the URL does not belong to the app: the application or its path is missing in IIS',
          fix: `appcmd list app; ${iisnodeSock} deploy creates it`,
        },
        {
          says: 'the app inherits the web.config of the ASP.NET application above',
          fix: '<location path="." inheritInChildApplications="false"> there, and a pool of its own',
        },
      ],
      apart: 'The name in the quotes is the application that answers.',
      sources: [iisnodeIssue(301), iisnodeIssue(556)],
    },
    {
      id: 'configuration-access-denied',
      example:
        'HTTP Error 500.19, Error Code 0x80070005: Cannot read configuration file due to insufficient permissions',
      says: 'IIS must not read web.config or the folder',
      status: ['500.19'],
      error: ['0x80070005'],
      text: [/Cannot read configuration file due to insufficient permissions/i],
      means: 'The identity of the application pool has no right to read the file.',
      causes: [
        {
          says: 'IIS_IUSRS and the pool identity have no read access to the folder, often one below C:\\Users',
          fix: 'icacls FOLDER /grant "IIS_IUSRS:(OI)(CI)RX", or move the app to C:\\inetpub; deploy grants the rights',
        },
      ],
      apart: 'icacls FOLDER lists who may read.',
      sources: [kb],
    },
    {
      id: 'configuration-file-gone',
      example: 'HTTP Error 500.19, Error Code 0x80070003: Cannot read configuration file',
      says: 'IIS does not find web.config or the physical path of the app',
      status: ['500.19'],
      error: ['0x80070003', '0x80070002', '0x8007010b', '0x8007052e'],
      text: [/Cannot read configuration file\s{0,3}(?:$|\n)/im],
      means: 'The folder that the application or virtual directory names is not there, or cannot be reached.',
      causes: [
        {
          says: 'the folder was moved, renamed or deleted after it was given to IIS',
          fix: 'correct the physical path: appcmd list vdir, appcmd set vdir ... /physicalPath:',
        },
        {
          says: 'the folder is on a share that the pool identity cannot log on to (0x8007052e)',
          fix: 'give the pool an account of the domain, or copy the app to a local disk',
        },
      ],
      apart: '"Physical Path" on the page, and the error code: 2 and 3 not found, 10b not a folder, 52e log-on failed.',
      sources: [kb],
    },
    {
      id: 'configuration-not-decrypted',
      example: "Failed to decrypt attribute 'password'",
      says: 'A value of the configuration is encrypted with the key of another server',
      text: [/Failed to decrypt (?:attribute|using provider)/i],
      means: 'Encrypted sections and passwords can be read only where the key is.',
      causes: [
        {
          says: 'the file was copied from another machine',
          fix: 'write the value again on this server, or import the key with aspnet_regiis -pi',
          rules: ['SECTION_ENCRYPTED'],
        },
      ],
      apart: 'The text names the attribute or the provider.',
      sources: ['https://github.com/Azure/iisnode/issues/33'],
    },
    ...otherConfiguration,
  ],
};
