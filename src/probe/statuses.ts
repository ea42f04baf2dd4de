import { iisnodeSock } from '../typed-command.js';

/** What a status means, where IIS, iisnode or a proxy gave it. */
export interface Meaning {
  /** Behind the number: `no handler takes the URL`. */
  readonly why: string;
  readonly next?: string;
  readonly symptom?: string;
}

const trace = `${iisnodeSock} trace URL shows which stage refuses the request`;
const doctor = `${iisnodeSock} doctor finds the place`;
const filtering = (what: string): Meaning => ({
  why: `request filtering refuses ${what}`,
  next: trace,
  symptom: 'no-rewrite',
});
const configuration = (why: string): Meaning => ({ why, next: doctor, symptom: 'config-invalid' });

/** By status and sub-status: iis.md 4.2 ("HTTP status code overview"), iisnode.md 6.1 and 6.2 (iisnode 0.2.26, cnodeconstants.h). */
const bySubStatus: Readonly<Record<string, Meaning>> = {
  '400.11': {
    why: "IIS's own WebSocket module takes the upgrade before iisnode can",
    next: `${iisnodeSock} doctor --fix     (puts <webSocket enabled="false" /> into the app's web.config)`,
    symptom: 'ws-module-owner',
  },
  '401.1': { why: 'the sign-in failed', symptom: 'windows-auth' },
  '401.2': {
    why: 'IIS requires a sign-in: anonymous access is off, or a rule of authorization denies it',
    next: 'allow anonymous authentication for this application, or sign in with a browser',
    symptom: 'windows-auth',
  },
  '401.3': {
    why: 'the file system does not let the pool or the visitor read the file',
    next: 'icacls FOLDER /grant "IIS AppPool\\POOL:(OI)(CI)RX"',
    symptom: 'rights',
  },
  '403.1': {
    why: 'the handler requires more (requireAccess, by default Script) than accessPolicy of the handlers section gives, by default Read and Script',
    next: `leave requireAccess out of the handler of node, or accessPolicy="Read, Script"; ${trace}`,
    symptom: 'no-rewrite',
  },
  '403.2': { why: 'the handlers section allows no reading here (accessPolicy)', next: trace, symptom: 'no-rewrite' },
  '403.4': { why: 'the site demands https (sslFlags)', next: 'use the https address', symptom: 'https' },
  '403.6': { why: 'the address of this visitor is refused (ipSecurity)', symptom: 'refused' },
  '403.7': { why: 'the site demands a client certificate', symptom: 'refused' },
  '403.14': { why: 'no default document and no rule for this URL', next: trace, symptom: 'no-default' },
  '403.18': {
    why: 'a rewrite rule sends the request into another application, whose pool is another one: often a rule of the parent, which runs first in the child',
    next: `<clear/> as the first of <rules> in the app's web.config, or <location path="." inheritInChildApplications="false"> around the rules of the parent; ${iisnodeSock} trace URL shows the rule`,
    symptom: 'parent-rules',
  },
  '404.0': { why: 'IIS finds no such file, and no rule sends the URL to node', next: trace, symptom: 'no-rewrite' },
  '404.2': { why: 'IIS does not allow this ISAPI or CGI program', next: trace, symptom: 'no-rewrite' },
  '404.3': {
    why: 'IIS has no MIME type for the file, and no rule sends the URL to node',
    next: trace,
    symptom: 'no-rewrite',
  },
  '404.4': { why: 'no handler takes the URL', next: trace, symptom: 'no-rewrite' },
  '404.5': filtering('a sequence of characters in the URL'),
  '404.6': filtering('the method'),
  '404.7': filtering("the file's extension"),
  '404.8': filtering('a hidden segment of the path'),
  '404.9': filtering('a hidden file'),
  '404.10': filtering('a long header'),
  '404.11': filtering('a double escape in the URL'),
  '404.12': filtering('characters outside of ASCII in the URL'),
  '404.13': filtering('a large body'),
  '404.14': filtering('a long URL'),
  '404.15': filtering('a long query'),
  '404.18': filtering('a sequence of characters in the query'),
  '404.19': filtering('the request (filteringRules)'),
  '404.20': filtering('a path of many segments'),
  '405.0': { why: 'the handler for this URL does not take the method (verb)', next: trace, symptom: 'no-rewrite' },
  '413.1': filtering('a large body'),
  '500.19': configuration('IIS cannot use the configuration'),
  '500.21': configuration('a handler names a module that is not installed'),
  '500.22': configuration('httpModules do not fit a pool in integrated mode'),
  '500.23': configuration('httpHandlers do not fit a pool in integrated mode'),
  '500.24': configuration('impersonation does not fit a pool in integrated mode'),
  '500.50': configuration('a rewrite rule failed'),
  '500.51': configuration('a rewrite rule of the server failed'),
  '500.52': configuration('an outbound rule failed, often because the answer is compressed'),
  '500.53': configuration('a rewrite rule failed while IIS released the request'),
  '500.1000': { why: 'node.exe could not be started', symptom: 'node-missing' },
  '500.1001': { why: 'the app never opened its pipe: it listens elsewhere (a fixed port?) or starts too slowly' },
  '500.1002': { why: 'node ended before it opened its pipe; its stderr says why' },
  '500.1003': { why: "the app's pipe could not be set up" },
  '500.1004': { why: 'the request could not be written to the pipe' },
  '500.1005': { why: "the request's headers are larger than maxRequestBufferSize" },
  '500.1006': { why: 'the pipe broke while the request was sent' },
  '500.1007': { why: "the request's body could not be read" },
  '500.1008': { why: "the request's body could not be read to its end" },
  '500.1009': { why: "the request's body could not be written to the pipe" },
  '500.1010': { why: "the pipe broke while the request's body was sent" },
  '500.1011': { why: 'the pipe was broken before an answer came' },
  '500.1012': { why: 'a header of the answer is larger than maxRequestBufferSize' },
  '500.1013': { why: 'the pipe broke before an answer came' },
  '500.1014': { why: "the pipe broke in the answer's headers, or they are malformed" },
  '500.1015': { why: "the pipe broke in the answer's body, or a chunk is malformed" },
  '500.1016': { why: "the pipe broke in the answer's body" },
  '500.1017': { why: 'the answer could not be sent to the client' },
  '500.1018': { why: 'a part of the answer could not be sent to the client' },
  '502.3': { why: 'the proxy in front (ARR, HttpPlatformHandler) gets no answer from the app', symptom: 'proxy-502' },
  '502.4': { why: 'ARR has no server to send the request to', symptom: 'proxy-502' },
  '502.5': {
    why: 'HttpPlatformHandler could not start the app, or ARR could not pass the WebSocket on',
    symptom: 'proxy-502',
  },
  '503.0': { why: 'the application pool is stopped or disabled' },
  '503.2': { why: 'appConcurrentRequestLimit is reached' },
  '503.3': { why: 'the queue of the application pool is full (queueLength)' },
  '503.1000': { why: 'iisnode had no memory left for the app' },
  '503.1001': { why: 'the app is being recycled' },
  '503.1002': { why: 'the process takes no more requests (maxConcurrentRequestsPerProcess)' },
  '503.1003': { why: "the app's pipe was busy until iisnode gave up" },
};

/** By the status alone: what remote clients see of IIS has no sub-status. */
const byStatus: Readonly<Record<number, Meaning>> = {
  500: { why: 'the request failed inside' },
  501: {
    why: 'the server does not support it: iisnode needs IIS 8 or newer for WebSockets',
    next: "IIS 8 or newer, or transports: ['polling'] on both ends",
    symptom: 'ws-unsupported',
  },
  502: {
    why: 'the proxy in front (ARR, HttpPlatformHandler, a load balancer) gets no answer from the app',
    symptom: 'proxy-502',
  },
  503: { why: 'the pool is stopped or too busy', next: `${iisnodeSock} status, or on IIS: appcmd list apppool` },
  504: { why: 'the proxy in front gave up waiting for the app', symptom: 'proxy-502' },
};

/** What a status means; undefined where only the app knows. */
export const meaningOf = (status: number, subStatus: number | undefined): Meaning | undefined =>
  (subStatus === undefined ? undefined : bySubStatus[`${status}.${subStatus}`]) ?? byStatus[status];
