import { describe, expect, it } from 'vitest';
import { explainRule, gatherFacts, rules, runRules, type Severity } from '../../src/doctor/index.js';
import { wantedIisnodeSettings } from '../../src/webconfig/index.js';
import { codesOf, expectCodes, fixtures, sitesThere } from './expect-codes.js';
import { rewriteSites } from './rewrite-sites.js';

/** Rule, its failing sites and their quiet twins. Every rule has both. */
const sites: Record<string, { readonly bad: readonly string[]; readonly good: readonly string[] }> = {
  MALFORMED_XML: {
    bad: ['xml-not-closed', 'xml-space-before-declaration', 'xml-ampersand'],
    good: ['xml-with-byte-order-mark', 'xml-without-declaration'],
  },
  DUPLICATE_ENTRY: {
    bad: [
      'socket-path-from-environment@handler-above',
      'duplicate-handler',
      'duplicate-handler-that-differs',
      'duplicate-mime-map',
      'duplicate-section',
    ],
    good: ['duplicate-mime-map-removed-first'],
  },
  CONFIG_ERROR: {
    bad: ['iisnode-unknown-attribute', 'rewrite-invalid-pattern', 'websocket-in-other-case'],
    good: ['iisnode-defaults-repeated'],
  },
  SECTION_ENCRYPTED: { bad: ['section-encrypted'], good: ['section-decrypted'] },
  IISNODE_YML_INVALID: {
    bad: ['iisnode-yml-like-yaml', 'iisnode-yml-bad-boolean', 'iisnode-yml-unknown-key'],
    good: ['iisnode-yml-right'],
  },
  WEB_CONFIG_NOT_FOUND: { bad: ['no-web-config'], good: ['web-configs-of-applications'] },
  HANDLER_FOR_ENTRY_MISSING: {
    bad: ['handler-missing', 'handler-dot-slash', 'handler-without-module'],
    good: ['handler-present', 'handler-in-location'],
  },
  ENTRY_FILE_MISSING: { bad: ['entry-file-missing'], good: ['entry-file-in-other-case', 'entry-built'] },
  ENTRY_NOT_BUILT: { bad: ['entry-not-built', 'entry-not-compiled'], good: ['entry-built'] },
  PACKAGE_JSON_INVALID: {
    bad: ['package-json-with-comment', 'package-json-of-array', 'package-json-type-unknown'],
    good: ['package-json-with-byte-order-mark'],
  },
  ENTRY_SYNTAX_ERROR: {
    bad: [
      'entry-syntax-error',
      'entry-syntax-error-in-module',
      'entry-import-in-commonjs',
      'typescript-that-does-not-parse',
    ],
    good: ['entry-newest-syntax', 'entry-transpiled'],
  },
  REWRITE_TARGET_UNHANDLED: {
    bad: ['rewrite-target-unhandled'],
    good: ['rewrite-target-handled', 'rewrite-target-for-browsers', 'rewrite-target-bin-www'],
  },
  SOCKET_REWRITE_MISSING: {
    bad: [
      'socket-rewrite-missing',
      'socket-rewrite-leading-slash',
      'socket-rewrite-with-vdir-path',
      'socket-rewrite-own-folder-missing',
      'socket-rewrite-for-scripts-only',
      'proxy-for-api-only',
    ],
    good: [
      'socket-rewrite-own-folder',
      'socket-rewrite-catch-all',
      'azure-template',
      'proxy-for-api-and-its-sockets',
      'proxy-strips-folder-of-client',
    ],
  },
  SOCKET_REQUESTS_REFUSED: {
    bad: ['socket-requests-hidden', 'socket-requests-verb-denied', 'socket-requests-redirected'],
    good: ['socket-requests-others-refused'],
  },
  SOCKET_REWRITE_SWALLOWED: {
    bad: [
      'socket-rewrite-swallowed',
      'socket-rewrite-without-stop',
      'socket-rewrite-redirected',
      'proxy-for-sockets-below-spa',
    ],
    good: [
      'proxy-for-sockets-above-spa',
      'socket-rewrite-first',
      'socket-rewrite-behind-https-redirect',
      'socket-rewrite-maintenance',
      'socket-rewrite-by-host',
    ],
  },
  SOCKET_REWRITE_UNANCHORED: {
    bad: ['socket-rewrite-unanchored', 'socket-rewrite-unanchored-with-capture'],
    good: ['socket-rewrite-anchored'],
  },
  ...rewriteSites,
  INHERITED_RULE_TAKES_APP: {
    bad: ['socket-path-from-environment@catch-all-above'],
    good: ['socket-path-from-environment@catch-all-kept-above', 'socket-path-from-environment@plain-site'],
  },
  CHILD_APP_INHERITS: {
    bad: ['everything-right@child-with-same-handler'],
    good: ['everything-right@child-of-its-own'],
  },
  MODULE_NOT_INSTALLED: {
    bad: [
      'everything-right@server-without-iisnode',
      'everything-right@server-for-32-bit',
      'everything-right@nothing-installed',
      'everything-right@dll-for-32-bit',
    ],
    good: ['everything-right@server', 'everything-right@all-installed'],
  },
  IISNODE_SCHEMA_MISSING: {
    bad: ['everything-right@without-schema'],
    good: ['everything-right@all-installed', 'reverse-proxy@without-schema'],
  },
  URL_REWRITE_NOT_INSTALLED: {
    bad: ['everything-right@without-url-rewrite'],
    good: ['everything-right@all-installed', 'platform-port-by-own-name@without-url-rewrite'],
  },
  POOL_STOPPED: {
    bad: ['everything-right@pool-stopped', 'everything-right@pool-disabled'],
    good: ['everything-right@all-installed'],
  },
  WORKER_PROCESS_FAILS: {
    bad: ['everything-right@worker-crashed'],
    good: ['everything-right@all-installed', 'everything-right@module-of-others'],
  },
  NODE_NOT_FOUND: {
    bad: ['everything-right@without-node'],
    good: ['everything-right@all-installed', 'reverse-proxy@without-node'],
  },
  POOL_WITHOUT_RIGHTS: {
    bad: ['everything-right@app-unreadable', 'everything-right@logs-denied', 'everything-right@visitors-unreadable'],
    good: ['everything-right@all-installed'],
  },
  DISK_ALMOST_FULL: { bad: ['everything-right@disk-full'], good: ['everything-right@all-installed'] },
  FOLDER_ABOVE_CLOSED: { bad: ['everything-right@in-profile'], good: ['everything-right@all-installed'] },
  SERVICE_NOT_RUNNING: { bad: ['everything-right@service-stopped'], good: ['everything-right@service-running'] },
  IISNODE_TOO_OLD: {
    bad: ['everything-right@iisnode-0.2.7', 'everything-right@iisnode-0.1.21'],
    good: ['everything-right@iisnode-0.2.21'],
  },
  POOL_NOT_FOUND: { bad: ['everything-right@server-without-pool'], good: ['everything-right@server'] },
  POOL_RECYCLES: { bad: ['everything-right@server-as-installed'], good: ['everything-right@server'] },
  ANONYMOUS_ACCESS_OFF: {
    bad: ['everything-right@server-closed', 'everything-right@server-signs-in'],
    good: ['everything-right@server'],
  },
  PROXY_NOT_ENABLED: {
    bad: ['reverse-proxy@server', 'reverse-proxy@server-with-proxy-off'],
    good: ['reverse-proxy@server-with-proxy'],
  },
  WEBSOCKET_MODULE_ENABLED: {
    bad: ['websocket-module-on', 'websocket-module-explicit', 'websocket-module-in-comment', 'websocket-module-on-ws'],
    good: [
      'websocket-module-off',
      'websocket-module-on-polling-only',
      'websocket-module-on-without-realtime',
      'aspnet-core',
      'reverse-proxy',
    ],
  },
  WEBSOCKET_OFF_BEHIND_PROXY: {
    bad: ['platform-websocket-off', 'proxy-websocket-off', 'platform-right@without-web-sockets'],
    good: ['platform-right', 'platform-right@with-web-sockets', 'everything-right@without-web-sockets'],
  },
  LISTENS_ON_OTHER_ADDRESS: {
    bad: ['proxy-to-ipv4-of-ipv6-server', 'proxy-to-ipv6-of-ipv4-server', 'platform-server-on-localhost'],
    good: ['proxy-to-right-port', 'proxy-to-localhost-of-ipv4-server', 'platform-right', 'platform-server-on-ipv4'],
  },
  UPGRADE_ANSWERED_TWICE: {
    bad: ['ws-on-server-of-socket-io', 'express-ws-on-server-of-socket-io'],
    good: ['ws-with-upgrades-of-its-path', 'ws-beside-polling-only'],
  },
  PLATFORM_PORT_NOT_READ: {
    bad: ['platform-port-not-mapped', 'platform-port-fixed'],
    good: ['platform-right', 'platform-port-by-own-name'],
  },
  PLATFORM_PROCESS_PATH: {
    bad: ['platform-process-in-profile', 'platform-process-is-script'],
    good: ['platform-right'],
  },
  PLATFORM_SCRIPT_MISSING: {
    bad: ['platform-script-absent', 'platform-script-unquoted'],
    good: ['platform-right', 'platform-script-with-options'],
  },
  PLATFORM_HANDLER_NOT_FOR_ALL: {
    bad: ['platform-handler-of-one-file', 'platform-handler-of-files'],
    good: ['platform-right', 'platform-handler-without-resource-type'],
  },
  PLATFORM_PORT_CHOSEN: { bad: ['platform-port-refused'], good: ['platform-right'] },
  PLATFORM_PATH_WITHOUT_VDIR: { bad: ['platform-in-vdir'], good: ['platform-right'] },
  PLATFORM_VERSION_DIFFERS: { bad: ['platform-recycle-on-change'], good: ['platform-right'] },
  PLATFORM_IGNORES_IISNODE: {
    bad: ['platform-ignores-yml', 'platform-ignores-app-settings'],
    good: ['platform-settings-passed'],
  },
  COMMAND_LINE_NOT_NODE: {
    bad: ['command-line-pm2', 'command-line-bash', 'command-line-script', 'command-line-path-list'],
    good: ['command-line-options'],
  },
  NODE_IN_USER_PROFILE: {
    bad: ['node-in-user-profile', 'everything-right@node-of-user', 'everything-right@node-linked-to-user'],
    good: ['node-for-all-users', 'everything-right@all-installed', 'everything-right@node-of-user-readable'],
  },
  HANDLER_ACCESS_REFUSED: {
    bad: ['handler-requires-execute', 'handlers-for-files-only'],
    good: ['handler-requires-granted'],
  },
  CLIENT_SCHEME_NOT_SEEN: {
    bad: ['client-scheme-redirect', 'client-scheme-cookie', 'proxy-scheme-not-sent'],
    good: ['client-scheme-trusted', 'client-scheme-by-more', 'proxy-scheme-asked-for-http'],
  },
  POLICY_BLOCKS_CLIENT: {
    bad: [
      'policy-of-page',
      'policy-of-iis',
      'policy-without-sockets',
      'policy-of-helmet',
      'policy-of-helmet-for-others',
      'policy-of-cdn',
    ],
    good: [
      'policy-for-script-file',
      'policy-with-nonce',
      'policy-of-helmet-off',
      'policy-of-old-helmet',
      'policy-of-helmet-behind-page',
    ],
  },
  INTERCEPTOR_NOT_QUOTED: { bad: ['interceptor-not-quoted'], good: ['interceptor-quoted'] },
  WATCHED_ENTRY_INERT: {
    bad: ['watched-entry-slash', 'watched-entry-wildcard-folder', 'watched-entry-parent-missing'],
    good: ['watched-entries-right'],
  },
  DEV_ERRORS_IN_PRODUCTION: {
    bad: ['dev-errors-in-production'],
    good: ['dev-errors-in-development', 'production-right'],
  },
  DEBUGGER_IN_PRODUCTION: { bad: ['debugger-in-production'], good: ['production-right', 'debugger-by-default'] },
  LOGS_SERVED: { bad: ['logs-served'], good: ['logs-sent-to-node', 'logs-hidden'] },
  EXPRESS_PATH_REFUSED: { bad: ['express-5-star', 'express-5-optional'], good: ['express-5-right', 'express-4-star'] },
  KEEP_ALIVE_TOO_SHORT: {
    bad: ['keep-alive-short', 'keep-alive-age-long'],
    good: ['keep-alive-long', 'keep-alive-never'],
  },
  TRANSPORTS_DIFFER: {
    bad: ['transports-websocket-on-server', 'transports-polling-on-server'],
    good: ['transports-websocket-on-both', 'transports-tried-in-turn'],
  },
  CREDENTIALS_NOT_ALLOWED: { bad: ['credentials-for-star'], good: ['credentials-for-own-host', 'credentials-allowed'] },
  CORS_ORIGIN_NEVER_SENT: { bad: ['cors-origin-with-slash'], good: ['cors-any', 'cors-listed-with-credentials'] },
  CORS_ANY_WITH_CREDENTIALS: { bad: ['cors-any-with-credentials'], good: ['cors-any', 'cors-listed-with-credentials'] },
  CORS_HEADER_TWICE: { bad: ['cors-header-twice'], good: ['cors-header-once'] },
  RECOVERY_WITHOUT_STORE: { bad: ['recovery-without-store'], good: ['recovery-with-streams'] },
  MESSAGE_LARGER_THAN_REQUEST: {
    bad: ['message-larger-than-request'],
    good: ['message-allowed', 'message-by-websocket'],
  },
  WINDOWS_AUTH_ON_SOCKETS: {
    bad: ['windows-auth-on-sockets'],
    good: ['windows-auth-in-iis'],
  },
  ROUTE_REFUSED: { bad: ['route-refused'], good: ['route-not-refused'] },
  DEFLATE_BEHIND_PROXY: { bad: ['deflate-behind-proxy'], good: ['deflate-behind-proxy-off', 'deflate-under-iisnode'] },
  PING_SLOWER_THAN_PROXY: {
    bad: ['ping-slower-than-proxy', 'ping-slower-than-balancer'],
    good: ['deflate-behind-proxy-off'],
  },
  NTLM_IN_NODE: { bad: ['ntlm-in-node'], good: ['windows-auth-in-iis'] },
  SHUTDOWN_WAITS_FOR_SOCKETS: { bad: ['shutdown-waits-for-sockets'], good: ['shutdown-soon'] },
  NODE_TOO_OLD: {
    bad: ['node-too-old', 'node-too-old-by-engines', 'everything-right@node-of-0.10'],
    good: ['node-new-enough', 'everything-right@all-installed'],
  },
  WATCHED_FILE_WRITTEN: {
    bad: ['watched-file-written', 'watched-file-written-by-star'],
    good: ['watched-file-in-folder', 'watched-file-of-other-kind'],
  },
  PLATFORM_POLLING_SPREAD: { bad: ['platform-polling-spread'], good: ['platform-spread-websocket-only'] },
  CLUSTER_SPREADS_POLLS: { bad: ['pm2-cluster-polls'], good: ['pm2-one-process', 'pm2-cluster-websocket-only'] },
  CORS_NOT_FOR_SOCKETS: { bad: ['cors-not-for-sockets'], good: ['cors-for-both'] },
  FIXED_PORT: {
    bad: ['port-fixed', 'port-fixed-in-variable', 'port-fixed-in-module', 'port-beside'],
    good: ['port-from-environment', 'port-by-hand-only', 'port-normalized'],
  },
  PORT_NUMERIC: {
    bad: ['port-numeric', 'port-numeric-in-variable'],
    good: ['port-numeric-beside-pipe', 'port-normalized'],
  },
  SERVED_FOLDER_NOT_BUILT: { bad: ['served-folder-not-built'], good: ['served-folder-built'] },
  ROOT_ABSOLUTE_URL: { bad: ['root-absolute-urls'], good: ['root-relative-urls'] },
  PIPE_AS_PORT_OPTION: { bad: ['pipe-as-port-option', 'pipe-to-socket-io'], good: ['pipe-as-path-option'] },
  TLS_SERVER: { bad: ['tls-server'], good: ['tls-server-by-environment'] },
  SERVER_WITHOUT_NODE_HTTP: {
    bad: ['server-of-uwebsockets', 'server-of-bun'],
    good: ['server-of-bun-or-node'],
  },
  GATEWAY_PORT: {
    bad: ['gateway-port', 'gateway-adapter-port'],
    good: ['gateway-without-port', 'gateway-adapter-without-port'],
  },
  CLUSTER_FORKS: { bad: ['cluster-forks'], good: ['cluster-not-under-iisnode'] },
  WRONG_SERVER_LISTENS: {
    bad: ['wrong-server-listens', 'sockets-on-other-port'],
    good: ['wrong-server-passed-on', 'sockets-on-the-pipe'],
  },
  MAIN_MODULE_CHECK: {
    bad: ['main-module-check', 'main-module-check-beside'],
    good: ['main-module-or-iisnode', 'port-by-hand-only'],
  },
  SOCKET_SERVER_NOT_FOUND: { bad: ['socket-server-not-there'], good: ['socket-server-in-module'] },
  DEPENDENCIES_NOT_INSTALLED: { bad: ['dependencies-not-installed'], good: ['dependencies-not-loaded'] },
  DEPENDENCY_NOT_DECLARED: { bad: ['dependency-not-declared'], good: ['dependency-declared-below'] },
  SERVER_SOURCE_EXPOSED: { bad: ['server-source-exposed'], good: ['server-source-hidden'] },
  SOCKET_PATH_MISMATCH_SERVER: {
    bad: ['socket-path-server-default', 'socket-path-server-other'],
    good: ['socket-path-from-environment', 'socket-path-written-and-right'],
  },
  SOCKET_PATH_MISMATCH_CLIENT: {
    bad: [
      'socket-path-client-default',
      'socket-path-client-other',
      'socket-path-without-slash',
      'socket-path-client-script-from-root',
      'socket-path-client-in-linked-script',
      'socket-path-client-in-bundled-source',
    ],
    good: [
      'socket-path-client-of-other-server',
      'socket-path-at-root',
      'socket-path-client-of-other-programs',
      'socket-path-without-slash-on-both',
    ],
  },
  SOCKET_PATH_UNKNOWN: {
    bad: ['socket-path-from-file', 'socket-path-client-unknown'],
    good: ['socket-path-in-settings-module'],
  },
  CLIENT_ADDRESS_LOCAL: {
    bad: [
      'client-address-localhost',
      'client-script-from-localhost',
      'client-address-own-port',
      'client-address-in-bundled-source',
    ],
    good: ['client-address-by-environment', 'socket-path-client-of-other-programs'],
  },
  NAMESPACE_MISMATCH: {
    bad: ['namespace-behind-vdir-path', 'namespace-is-vdir-path'],
    good: ['namespace-open'],
  },
  VDIR_PATH_NOT_SAID: {
    bad: ['vdir-path-not-said', 'vdir-path-not-said-routes', 'vdir-path-not-said-by-url'],
    good: ['vdir-path-not-said-no-urls', 'vdir-path-said-to-be-root'],
  },
  SOCKET_CLIENT_FILES_MISSING: { bad: ['bundle-of-socket-io'], good: ['bundle-with-client-files'] },
  BUNDLE_WITHOUT_SOURCE_MAP: { bad: ['bundle-without-source-map'], good: ['bundle-with-client-files'] },
  BASE_PATH_MISMATCH: { bad: ['base-path-mismatch'], good: ['base-path-of-vdir'] },
  VDIR_PATH_HARD_CODED: { bad: ['vdir-path-hard-coded'], good: ['vdir-path-own-folder'] },
  ROUTES_WITHOUT_VDIR_PATH: {
    bad: ['routes-without-vdir-path', 'routes-by-url-without-vdir-path'],
    good: ['routes-below-vdir-path', 'routes-with-vdir-path', 'routes-by-url-with-vdir-path'],
  },
  ROUTES_NOT_REWRITTEN: { bad: ['routes-not-rewritten'], good: ['routes-of-own-url-only', 'azure-template'] },
  RELATIVE_URL_AT_DEPTH: {
    bad: ['relative-url-at-depth', 'relative-url-in-router'],
    good: ['relative-url-at-depth-with-base', 'relative-url-at-depth-served', 'relative-url-at-root-level'],
  },
  PAGE_NOT_SERVED: { bad: ['page-not-served'], good: ['page-served', 'port-by-hand-only'] },
  REMOVED_SOCKET_API: {
    bad: ['removed-api-set', 'removed-api-client-resource', 'removed-api-origins', 'removed-option-origins'],
    good: ['removed-api-set-in-2', 'express-set-is-not-socket-io', 'origins-in-2'],
  },
  TRANSPORTS_UNKNOWN: {
    bad: ['transports-unknown', 'transports-unknown-in-code'],
    good: ['transports-known', 'transports-setting-not-read'],
  },
  POLLING_WITHOUT_STICKY_SESSIONS: {
    bad: [
      'processes-polling-by-default',
      'processes-polling-named',
      'processes-by-yml',
      'processes-per-processor',
      'processes-polling-by-setting',
    ],
    good: [
      'processes-sticky-by-yml',
      'processes-one-by-yml',
      'processes-websocket-only',
      'processes-websocket-by-setting',
      'processes-transports-unknown',
      'processes-clients-websocket-only',
    ],
  },
  STICKY_SESSIONS_NEED_IISNODE: { bad: ['processes-sticky'], good: ['processes-sticky-by-yml'] },
  SETTING_NOT_READ: {
    bad: ['setting-transports-not-read', 'setting-eio-3-not-read'],
    good: ['settings-read', 'transports-setting-not-read'],
  },
  SETTINGS_FILE_NOT_READ: {
    bad: ['settings-in-a-file', 'settings-in-a-file-besides'],
    good: ['settings-in-config-source', 'settings-in-a-file-repeated'],
  },
  PROCESSES_WITHOUT_ADAPTER: {
    bad: [
      'processes-broadcast',
      'processes-broadcast-to-room',
      'processes-broadcast-in-module',
      'processes-adapter-not-attached',
      'processes-adapter-not-called',
    ],
    good: ['processes-with-adapter', 'processes-local-only', 'processes-one-by-yml'],
  },
  FEW_CONCURRENT_REQUESTS: {
    bad: ['few-concurrent-requests', 'concurrent-requests-none'],
    good: ['concurrent-requests-default', 'concurrent-requests-infinite'],
  },
  PIPE_INSTANCES_AS_ARGUMENT: { bad: ['pipe-instances-as-argument'], good: ['pipe-instances-in-environment'] },
  CONNECTION_STRING_IS_EXAMPLE: { bad: ['connection-string-is-example'], good: ['connection-string-of-ones-own'] },
  STREAM_NOT_FLUSHED: { bad: ['stream-not-flushed'], good: ['stream-flushed', 'stream-only-asked-for'] },
  STREAM_COMPRESSED: { bad: ['stream-compressed'], good: ['stream-not-transformed', 'stream-not-compressed'] },
  EIO_MISMATCH: {
    bad: ['eio-client-2-from-cdn', 'eio-client-2-copied', 'eio-client-2-bundled', 'eio-server-2'],
    good: ['eio-3-allowed', 'eio-3-allowed-by-setting', 'eio-same', 'eio-client-of-other-server'],
  },
  ES_MODULE_ENTRY: {
    bad: [
      'es-module-by-type',
      'es-module-by-syntax',
      'es-module-by-name',
      'es-module-on-old-node',
      'es-module-with-top-level-await',
    ],
    good: ['es-module-behind-loader'],
  },
};

/** Sites with several findings. */
const counted: Record<string, readonly string[]> = {
  'vdir-path-hard-coded': ['VDIR_PATH_HARD_CODED', 'VDIR_PATH_HARD_CODED'],
  // Both sections are locked on most servers, which is a finding of its own.
  'windows-auth-on-sockets': ['CONFIG_ERROR', 'CONFIG_ERROR', 'WINDOWS_AUTH_ON_SOCKETS'],
};

function severityOf(site: string): Severity | undefined {
  return runRules(rules, gatherFacts(site, { cwd: fixtures })).diagnoses[0]?.finding.severity;
}

describe('the list of rules', () => {
  it('gives every rule a failing site and a quiet twin', () => {
    const ofFiles = rules
      .filter(({ scope }) => scope === undefined)
      // What the option says decides the one, and what the disk says, not a file's content, the other.
      .filter(({ code }) => code !== 'VDIR_PATH_MISMATCH' && code !== 'FILE_UNREADABLE')
      .map(({ code }) => code);
    expect(Object.keys(sites).sort()).toEqual(ofFiles.sort());
    for (const { bad, good } of Object.values(sites)) expect(Math.min(bad.length, good.length)).toBeGreaterThan(0);
  });

  it('leaves no site untested', () => {
    const tested = new Set(Object.values(sites).flatMap(({ bad, good }) => [...bad, ...good]));
    const all = sitesThere.filter((name) => !['dante-2013', 'everything-right'].includes(name));
    expect(all.filter((name) => !tested.has(name))).toEqual([]);
  });

  it.each(rules.map((rule) => [rule.code, rule] as const))('%s says what, why and how to fix it', (code, rule) => {
    expect(code).toMatch(/^[A-Z][A-Z_]+[A-Z]$/);
    expect(rule.title).not.toMatch(/\.$/);
    expect(rule.why).toMatch(/[.)"]$/);
    expect(rule.help.length).toBeGreaterThan(150);
    expect(explainRule(code.toLowerCase()).text).toContain(rule.title);
  });

  it('has every code once', () => {
    expect(new Set(rules.map(({ code }) => code)).size).toBe(rules.length);
  });
});

/** The one rule about what is assumed; all others judge the same wherever the app sits. */
const assumes = (code: string): boolean => code === 'VDIR_PATH_NOT_SAID';

describe.each(Object.entries(sites))('%s', (code, { bad, good }) => {
  it.each(bad)('is all that is said of %s', (site) =>
    expectCodes(site, counted[site] ?? [code], undefined, assumes(code)),
  );
  it.each(good)('is not said of %s, nor is anything else', (site) => expectCodes(site, [], undefined, assumes(code)));
});

describe('what --explain tells', () => {
  const told = (code: string): string => explainRule(code).help;

  it('of flushResponse is what init writes it for', () => {
    expect(told('STREAM_NOT_FLUSHED')).toMatch(/polling do not need it/);
    expect(told('STREAM_NOT_FLUSHED')).toMatch(/init --transports polling writes it as a precaution/);
    const why = wantedIisnodeSettings({ entry: 'server.js', vdirPath: '/', transports: ['polling'] }).find(
      ({ name }) => name === 'flushResponse',
    )?.why;
    expect(why).toMatch(/^a precaution: polls do not need it/);
  });

  it.each(['POLLING_WITHOUT_STICKY_SESSIONS', 'LIVE_SESSION_LOST'])(
    'in %s is that a client has to keep the cookie',
    (code) => {
      expect(told(code)).toContain('iisnode.session.cookie');
      expect(told(code)).toContain('withCredentials: true');
      expect(told(code)).toMatch(/version 2 .*Cookie/);
    },
  );
});

describe('severities', () => {
  it.each([
    ['es-module-by-type', 'warning'],
    ['es-module-on-old-node', 'error'],
    ['es-module-with-top-level-await', 'error'],
    ['port-fixed', 'error'],
    ['port-beside', 'warning'],
    ['client-address-localhost', 'error'],
    ['client-address-own-port', 'warning'],
    ['main-module-check', 'error'],
    ['main-module-check-beside', 'warning'],
    ['duplicate-handler', 'error'],
    ['duplicate-mime-map', 'warning'],
    ['websocket-module-on', 'error'],
    ['socket-rewrite-unanchored', 'warning'],
    ['entry-not-built', 'info'],
    ['entry-syntax-error', 'error'],
    ['package-json-with-comment', 'error'],
    ['package-json-of-array', 'error'],
    ['package-json-type-unknown', 'warning'],
    ['websocket-in-other-case', 'error'],
    ['dependencies-not-installed', 'error'],
    ['dependency-not-declared', 'error'],
    ['server-source-exposed', 'warning'],
    ['transports-unknown', 'error'],
    ['transports-unknown-in-code', 'warning'],
    ['processes-polling-by-default', 'error'],
    ['processes-broadcast', 'warning'],
    ['few-concurrent-requests', 'info'],
    ['section-encrypted', 'info'],
    ['pipe-instances-as-argument', 'error'],
    ['concurrent-requests-none', 'error'],
    ['eio-client-2-from-cdn', 'error'],
    ['eio-client-2-bundled', 'warning'],
    ['request-uri-in-target', 'error'],
    ['request-uri-before-node', 'warning'],
    ['rule-never-reached', 'error'],
    ['rule-never-reached-for-files', 'warning'],
    ['file-tests-any', 'warning'],
    ['file-tests-any-page', 'error'],
    ['file-test-of-url', 'warning'],
    ['file-test-of-url-page', 'error'],
    ['pattern-leading-slash', 'error'],
    ['pattern-leading-slash-before-node', 'warning'],
    ['proxy-to-own-port', 'warning'],
    ['proxy-to-other-program', 'info'],
  ] as const)('%s is a matter of %s', (site, severity) => expect(severityOf(site)).toBe(severity));
});

it('a rule that is to be replaced is not said to be without an anchor as well', () => {
  expectCodes('socket-rewrite-for-scripts-only', ['SOCKET_REWRITE_MISSING']);
});

describe('the 2013 sample', () => {
  it('has findings for its removed API, its fixed vdir path and its unanchored rule, and no others', () => {
    expectCodes('dante-2013', [
      'REMOVED_SOCKET_API', // require('socket.io').listen
      'REMOVED_SOCKET_API', // io.configure
      'REMOVED_SOCKET_API', // io.set('transports')
      'REMOVED_SOCKET_API', // io.set('resource')
      'REMOVED_SOCKET_API', // the client's resource
      'SOCKET_REWRITE_UNANCHORED',
      'VDIR_PATH_HARD_CODED',
      'VDIR_PATH_HARD_CODED',
    ]);
  });

  it("has a note for the fixed path when it is the app's vdir path", () => {
    const facts = gatherFacts('dante-2013', { cwd: fixtures, vdirPath: 'dante/' });
    const found = runRules(rules, facts, { only: ['vdir_path_hard_coded'] });
    expect(found.diagnoses.map(({ finding }) => finding.severity)).toEqual(['info', 'info']);
    expect(found.skipped).toBe(6);
  });
});

it('says that web.config and --path name different vdir paths, and only then', () => {
  expect(codesOf('socket-path-client-default', '/other')).toContain('VDIR_PATH_MISMATCH');
  expect(codesOf('socket-path-client-default', 'DANTE/')).not.toContain('VDIR_PATH_MISMATCH');
  expect(codesOf('everything-right', '/other')).not.toContain('VDIR_PATH_MISMATCH');
});

it('finds nothing in a correct site at any vdir path', () => {
  expectCodes('everything-right', []);
  expectCodes('everything-right', [], '/');
});
