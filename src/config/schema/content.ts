import {
  bool,
  element,
  entries,
  expanded,
  flags,
  key,
  list,
  nonEmpty,
  notIn,
  oneOf,
  range,
  seconds,
  string,
  time,
  uint,
  webServer,
} from './build.js';
import type { SectionSchema } from './types.js';

/** Static content, documents, errors, headers, compression and caching (`IIS_schema.xml` of IIS 10). */
const defaultDocument = element('defaultDocument', [bool('enabled', true)], {
  elements: [list('files', [string('value', undefined, key)], { mergeAppend: false })],
});

const staticContent = element(
  'staticContent',
  [string('defaultDocFooter', ''), bool('isDocFooterFileName', false), bool('enableDocFooter', false)],
  {
    collection: entries(
      [
        string('fileExtension', undefined, { ...key, ...nonEmpty }),
        string('mimeType', undefined, { required: true, ...nonEmpty }),
      ],
      { add: 'mimeMap' },
    ),
    elements: [
      element('clientCache', [
        oneOf('cacheControlMode', ['NoControl', 'DisableCache', 'UseMaxAge', 'UseExpires'], 'NoControl'),
        time('cacheControlMaxAge', '1.00:00:00'),
        string('httpExpires', ''),
        bool('setEtag', true),
        string('cacheControlCustom', ''),
      ]),
    ],
  },
);

const errorModes = { File: 0, ExecuteURL: 1, Redirect: 2 };
const httpErrors = element(
  'httpErrors',
  [
    oneOf('errorMode', ['DetailedLocalOnly', 'Custom', 'Detailed'], 'DetailedLocalOnly'),
    oneOf('existingResponse', ['Auto', 'Replace', 'PassThrough'], 'Auto'),
    string('defaultPath', '', expanded),
    oneOf('defaultResponseMode', errorModes, 'File'),
    string('detailedMoreInformationLink', 'https://go.microsoft.com/fwlink/?LinkID=62293'),
    bool('allowAbsolutePathsWhenDelegated', false),
  ],
  {
    collection: entries(
      [
        uint('statusCode', undefined, { required: true, key: 'combined', validator: range(400, 999) }),
        { name: 'subStatusCode', type: 'int', default: '-1', key: 'combined', validator: range(-1, 999) },
        string('prefixLanguageFilePath', '', expanded),
        string('path', undefined, { required: true, ...nonEmpty, ...expanded }),
        oneOf('responseMode', errorModes, 'File'),
      ],
      { add: 'error' },
    ),
  },
);

const header = [string('name', undefined, { ...key, ...nonEmpty }), string('value', '')];
const httpProtocol = element('httpProtocol', [bool('allowKeepAlive', true)], {
  elements: [list('customHeaders', header), list('redirectHeaders', header)],
});

const httpRedirect = element(
  'httpRedirect',
  [
    bool('enabled', false),
    string('destination', ''),
    bool('exactDestination', false),
    bool('childOnly', false),
    oneOf('httpResponseStatus', { Permanent: 301, Found: 302, Temporary: 307, PermRedirect: 308 }, 'Found'),
  ],
  { collection: entries([string('wildcard', undefined, key), string('destination', undefined, { required: true })]) },
);

const mimeType = [string('mimeType', undefined, { ...key, ...nonEmpty }), bool('enabled', true)];
const httpCompression = element(
  'httpCompression',
  [
    string('directory', '%SystemDrive%\\inetpub\\temp\\IIS Temporary Compressed Files', expanded),
    bool('sendCacheHeaders', false),
    string('expiresHeader', 'Wed, 01 Jan 1997 12:00:00 GMT'),
    string('cacheControlHeader', 'max-age=86400'),
    bool('doDiskSpaceLimiting', true),
    uint('maxDiskSpaceUsage', 100),
    uint('minFileSizeForComp', 2700),
    bool('noCompressionForHttp10', true),
    bool('noCompressionForProxies', true),
    bool('noCompressionForRange', true),
    uint('dynamicCompressionDisableCpuUsage', 90, { validator: range(0, 100) }),
    uint('dynamicCompressionEnableCpuUsage', 50, { validator: range(0, 100) }),
    uint('staticCompressionDisableCpuUsage', 100, { validator: range(0, 100) }),
    uint('staticCompressionEnableCpuUsage', 80, { validator: range(0, 100) }),
    bool('staticCompressionIgnoreHitFrequency', false),
    uint('dynamicCompressionBufferLimit', 65536),
  ],
  {
    collection: entries(
      [
        string('name', undefined, { ...key, ...nonEmpty }),
        string('dll', '', expanded),
        bool('doStaticCompression', true),
        bool('doDynamicCompression', true),
        uint('staticCompressionLevel', 7, { validator: range(0, 11) }),
        uint('dynamicCompressionLevel', 0, { validator: range(0, 11) }),
      ],
      { add: 'scheme' },
    ),
    elements: [list('staticTypes', mimeType), list('dynamicTypes', mimeType)],
  },
);

const cachePolicy = ['DontCache', 'CacheUntilChange', 'CacheForTimePeriod', 'DisableCache'];
const caching = element(
  'caching',
  [bool('enabled', true), bool('enableKernelCache', true), uint('maxCacheSize', 0), uint('maxResponseSize', 262144)],
  {
    elements: [
      list(
        'profiles',
        [
          string('extension', undefined, { ...key, ...nonEmpty }),
          oneOf('policy', cachePolicy, 'DontCache'),
          oneOf('kernelCachePolicy', cachePolicy, 'DontCache'),
          time('duration', '00:00:30'),
          oneOf('location', ['Any', 'Client', 'Server', 'ServerAndClient', 'Downstream', 'None'], 'Any'),
          string('varyByHeaders', ''),
          string('varyByQueryString', ''),
        ],
        { mergeAppend: false },
      ),
    ],
  },
);

export const contentSections: readonly SectionSchema[] = [
  webServer('defaultDocument', defaultDocument),
  webServer('staticContent', staticContent),
  webServer(
    'directoryBrowse',
    element('directoryBrowse', [
      bool('enabled', false),
      flags(
        'showFlags',
        { None: 0, Date: 2, Time: 4, Size: 8, Extension: 16, LongDate: 32 },
        'Date, Time, Size, Extension',
      ),
    ]),
  ),
  webServer('httpErrors', httpErrors),
  webServer('httpProtocol', httpProtocol),
  webServer('httpRedirect', httpRedirect),
  webServer(
    'urlCompression',
    element('urlCompression', [
      bool('doStaticCompression', true),
      bool('doDynamicCompression', true),
      bool('dynamicCompressionBeforeCache', false),
    ]),
  ),
  webServer('httpCompression', httpCompression),
  webServer('caching', caching),
];

/** Site limits share these (`system.applicationHost/sites`). */
export const siteLimits = element('limits', [
  uint('maxBandwidth', 4294967295, { validator: notIn(0, 1023) }),
  uint('maxConnections', 4294967295),
  time('connectionTimeout', '00:02:00', seconds(0, 65535)),
  uint('maxUrlSegments', 32, { validator: range(0, 16383) }),
]);
