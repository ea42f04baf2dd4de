import { bool, element, oneOf, seconds, string, time, uint, webServer } from './build.js';
import type { SectionSchema } from './types.js';

/** The proxy of Application Request Routing 3 (`arr_schema.xml`); only applicationHost.config may have it. */
export const requestRoutingSections: readonly SectionSchema[] = [
  webServer(
    'proxy',
    element(
      'proxy',
      [
        bool('enabled', false),
        oneOf('httpVersion', ['PassThrough', 'Http10', 'Http11'], 'PassThrough'),
        bool('keepAlive', true),
        time('timeout', '00:02:00', seconds(0, 2592000)),
        bool('preserveHostHeader', false),
        bool('reverseRewriteHostInResponseHeaders', true),
        bool('arrResponseHeader', true),
        string('xForwardedForHeaderName', 'X-Forwarded-For'),
        bool('includePortInXForwardedFor', true),
        string('xForwardedByHeaderName', ''),
        string('sslHeaderName', 'X-ARR-SSL'),
        string('clientCertName', 'X-ARR-ClientCert'),
        string('logGuidName', 'X-ARR-LOG-ID'),
        uint('minResponseBuffer', 0),
        uint('responseBufferLimit', 4194304),
        uint('maxResponseHeaderSize', 65536),
        string('proxy', ''),
        string('proxyBypass', ''),
      ],
      {
        elements: [
          element('cache', [
            bool('enabled', true),
            time('validationInterval', '00:01:00'),
            bool('requestConsolidationEnabled', false),
            oneOf('queryStringHandling', ['Accept', 'Ignore', 'NoCache'], 'Accept'),
          ]),
        ],
      },
    ),
    { product: 'arr', mode: 'Deny', allow: 'AppHostOnly' },
  ),
];
