import { iisnodeSock } from '../typed-command.js';

/** A limit for sockets, its default and the source. */
export interface Limit {
  readonly value: number;
  readonly source: string;
}

const schema = 'IIS 10, IIS_schema.xml';

/** The default limits of iisnode, IIS and Windows. */
export const limits = {
  /** iisnode: concurrent requests in one process; an open socket or a pending poll is one. Above it: 503.1002. */
  requestsPerProcess: { value: 1024, source: 'iisnode 0.2.27, iisnode_schema.xml and cactiverequestpool.cpp' },
  /** The value that init writes; the number is only compared, so a high value costs nothing. */
  requestsPerProcessByInit: { value: 20_000, source: `${iisnodeSock} init` },
  /** IIS: concurrent requests in one application. Above it: 503.2. */
  requestsPerApplication: { value: 5000, source: `${schema}, serverRuntime appConcurrentRequestLimit` },
  /** HTTP.SYS: requests that wait for the worker process. Open sockets do not count. Above it: 503. */
  queueLength: { value: 1000, source: `${schema}, applicationPools queueLength` },
  mostQueueLength: { value: 65_535, source: `${schema}, applicationPools queueLength` },
  /** iisnode: idle pipe connections kept for each process. */
  pooledPipes: { value: 512, source: 'iisnode 0.2.27, cconnectionpool.cpp Return, maxNamedPipeConnectionPoolSize' },
  /** node: connections to a process's pipe that wait to be accepted. */
  pendingPipes: { value: 5000, source: 'NODE_PENDING_PIPE_INSTANCES as iisnode 0.2.21 and later set it' },
  /** iisnode: attempts to connect to a busy pipe, one every 250 ms. After them: 503.1003. */
  pipeAttempts: {
    value: 101,
    source: 'iisnode 0.2.27, maxNamedPipeConnectionRetry 100 at namedPipeConnectionRetryDelay 250 ms',
  },
  /** iisnode waits for the sockets of at most this many processes when it recycles. */
  drainedProcesses: { value: 63, source: 'iisnode 0.2.27, cnodeprocessmanager.cpp: one wait handle a process' },
  /** TCP: ports of one address for connections to one other address and port. */
  portsPerAddress: { value: 64_511, source: 'TCP: ports 1024 to 65535' },
  /** Windows opens outgoing connections from 49152 to 65535 only. */
  outgoingPorts: { value: 16_384, source: 'Windows: netsh int ipv4 show dynamicport tcp' },
  /** IIS on Windows 10 and 11 serves this many requests at the same time (3 on Home); the others wait. */
  clientEdition: { value: 10, source: 'dotnet/aspnetcore#42898' },
  /** Azure App Service: sockets of one instance, plan Basic (Free 5, Shared 35; Standard and above state none). */
  appServiceBasic: { value: 350, source: 'Azure App Service limits: WebSockets per instance' },
} as const satisfies Readonly<Record<string, Limit>>;

/** The targets of this program, and why. */
export const targets = {
  /** Share of one processor: the rest is for reconnecting, garbage collection and the app's own work. */
  processorShare: 0.5,
  /** Seconds in which all viewers of a process reconnect after a recycle; socket.io's client ends an attempt after 20 s. */
  secondsToReconnect: 10,
  /** Bytes of V8's heap: a quarter of what 64-bit node takes at most. */
  heap: 1_000_000_000,
  /** Limits are set this much above the calculated need. */
  headroom: 1.25,
  /** Default for messages per second to each viewer: Dante's stanza every two seconds. */
  messagesPerSecond: 0.5,
  /** Default for the processors of a machine. */
  processors: 4,
  /** Milliseconds; sockets never end on their own, so a longer wait only keeps two versions running. */
  gracefulShutdownTimeout: 5000,
} as const;
