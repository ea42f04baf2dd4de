// iisnode-sock loader 1
'use strict';

// iisnode starts this file, and this file starts the app's own entry, unchanged. An app written for a port and the root of a host
// knows nothing of iisnode's named pipe, nor of the path that IIS gives a virtual directory ("vdir path", /chat): both are dealt
// with here, underneath the app. docs/loader.md of the npm package iisnode-sock explains the settings and what is done.

const { EventEmitter } = require('node:events');
const fs = require('node:fs');
const http = require('node:http');
const Module = require('node:module');
const net = require('node:net');
const path = require('node:path');
const { pathToFileURL } = require('node:url');

// Written by `iisnode-sock init`; paths start at the folder of this file. Three can be set in web.config's <appSettings>, too.
const settings = Object.freeze({
  entry: 'server.js', // the app's own entry
  args: [], // the command line behind it
  root: '.', // the app's working directory
  vdirPath: '/', // where the app is on the site; in appSettings: virtualDirPath
  stripVdirPath: true, // the app sees URLs without it; also in appSettings
  rewritePages: false, // root-absolute src, href and action of pages get it; also in appSettings
  port: null, // where the app opens several: the port of the server that IIS serves
  env: {}, // variables of the start script; web.config's come first
  envFiles: [], // its --env-file
  requires: [], // its -r
  imports: [], // its --import
  clusterWorker: true, // `cluster` says that this process is a worker
  enableXFF: true, // as in <iisnode>: the last address in X-Forwarded-For is what IIS saw
  watchedFiles: '*.js;iisnode.yml', // as in <iisnode>
  gracefulShutdownTimeout: 60_000, // as in <iisnode>, ms
  listenTimeout: 20, // s without a server until a line says what may be the reason
});

const pipe = process.env.PORT || undefined;
const appPort = settings.port ?? 33333; // no app has this number by itself: a server that listens on it has read PORT
const root = path.resolve(__dirname, settings.root);
const entry = path.resolve(__dirname, settings.entry);
const isOn = (name) => (process.env[name] === undefined ? settings[name] : process.env[name] === 'true');
const vdirPath = (process.env.virtualDirPath || settings.vdirPath).replace(/\/+$/, '');
const strips = vdirPath !== '' && isOn('stripVdirPath');
const rewritesPages = isOn('rewritePages');

const said = new Set();
function say(text) {
  if (!said.has(text)) process.stderr.write(`iisnode-sock loader: ${text}\n`);
  said.add(text);
}

// ---- Listening. Every http server of the app listens on a pipe of its own, where nobody connects; connections of iisnode's pipe are
// handed to the main one, and each request of them to the server that it is for.

const { listen, on } = net.Server.prototype;
const servers = []; // the main one first: { server, port, rank }
const firstListener = new WeakMap(); // of a server to requests; engine.io replaces it by its own
const asked = Symbol('the request that a connection of iisnode carries'); // null before the first
let front; // listens on iisnode's pipe
let hasListened = false;
let isLoaded = false;
let plain; // an http server in front of a main one that speaks TLS

net.Server.prototype.on = net.Server.prototype.addListener = function (event, listener) {
  if (event === 'request' && !firstListener.has(this)) firstListener.set(this, listener);
  return on.call(this, event, listener);
};

// http, https, http2 and net have no other listen() than this, by require, by import and in bundles.
function listenBehindIis(...args) {
  const port = portOf(args[0]);
  const isHttp = this instanceof http.Server || firstListener.has(this) || this.listenerCount('upgrade') > 0;
  if (port === undefined || this.listening) return listen.apply(this, args);
  if (!isHttp) {
    const tell = () => this.listening && say(`IIS does not carry port ${port}: it is no http server`);
    return listen.apply(this, args).once('listening', () => setTimeout(tell, 1000).unref());
  }
  const one = { server: this, port, rank: rankOf(this, args[0], port) };
  const [before] = servers;
  servers.push(one);
  servers.sort((a, b) => b.rank - a.rank);
  this.once('close', () => {
    servers.splice(servers.indexOf(one), 1);
    if (servers.length > 0) return;
    front?.close();
    front = undefined;
  });
  if (this instanceof http.Server) serve(this);
  else say(`TLS ends at IIS: the ${this.constructor.name} on port ${port} is served as plain http`);
  // A gateway of Nest listens before its app does: what may be a second server waits 2 s for a better one.
  if (one.rank > 2 || (one.rank === 2 && settings.port === null)) openFront();
  else setTimeout(openFront, 2000).unref();
  if (args[0] === 0) return listen.apply(this, args); // a helper that wants any port, and will ask for the number
  const second = before === servers[0] ? one : before;
  if (second && second.rank > 1 && second.port !== servers[0].port) keepPort(second); // the same port: another address of it
  this.address = () => (this.listening ? { address: '127.0.0.1', family: 'IPv4', port: port || appPort } : null);
  const { port: _p, host: _h, path: _n, ...others } = Object(args[0]);
  const callback = args.findLast((each) => typeof each === 'function');
  return listen.call(this, { ...others, path: aside() }, callback);
}

let asides = 0;
const aside = () => `${pipe}.${++asides}`;

/** The TCP port that listen() is asked for, 0 for any; undefined where it is asked for a path or a handle. */
function portOf(first) {
  if (first === undefined || first === null || typeof first === 'function') return 0;
  if (typeof first === 'object') return 'port' in first ? Number(first.port) || 0 : undefined;
  return typeof first === 'number' || !Number.isNaN(Number(first)) ? Number(first) || 0 : undefined;
}

/** 4: it listens on PORT. 3: it speaks TLS, and http may only redirect to it. 2: it answers requests. 1: it is for sockets, or a helper. */
function rankOf(server, first, port) {
  if (port === appPort) return 4;
  if (first === 0) return 1;
  const text = String(firstListener.get(server) ?? '');
  // What socket.io, engine.io and ws have for requests on a server that they make themselves, also in a bundle.
  if (text === '' || /intercepting request|^.{0,90}writeHead\((404|426|501)\b.{0,200}$/s.test(text)) return 1;
  return server instanceof http.Server ? 2 : 3;
}

function openFront() {
  if (front || servers.length === 0) return;
  hasListened = true;
  front = net.createServer({ allowHalfOpen: true }, (socket) => {
    const { server } = servers[0];
    socket[asked] = null;
    if (!(server instanceof http.Server)) plain ??= serve(http.createServer());
    (server instanceof http.Server ? server : plain).emit('connection', socket);
  });
  listen.call(front, { path: pipe });
}

/** A second server keeps its port, on this machine; another process of the app may have it already. */
function keepPort({ server, port }) {
  const hint = `if it is the one for IIS, set port: ${port} in ${path.basename(__filename)}`;
  const door = net.createServer((socket) => server.emit('connection', socket));
  door.on('error', ({ code }) => say(`the server on port ${port} does without its port: ${code}`));
  door.on('listening', () => say(`the server on port ${port} is reachable on this machine only; ${hint}`));
  server.once('close', () => door.close());
  listen.call(door, { port, host: '127.0.0.1' });
}

/** Has requests that come from iisnode prepared and handed to the server that they are for. */
function serve(server) {
  const { emit } = server;
  const stay = () => {
    if (server.keepAliveTimeout > 0) server.keepAliveTimeout = Math.max(server.keepAliveTimeout, 120_000);
  };
  stay();
  server.once('listening', stay); // after what the app sets behind its listen()
  const { listenerCount: count } = EventEmitter.prototype;
  // Before node emits an upgrade it asks for this.
  server.listenerCount = (event, ...rest) =>
    count.call(server, event, ...rest) ||
    (event === 'upgrade' ? servers.reduce((sum, each) => sum + count.call(each.server, event), 0) : 0);
  server.emit = function (event, ...args) {
    const [request, answer] = args;
    const isNew = (event === 'request' || event === 'upgrade') && ![request, undefined].includes(request.socket[asked]);
    if (!isNew || servers.length === 0) return emit.call(this, event, ...args);
    if (!prepare(event, request, answer)) return true;
    return serverFor(event, request.url).emit(event, ...args) || (event === 'upgrade' && answer.destroy());
  };
  return server;
}

/** Sockets go to the first server that has such sockets, the main one before others; all else goes to the main one. */
function serverFor(event, url) {
  const [main] = servers;
  const isEngine = /[?&]EIO=\d|\/socket\.io[\w.-]*\.(js|map)(\?|$)/.test(url);
  if (servers.length === 1 || (event === 'request' && !isEngine)) return main.server;
  const carries = ({ server }) => server.listeners('upgrade').some((each) => /destroyUpgrade/.test(each) === isEngine);
  return (servers.find(carries) ?? main).server;
}

// ---- A request becomes what the app expects

const below = Symbol('the vdir path of a request, as its URL had it');
const upgraded = new Set();

/** Gives a request addresses and takes the vdir path off its URL. False: it is answered already. */
function prepare(event, request, answer) {
  const { socket } = request;
  if (socket[asked] === null) Object.defineProperties(socket, peer);
  socket[asked] = request;
  if (event === 'upgrade') {
    upgraded.add(socket);
    socket.once('close', () => upgraded.delete(socket));
  }
  const written = strips ? writtenPath(request.url) : undefined;
  if (written === undefined) return true;
  const rest = request.url.slice(written.length);
  const prefix = encodeURI(decoded(written));
  request[below] = prefix;
  request.headers['x-forwarded-prefix'] = prefix;
  request.url = rest.startsWith('/') ? rest : `/${rest}`;
  if (event === 'upgrade') return true;
  if (!rest.startsWith('/') && /^(GET|HEAD)$/.test(request.method)) {
    answer.writeHead(302, { Location: `${prefix}/${rest}` }).end(); // the relative URLs of a page need the slash
    return false;
  }
  if (isClientScript.test(rest)) rewriteBody(request, answer, /javascript/, clientScript);
  else if (rewritesPages && /text\/html/.test(request.headers.accept))
    rewriteBody(request, answer, /^text\/html/, page);
  return true;
}

/** The start of a URL that is the vdir path, as the browser wrote it: IIS does not tell /Chat or /ch%61t from /chat. */
function writtenPath(url) {
  if (url.startsWith(vdirPath) && /^[/?]?$/.test(url.charAt(vdirPath.length))) return vdirPath;
  const written = url.split('?', 1)[0].split('/', vdirPath.split('/').length).join('/');
  return decoded(written).toLowerCase() === decoded(vdirPath).toLowerCase() ? written : undefined;
}

function decoded(text) {
  try {
    return decodeURIComponent(text);
  } catch {
    return text; // a stray % is no escape
  }
}

// A pipe has no peer: code that asks for one gets what IIS says of the request that the connection carries.
const peer = {
  remoteAddress: getter((request) => clientOf(request)[1] ?? '127.0.0.1'),
  remotePort: getter((request) => Number(clientOf(request)[2] ?? 0)),
  remoteFamily: getter((request) => (clientOf(request)[1]?.includes(':') ? 'IPv6' : 'IPv4')),
  localAddress: getter(() => '127.0.0.1'),
  encrypted: getter((request) => settings.enableXFF && request.headers['x-forwarded-proto'] === 'https'),
};

function getter(read) {
  return {
    configurable: true,
    get() {
      return read(this[asked]);
    },
  };
}

/** [, address, port]: iisnode appends the address to what the client may have sent; a proxy in front of IIS may add a port. */
function clientOf({ headers }) {
  const last = settings.enableXFF ? headers['x-forwarded-for']?.split(',').at(-1).trim() : undefined;
  return /^\[?([\d.]+|[^\]]*:[^\]]*?)\]?(?::(\d+))?$/.exec(last ?? '') ?? [];
}

// ---- An answer becomes what the browser expects

const { writeHead } = http.ServerResponse.prototype;
http.ServerResponse.prototype.writeHead = function (status, ...rest) {
  const prefix = this.req?.[below];
  if (prefix === undefined || this.headersSent) return writeHead.call(this, status, ...rest);
  setHeaders(
    this,
    rest.find((each) => typeof each === 'object'),
  );
  const location = this.getHeader('location');
  if (location !== undefined) this.setHeader('Location', outside(`${location}`, prefix, this.req.headers.host));
  const cookies = this.getHeader('set-cookie');
  if (cookies !== undefined)
    this.setHeader(
      'Set-Cookie',
      [cookies].flat().map((each) => cookieOutside(each, prefix)),
    );
  return writeHead.call(this, status, ...rest.filter((each) => typeof each === 'string'));
};

/** What writeHead() takes as headers: an object, a list of pairs, or names and values in turn. */
function setHeaders(response, headers = {}) {
  const isList = Array.isArray(headers);
  const pairs =
    isList && !Array.isArray(headers[0])
      ? headers.flatMap((each, i) => (i % 2 ? [[headers[i - 1], each]] : []))
      : headers;
  const seen = new Set();
  for (const [name, value] of isList ? pairs : Object.entries(headers)) {
    response.setHeader(name, seen.has(name.toLowerCase()) ? [response.getHeader(name), value].flat() : value);
    seen.add(name.toLowerCase());
  }
}

const isBelow = (url, prefix) => `${url.split(/[?#]/, 1)[0]}/`.toLowerCase().startsWith(`${prefix}/`.toLowerCase());

/** A Location of the app as the browser has to follow it: root-absolute, or with this host. */
function outside(location, prefix, host) {
  const [, origin, url] = /^((?:https?:)?\/\/[^/?#]*)?(.*)$/s.exec(location);
  if (origin !== undefined && origin.replace(/^.*\/\//, '') !== host) return location;
  if (!url.startsWith('/') && origin === undefined) return location;
  return isBelow(url, prefix) ? location : `${origin ?? ''}${prefix}${url.startsWith('/') ? '' : '/'}${url}`;
}

/** A cookie for all of the app is for all below the vdir path; one named __Host- must be for all of the host. */
function cookieOutside(cookie, prefix) {
  if (/^__host-/i.test(cookie)) return cookie;
  return `${cookie}`.replace(/(;\s*path=)(\/[^;]*)/i, (all, name, url) =>
    isBelow(url, prefix) ? all : name + prefix + (url === '/' ? '' : url),
  );
}

// ---- The browser's side: socket.io's client script, and pages

const isClientScript = /\/socket\.io[\w.-]*\.js(\?|$)/;
const largest = 1024 * 1024; // bytes of a body that is held to be changed

/** Where the script chooses its path: for a connection to this host a root-absolute one has to be below the vdir path. */
function clientScript(text, prefix, url) {
  const place = `(function (uri, path) {
    var own = true;
    try { own = !uri || typeof uri === 'object' || new URL(uri, location.href).host === location.host; } catch (e) {}
    path = path || '/socket.io';
    return own && path.charAt(0) === '/' && (path + '/').indexOf('${prefix}/') !== 0 ? '${prefix}' + path : path;
  })`;
  const changed = text.replace(
    /([\w$]+)\.path\s*\|\|\s*(["'])\/socket\.io\2/g,
    (_all, options) => `${place}(arguments[0],${options}.path)`,
  );
  if (changed === text) say(`${url} is a client script of another kind: a page has to say io({ path }) itself`);
  return changed;
}

function page(text, prefix) {
  return text.replace(/<[a-z][^<>]*>/gi, (tag) =>
    tag.replace(/(\s(?:src|href|action)=["']?)(\/(?![/\\])[^\s"'>]*)/gi, (all, name, url) =>
      isBelow(url, prefix) ? all : name + prefix + url,
    ),
  );
}

/** Holds the answer's body until it is complete, and changes it; a stream, a large or a compressed one passes as it is. */
function rewriteBody(request, response, type, change) {
  const { headers, method } = request;
  const prefix = request[below];
  const mark = `-in${prefix}"`; // an ETag with it is of the changed text: the app's own would let the browser keep the other
  for (const name of ['accept-encoding', 'range', 'if-range', 'if-modified-since']) delete headers[name];
  const tag = headers['if-none-match'];
  if (tag?.includes(mark)) headers['if-none-match'] = tag.replaceAll(mark, '"');
  else delete headers['if-none-match'];
  const { write, end, writeHead: head, flushHeaders } = response;
  let held = [];
  let size = 0;
  const reasonNot = (isWhole) => {
    if (!type.test(response.getHeader('content-type'))) return 'type';
    if (response.hasHeader('content-encoding')) return 'compressed';
    if (!isWhole && !response.hasHeader('content-length') && type.test('text/html')) return 'a stream';
    return size > largest || response.getHeader('content-length') > largest
      ? `larger than ${largest} bytes`
      : undefined;
  };
  const release = (why) => {
    if (!held) return;
    if (why && why !== 'type') say(`a page keeps its root-absolute URLs, as it is ${why}: ${request.url}`);
    const chunks = held;
    held = undefined;
    for (const chunk of chunks) write.call(response, chunk);
  };
  response.writeHead = (status, ...rest) => {
    if (!held) return head.call(response, status, ...rest);
    response.statusCode = status;
    response.statusMessage = rest.find((each) => typeof each === 'string');
    setHeaders(
      response,
      rest.find((each) => typeof each === 'object'),
    );
    return response;
  };
  response.flushHeaders = () => {
    release('a stream');
    flushHeaders.call(response);
  };
  const hold = (chunk, encoding, isWhole) => {
    if (!held) return false;
    const bytes =
      typeof chunk === 'string' ? Buffer.from(chunk, typeof encoding === 'string' ? encoding : 'utf8') : chunk;
    size += bytes?.length ?? 0;
    const why = reasonNot(isWhole);
    if (why) release(why);
    else if (bytes) held.push(bytes);
    return held !== undefined;
  };
  response.write = (chunk, encoding, done) => {
    if (!hold(chunk, encoding, false)) return write.call(response, chunk, encoding, done);
    const called = [encoding, done].find((each) => typeof each === 'function');
    if (called) process.nextTick(called);
    return true;
  };
  response.end = (...args) => {
    const [chunk, encoding] = typeof args[0] === 'function' ? [] : args;
    const hasBody = held?.length > 0 || (chunk !== undefined && chunk !== null && method !== 'HEAD');
    const isChanged = hold(chunk ?? undefined, encoding, true);
    if (isChanged || response.statusCode === 304) {
      const old = response.getHeader('etag');
      if (old) response.setHeader('ETag', `${old}`.replace(/"$/, mark));
      response.removeHeader('Last-Modified');
    }
    if (!isChanged) return end.apply(response, args);
    const text = change(Buffer.concat(held).toString('latin1'), prefix, request.url); // latin1 keeps the bytes of every encoding
    held = undefined;
    if (!hasBody) response.removeHeader('Content-Length');
    else response.setHeader('Content-Length', Buffer.byteLength(text, 'latin1'));
    return end.call(
      response,
      hasBody ? Buffer.from(text, 'latin1') : undefined,
      args.find((each) => typeof each === 'function'),
    );
  };
}

// ---- The process

/** What the app's own modules get in place of `cluster`, whose real object node itself needs as it is. */
function pretendWorker() {
  const worker = { id: 1, process, isConnected: () => true, isDead: () => false, send: () => true, kill() {} };
  const cluster = {
    ...{ isPrimary: false, isMaster: false, isWorker: true, workers: {}, settings: {}, schedulingPolicy: 2 },
    ...{ SCHED_NONE: 1, SCHED_RR: 2, worker: Object.assign(new EventEmitter(), worker) },
    ...{ setupPrimary() {}, setupMaster() {}, fork: () => cluster.worker, disconnect: (done) => done?.() },
  };
  // A worker of it listens nowhere: its primary hands it the connections.
  const sticky = { setupMaster() {}, setupWorker: (io) => io.httpServer.listen(appPort) };
  const standIns = { cluster: Object.assign(new EventEmitter(), cluster), '@socket.io/sticky': sticky };
  const give = (name) => {
    say(`${name}: the app runs as one worker, without its primary; for more set nodeProcessCountPerApplication`);
    process.send ??= () => true; // what a worker tells its primary
    return standIns[name];
  };
  const users = /[\\/]node_modules[\\/](?!throng|sticky|@socket\.io[\\/]cluster-adapter)/;
  const { _load } = Module;
  Module._load = function (name, parent, ...rest) {
    const bare = name.replace(/^node:/, '');
    if (!Object.hasOwn(standIns, bare) || users.test(parent?.filename)) return _load.call(this, name, parent, ...rest);
    return give(bare);
  };
  globalThis[Symbol.for('iisnode-sock loader')] = give;
  const moduleOf = (name) =>
    `data:text/javascript,${encodeURIComponent(`
    const it = globalThis[Symbol.for('iisnode-sock loader')]('${name}');
    export default it;
    export const { ${Object.keys(standIns[name]).filter((each) => /^[a-zA-Z]/.test(each))} } = it;`)}`;
  return `data:text/javascript,${encodeURIComponent(`
    const modules = ${JSON.stringify(Object.fromEntries(Object.keys(standIns).map((name) => [name, moduleOf(name)])))};
    export function resolve(name, context, next) {
      const url = modules[name.replace(/^node:/, '')];
      if (!url || ${users}.test(context.parentURL) || !context.conditions.includes('import')) return next(name, context);
      return { url, shortCircuit: true };
    }`)}`;
}

/** Under iisnode nothing tells a process that it is replaced: its sockets would hold it until they are cut off, after
 * gracefulShutdownTimeout. So it watches what iisnode watches, and sends its clients on: iisnode takes them to the new process. */
function watchForRecycle() {
  const patterns = `${settings.watchedFiles};web.config`
    .split(';')
    .filter(Boolean)
    .map((each) => {
      const [, folder, name] = /^(.*\\)?(.*)$/.exec(each);
      const pattern = name
        .replace(/[.+^${}()|[\]]/g, '\\$&')
        .replaceAll('*', '.*')
        .replaceAll('?', '.');
      return {
        folder: path.join(__dirname, (folder ?? '').replaceAll('\\', path.sep)),
        name: new RegExp(`^${pattern}$`, 'i'),
      };
    });
  const state = () =>
    patterns
      .flatMap(({ folder, name }) => {
        const names = fs.existsSync(folder) ? fs.readdirSync(folder).filter((each) => name.test(each)) : [];
        return names.map((each) => {
          const { size, mtimeMs } = fs.statSync(path.join(folder, each), { throwIfNoEntry: false }) ?? {};
          return `${each} ${size} ${mtimeMs}`;
        });
      })
      .join('\n');
  let before = state();
  let timer;
  const look = () => {
    const now = state();
    if (now !== before) closeSockets();
    before = now;
  };
  for (const folder of new Set(patterns.map((each) => each.folder))) {
    try {
      const watcher = fs.watch(folder, { persistent: false }, () => {
        clearTimeout(timer);
        timer = setTimeout(look, 1000).unref(); // a copy of many files is one change
      });
      watcher.on('error', () => watcher.close());
    } catch {} // a folder that does not exist
  }
}

/** 1012, "service restart": clients connect again. A WebSocket's close frame may stand between any two others. */
function closeSockets() {
  for (const socket of upgraded) {
    if (/^websocket$/i.test(socket[asked].headers.upgrade)) socket.write(Buffer.from([0x88, 0x02, 0x03, 0xf4]));
    socket.end();
    setTimeout(() => socket.destroy(), 5000).unref();
  }
}

function stopOn(signal) {
  process.on(signal, () => {
    if (process.listenerCount(signal) > 1) return; // the app has its own way
    process.exitCode = 0;
    front?.close();
    closeSockets();
    for (const { server } of [...servers]) {
      server.close();
      server.closeIdleConnections?.();
    }
    setTimeout(() => process.exit(0), settings.gracefulShutdownTimeout).unref();
  });
}

/** The first line of a stack that is the app's own. */
function placeOf(error) {
  const lines = `${error?.stack}`
    .split('\n')
    .filter((line) => line.includes(root) || line.includes(pathToFileURL(root).href));
  return (
    lines.find((line) => !/node_modules|iisnode-entry\.cjs/.test(line))?.trim() ?? "in code that is not the app's own"
  );
}

function watchErrors() {
  const others = process.listenerCount('uncaughtException');
  process.on('uncaughtExceptionMonitor', (error) => {
    if (process.listenerCount('uncaughtException') > others) return; // the app has its own way
    const parts = [error, error?.cause, ...(error?.errors ?? [])].filter(Boolean);
    say(`the app ended by an error, ${placeOf(error)}: ${parts.map((each) => each.message || each).join('; ')}`);
  });
  process.on('exit', (code) => {
    if (servers.length === 0 && !hasListened) say(`the app ended (exit code ${code}) before an http server listened`);
  });
}

function tellWhenNothingListens(seconds) {
  setTimeout(() => {
    if (hasListened) return;
    say(
      `no http server has listened after ${seconds} s: ${isLoaded ? "the app may wait for something (a database, a secret), listen in a child process or a worker thread, or without node's net (uWebSockets.js)" : 'its entry is still being loaded, by a top-level await'}`,
    );
  }, seconds * 1000).unref();
}

// ---- The app

function isModule(file) {
  if (/\.[cm][jt]s$/.test(file)) return /\.m[jt]s$/.test(file);
  for (let folder = path.dirname(file); ; folder = path.dirname(folder)) {
    const manifest = path.join(folder, 'package.json');
    const type = fs.existsSync(manifest) ? (JSON.parse(fs.readFileSync(manifest, 'utf8')).type ?? '') : undefined;
    if (type) return type === 'module';
    if (type === '' || folder === path.dirname(folder)) break;
  }
  return (
    file.endsWith('.js') &&
    /^\s*(import\s*[\w{*"']|export\s+(default|const|function|class|\{|\*))/m.test(fs.readFileSync(file, 'utf8'))
  );
}

function loadApp() {
  process.chdir(root);
  const { resolve } = Module.createRequire(path.join(root, 'x.js'));
  for (const [name, value] of Object.entries(settings.env)) process.env[name] ??= value;
  for (const file of settings.envFiles) process.loadEnvFile(file);
  process.argv = [process.argv[0], entry, ...settings.args];
  const hooks = settings.clusterWorker ? pretendWorker() : undefined;
  for (const name of settings.requires) Module._load(resolve(name), null, false);
  const start = () => (isModule(entry) ? import(pathToFileURL(entry)) : Module._load(entry, null, true));
  if (settings.imports.length === 0 && !isModule(entry)) {
    start();
    isLoaded = true;
    return;
  }
  (async () => {
    if (hooks && Module.registerHooks) Module.registerHooks(await import(hooks));
    else if (hooks) Module.register?.(hooks);
    for (const name of settings.imports) await import(pathToFileURL(resolve(name)));
    await start();
    isLoaded = true;
  })();
}

if (pipe !== undefined) {
  process.env.PORT = String(appPort);
  net.Server.prototype.listen = listenBehindIis;
  if (process.env.IISNODE_VERSION !== undefined) watchForRecycle();
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGBREAK', 'SIGHUP']) stopOn(signal);
  watchErrors();
  tellWhenNothingListens(settings.listenTimeout);
}
loadApp();
