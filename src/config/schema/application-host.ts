import {
  bool,
  combined,
  element,
  encrypted,
  entries,
  expanded,
  flags,
  key,
  list,
  nonEmpty,
  oneOf,
  open,
  range,
  seconds,
  string,
  time,
  uint,
} from './build.js';
import { siteLimits } from './content.js';
import { poolAttributes, poolElements } from './pools.js';
import type { ElementSchema, SectionSchema } from './types.js';

/** `system.applicationHost/*` (`IIS_schema.xml` of IIS 10). */
const logFile = element(
  'logFile',
  [
    flags(
      'logExtFileFlags',
      {
        Date: 1,
        Time: 2,
        ClientIP: 4,
        UserName: 8,
        SiteName: 16,
        ComputerName: 32,
        ServerIP: 64,
        Method: 128,
        UriStem: 256,
        UriQuery: 512,
        HttpStatus: 1024,
        Win32Status: 2048,
        BytesSent: 4096,
        BytesRecv: 8192,
        TimeTaken: 16384,
        ServerPort: 32768,
        UserAgent: 65536,
        Cookie: 131072,
        Referer: 262144,
        ProtocolVersion: 524288,
        Host: 1048576,
        HttpSubStatus: 2097152,
      },
      'Date, Time, ClientIP, UserName, ServerIP, Method, UriStem, UriQuery, TimeTaken, HttpStatus, Win32Status, ServerPort, UserAgent, HttpSubStatus, Referer',
    ),
    string('customLogPluginClsid', ''),
    oneOf('logFormat', ['IIS', 'NCSA', 'W3C', 'Custom'], 'W3C'),
    oneOf('logTargetW3C', { File: 1, ETW: 2 }, 'File'),
    string('directory', '%SystemDrive%\\inetpub\\logs\\LogFiles', { ...expanded, ...nonEmpty }),
    oneOf('period', { Hourly: 4, Daily: 1, Weekly: 2, Monthly: 3, MaxSize: 0 }, 'Daily'),
    // int64 in the shipped schema, with this range.
    { name: 'truncateSize', type: 'int64', default: '20971520', validator: range(1048576, 4294967295) },
    bool('localTimeRollover', false),
    bool('enabled', true),
    bool('logSiteId', true),
    bool('flushByEntryCountW3CLog', false),
    uint('maxLogLineLength', 65536, { validator: range(2, 65536) }),
  ],
  {
    elements: [
      element('customFields', [uint('maxCustomFieldLength', 4096, { validator: range(2, 65536) })], {
        collection: entries([
          string('logFieldName', undefined, { ...key, ...nonEmpty }),
          string('sourceName', undefined, { required: true, ...nonEmpty }),
          oneOf('sourceType', ['RequestHeader', 'ResponseHeader', 'ServerVariable'], undefined, { required: true }),
        ]),
      }),
    ],
  },
);

const traceFailedRequestsLogging = element('traceFailedRequestsLogging', [
  bool('enabled', false),
  string('directory', '%SystemDrive%\\inetpub\\logs\\FailedReqLogFiles', { ...expanded, ...nonEmpty }),
  uint('maxLogFiles', 50, { validator: range(1, 10000) }),
  uint('maxLogFileSizeKB', 1024, { validator: range(0, 1048576) }),
  bool('customActionsEnabled', false),
]);

const hsts = element('hsts', [
  bool('enabled', false),
  uint('max-age', 0),
  bool('includeSubDomains', false),
  bool('preload', false),
  bool('redirectHttpToHttps', false),
]);

const virtualDirectoryAttributes = [
  string('physicalPath', undefined, expanded),
  string('userName', ''),
  string('password', '', encrypted),
  oneOf('logonMethod', ['Interactive', 'Batch', 'Network', 'ClearText'], 'ClearText'),
  bool('allowSubDirConfig', true),
];
const applicationAttributes = [
  string('applicationPool'),
  string('enabledProtocols', 'http'),
  bool('serviceAutoStartEnabled', false),
  string('serviceAutoStartProvider', ''),
  bool('preloadEnabled', false),
];
const pathOf = (kind: 'applicationPath' | 'virtualDirectoryPath') =>
  string('path', undefined, { ...key, validator: { kind } });

const virtualDirectoryDefaults = element('virtualDirectoryDefaults', virtualDirectoryAttributes);
const applicationDefaults = element('applicationDefaults', applicationAttributes);

const application = entries(
  [pathOf('applicationPath'), ...applicationAttributes],
  { add: 'application', remove: false, clear: true, defaults: 'applicationDefaults' },
  {
    elements: [virtualDirectoryDefaults],
    collection: entries([pathOf('virtualDirectoryPath'), ...virtualDirectoryAttributes], {
      add: 'virtualDirectory',
      remove: false,
      clear: true,
      defaults: 'virtualDirectoryDefaults',
    }),
  },
);

const bindings = element('bindings', [], {
  collection: entries(
    [string('protocol', undefined, combined), string('bindingInformation', undefined, combined), uint('sslFlags', 0)],
    { add: 'binding', remove: false },
  ),
});

/** `FTP_schema.xml` puts `ftpServer` into sites. */
const siteParts: readonly ElementSchema[] = [
  bindings,
  siteLimits,
  logFile,
  traceFailedRequestsLogging,
  hsts,
  open('ftpServer'),
];
const siteId = (required: boolean) =>
  uint('id', undefined, { required, validator: range(1, 4294967295), ...(required ? { key: 'unique' as const } : {}) });

const sites = element('sites', [], {
  collection: entries(
    [
      string('name', undefined, { ...key, validator: { kind: 'siteName' } }),
      siteId(true),
      bool('serverAutoStart', true),
    ],
    { add: 'site', remove: false, clear: true, defaults: 'siteDefaults' },
    {
      collection: application,
      elements: [...siteParts, applicationDefaults, virtualDirectoryDefaults],
    },
  ),
  elements: [
    element('siteDefaults', [string('name'), siteId(false), bool('serverAutoStart', true)], {
      elements: [...siteParts],
    }),
    applicationDefaults,
    virtualDirectoryDefaults,
  ],
});

const applicationPools = element('applicationPools', [], {
  collection: entries(
    [string('name', undefined, { ...key, validator: { kind: 'applicationPoolName' } }), ...poolAttributes],
    { remove: false, clear: true, defaults: 'applicationPoolDefaults' },
    { elements: poolElements },
  ),
  elements: [element('applicationPoolDefaults', [string('name'), ...poolAttributes], { elements: poolElements })],
});

const central = (name: string) =>
  element(name, [
    bool('enabled', false),
    string('directory', '%SystemDrive%\\inetpub\\logs\\LogFiles', expanded),
    oneOf('period', { Hourly: 4, Daily: 1, Weekly: 2, Monthly: 3, MaxSize: 0 }, 'Daily'),
    { name: 'truncateSize', type: 'int64', default: '20971520' },
    bool('localTimeRollover', false),
    string('logExtFileFlags'),
  ]);

const others: readonly ElementSchema[] = [
  element(
    'log',
    [bool('logInUTF8', true), oneOf('centralLogFileMode', ['Site', 'CentralBinary', 'CentralW3C'], 'Site')],
    { elements: [central('centralBinaryLogFile'), central('centralW3CLogFile')] },
  ),
  element('webLimits', [
    time('connectionTimeout', '00:02:00', seconds(0, 65535)),
    uint('dynamicIdleThreshold', 0),
    time('headerWaitTimeout', '00:00:00', seconds(0, 65535)),
    uint('minBytesPerSecond', 240),
    uint('demandStartThreshold', 2147483647, { validator: range(10, 4294967295) }),
    uint('dynamicRegistrationThreshold', 100),
  ]),
  element('configHistory', [
    bool('enabled', true),
    string('path', '%SystemDrive%\\inetpub\\history', expanded),
    uint('maxHistories', 10),
    time('period', '00:02:00'),
  ]),
  list('listenerAdapters', [
    string('name', undefined, key),
    string('identity', ''),
    string('protocolManagerDll', ''),
    string('protocolManagerDllInitFunction', ''),
  ]),
  list(
    'customMetadata',
    [string('path', undefined, key)],
    { add: 'key' },
    {
      collection: entries(
        [
          uint('id', undefined, key),
          oneOf('dataType', { DWord: 1, String: 2, Binary: 3, ExpandSz: 4, MultiSz: 5 }, undefined, { required: true }),
          uint('userType', 1),
          uint('attributes', 0),
          string('value', ''),
        ],
        { add: 'property' },
      ),
    },
  ),
  list('serviceAutoStartProviders', [string('name', undefined, key), string('type', undefined, { required: true })]),
];

export const applicationHostSections: readonly SectionSchema[] = [applicationPools, sites, ...others].map(
  (content): SectionSchema => ({
    path: `system.applicationHost/${content.name}`,
    element: content,
    overrideModeDefault: 'Deny',
    allowDefinition: 'AppHostOnly',
    product: 'iis',
  }),
);
