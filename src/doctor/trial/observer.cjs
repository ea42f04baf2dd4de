'use strict';

/*
 * node loads this before an app in a trial (NODE_OPTIONS --require). It writes down what cannot be seen from outside: where the
 * app listens and in which line, where it calls process.exit, whether its event loop is idle; and it allows connections to this
 * machine only, so that a trial reaches no database or service in earnest. Everything else is as without it.
 */

const fs = require('node:fs');
const net = require('node:net');
const dns = require('node:dns');
const dgram = require('node:dgram');
const os = require('node:os');
const { errorMonitor } = require('node:events');

/** How often the use of the event loop is written down, in ms. */
const pulse = 250;

const file = process.env.IISNODE_SOCK_TRIAL;
const { isMainThread } = require('node:worker_threads');
/** Is this the process that iisnode started, or one of those that it starts? */
const isFirst = isMainThread && !process.env.IISNODE_SOCK_TRIAL_LOADER;
/** The pipe: the loader puts a number in its place. */
const { PORT: pipe } = process.env;
if (file) {
  if (isFirst) process.env.IISNODE_SOCK_TRIAL_LOADER = process.argv.some((each) => /iisnode-entry\.cjs$/.test(each));
  // Frames of the app itself may be below those of its packages.
  if (Error.stackTraceLimit === 10) Error.stackTraceLimit = 50;
  if (process.platform !== 'win32') nameVariablesAsWindows();
  observeServers();
  observeExit();
  observeLoop();
  allowLoopbackOnly();
}

function note(seen) {
  try {
    fs.appendFileSync(file, `${JSON.stringify({ pid: process.pid, ...seen })}\n`);
  } catch {
    // The trial is over and its folder is gone.
  }
}

/** Windows does not tell the case of a variable's name: `process.env.port` is PORT there. */
function nameVariablesAsWindows() {
  const nameOf = (variables, name) => {
    if (typeof name !== 'string' || name in variables) return name;
    const upper = name.toUpperCase();
    return Object.keys(variables).find((each) => each.toUpperCase() === upper) ?? name;
  };
  process.env = new Proxy(process.env, {
    get: (variables, name) => variables[nameOf(variables, name)],
    has: (variables, name) => nameOf(variables, name) in variables,
    set(variables, name, value) {
      variables[nameOf(variables, name)] = value;
      return true;
    },
  });
}

function observeServers() {
  const { listen } = net.Server.prototype;
  net.Server.prototype.listen = function observed(...words) {
    const stack = stackOf(observed);
    const heard = () => {
      this.removeListener(errorMonitor, failed);
      const address = this.address();
      if (typeof address === 'string') note({ kind: 'listen', path: address, isGiven: address === pipe, stack });
      else if (address)
        note({
          kind: 'listen',
          port: address.port,
          host: address.address,
          ...about(address.port),
          ...changed(),
          stack,
        });
    };
    const failed = ({ code }) => {
      this.removeListener('listening', heard);
      note({ kind: 'listen-failed', code, stack });
    };
    this.prependOnceListener('listening', heard);
    this.once(errorMonitor, failed); // with it an error without a handler still ends the app
    return listen.apply(this, words);
  };
}

/** The stack above a function, as the app has it (its source maps), and in full; an app may have other stacks, which are no text. */
function stackOf(called) {
  const { stackTraceLimit, prepareStackTrace } = Error;
  try {
    Error.stackTraceLimit = 50;
    const own = stackAbove(called);
    if (typeof own === 'string') return own;
    Error.prepareStackTrace = undefined;
    const plain = stackAbove(called);
    Error.prepareStackTrace = prepareStackTrace;
    return plain;
  } catch {
    return ''; // what the app has put there fails, or cannot be changed
  } finally {
    if (Error.stackTraceLimit !== stackTraceLimit) Error.stackTraceLimit = stackTraceLimit;
  }
}

function stackAbove(called) {
  const error = new Error('here');
  Error.captureStackTrace(error, called);
  return error.stack;
}

/** The port of HttpPlatformHandler, or with the loader that in PORT: what listens there is not reached for another reason. */
function about(port) {
  const hasLoader = process.env.IISNODE_SOCK_TRIAL_LOADER === 'true';
  const { PORT, HTTP_PLATFORM_PORT } = process.env;
  return {
    hasLoader,
    isGiven: Number(HTTP_PLATFORM_PORT ?? (hasLoader ? PORT : undefined)) === port,
    isAside: !isFirst,
  };
}

/** What the app has put into PORT in the place of the pipe or of the given port; the loader has a number there. */
function changed() {
  const { PORT } = process.env;
  const hasLoader = process.env.IISNODE_SOCK_TRIAL_LOADER === 'true';
  return hasLoader || !isFirst || pipe === undefined || PORT === pipe ? {} : { replaced: PORT ?? '' };
}

function observeExit() {
  const { exit } = process;
  process.exit = function observed(...words) {
    note({ kind: 'exit', stack: stackOf(observed) });
    return exit.apply(this, words);
  };
}

function observeLoop() {
  const { performance } = require('node:perf_hooks');
  if (performance.eventLoopUtilization === undefined) return;
  let last = performance.eventLoopUtilization();
  setInterval(() => {
    const now = performance.eventLoopUtilization();
    note({ kind: 'pulse', busy: performance.eventLoopUtilization(now, last).utilization });
    last = now;
  }, pulse).unref();
}

function allowLoopbackOnly() {
  const { connect } = net.Socket.prototype;
  net.Socket.prototype.connect = function (...words) {
    const [first, second] = Array.isArray(words[0]) ? words[0] : words;
    const options = typeof first === 'object' && first !== null ? first : portOf(first, second);
    if (options.path || isLocal(options.host)) return connect.apply(this, words);
    this.connecting = true;
    process.nextTick(() => this.destroy(refusal('connect', options.host, options.port)));
    return this;
  };
  const { send } = dgram.Socket.prototype;
  dgram.Socket.prototype.send = function (...words) {
    const done = words.find((word) => typeof word === 'function');
    const host = words.slice(2).find((word) => typeof word === 'string');
    if (isLocal(host)) return send.apply(this, words);
    const error = refusal('send', host);
    if (done) process.nextTick(done, error);
  };
  for (const resolver of [dns, dns.Resolver.prototype]) {
    refuseQuestions(resolver, (name, done) => process.nextTick(done, refusal('query', name)));
  }
  for (const resolver of [dns.promises, dns.promises.Resolver.prototype]) {
    refuseQuestions(resolver, (name) => Promise.reject(refusal('query', name)));
  }
}

/** Questions to a DNS server. `lookup` also answers from this machine's own list, and a connection to a name is refused anyway. */
function refuseQuestions(resolver, refuse) {
  for (const key of Object.getOwnPropertyNames(resolver)) {
    if (!/^(resolve|reverse$)/.test(key) || typeof resolver[key] !== 'function') continue;
    resolver[key] = (name, ...words) => refuse(name, words.at(-1));
  }
}

/** connect(port, host) and connect(path). */
function portOf(first, second) {
  const isPort = typeof first === 'number' || /^\d+$/.test(String(first));
  return isPort ? { port: Number(first), host: typeof second === 'string' ? second : undefined } : { path: first };
}

function isLocal(host) {
  if (host === undefined || host === null || host === '') return true;
  const name = String(host)
    .toLowerCase()
    .replace(/^\[|\]$/g, '');
  return (
    /^(localhost|.*\.localhost|127\.[\d.]+|::1|::|0\.0\.0\.0|::ffff:127\.[\d.]+)$/.test(name) ||
    name === os.hostname().toLowerCase()
  );
}

const refused = new Set();

function refusal(syscall, host, port) {
  const where = `${host}${port === undefined ? '' : `:${port}`}`;
  // An app may connect again and again: each place is written down once.
  if (!refused.has(where))
    note({ kind: 'refused', host: String(host), ...(port !== undefined && { port: Number(port) }) });
  refused.add(where);
  const error = new Error(`${syscall} ENETUNREACH ${where} (a trial connects to this machine only)`);
  return Object.assign(error, { code: 'ENETUNREACH', errno: -101, syscall, address: host, port });
}
