/** A limit on the way of a socket, its default and who says so. */
export interface Limit {
  readonly value: number;
  readonly source: string;
}

const schema = 'IIS 10, IIS_schema.xml';

/** What iisnode, IIS and Windows allow where nobody says otherwise. */
export const limits = {
  /** iisnode: requests at once in one process; an open socket or a pending poll is one. Refused beyond: 503.1002. */
  requestsPerProcess: { value: 1024, source: 'iisnode 0.2.27, iisnode_schema.xml and cactiverequestpool.cpp' },
  /** What init writes; the number is only compared, so more than is needed costs nothing. */
  requestsPerProcessByInit: { value: 20_000, source: 'iisnode-sock init' },
  /** IIS: requests at once in one application. Beyond: 503.2. */
  requestsPerApplication: { value: 5000, source: `${schema}, serverRuntime appConcurrentRequestLimit` },
  /** HTTP.SYS: requests that wait for the worker process. Open sockets do not count. Beyond: 503. */
  queueLength: { value: 1000, source: `${schema}, applicationPools queueLength` },
  mostQueueLength: { value: 65_535, source: `${schema}, applicationPools queueLength` },
  /** iisnode: idle pipe connections kept for each process. */
  pooledPipes: { value: 512, source: 'iisnode 0.2.27, cconnectionpool.cpp Return, maxNamedPipeConnectionPoolSize' },
  /** node: connections to a process's pipe that wait to be taken. */
  pendingPipes: { value: 5000, source: 'NODE_PENDING_PIPE_INSTANCES as iisnode 0.2.21 and later set it' },
  /** iisnode: attempts to reach a busy pipe, one every 250 ms. Beyond: 503.1003. */
  pipeAttempts: {
    value: 101,
    source: 'iisnode 0.2.27, maxNamedPipeConnectionRetry 100 at namedPipeConnectionRetryDelay 250 ms',
  },
  /** iisnode waits for the sockets of at most so many processes when it recycles. */
  drainedProcesses: { value: 63, source: 'iisnode 0.2.27, cnodeprocessmanager.cpp: one wait handle a process' },
  /** TCP: ports that one address has towards one other address and port. */
  portsPerAddress: { value: 64_511, source: 'TCP: ports 1024 to 65535' },
  /** Windows opens outgoing connections from 49152 to 65535 only. */
  outgoingPorts: { value: 16_384, source: 'Windows: netsh int ipv4 show dynamicport tcp' },
  /** IIS on Windows 10 and 11 serves so many requests at once (3 on Home); the others wait. */
  clientEdition: { value: 10, source: 'dotnet/aspnetcore#42898' },
  /** Azure App Service: sockets of one instance, plan Basic (Free 5, Shared 35; Standard and above state none). */
  appServiceBasic: { value: 350, source: 'Azure App Service limits: WebSockets per instance' },
} as const satisfies Readonly<Record<string, Limit>>;

/** What this program takes for enough, and why. */
export const targets = {
  /** Share of one processor: the rest is for reconnecting, garbage collection and the app's own work. */
  processorShare: 0.5,
  /** Seconds in which all viewers of a process are back after a recycle; socket.io's client gives up an attempt after 20 s. */
  secondsToReconnect: 10,
  /** Bytes of V8's heap: a quarter of what 64-bit node takes at most. */
  heap: 1_000_000_000,
  /** Limits are set this much above what is needed. */
  headroom: 1.25,
  /** Messages a second to each viewer where nobody says: Dante's stanza every two seconds. */
  messagesPerSecond: 0.5,
  /** Processors of a machine where nobody says. */
  processors: 4,
  /** Milliseconds; sockets never end by themselves, so waiting longer for them only keeps two versions side by side. */
  gracefulShutdownTimeout: 5000,
} as const;
