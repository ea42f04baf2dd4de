// iisnode-sock loader 1
'use strict';
// IIS starts this file, which starts the app's own entry, unchanged, on iisnode's named pipe or HttpPlatformHandler's port: docs/loader.md of npm's iisnode-sock.
const { EventEmitter } = require('node:events');
const [fs, http, Module, net, path] = ['fs', 'http', 'module', 'net', 'path'].map((name) => require(`node:${name}`));
const { pathToFileURL } = require('node:url');
// Written by `iisnode-sock init`; paths are relative to this file's folder. A key of web.config's <appSettings> overrides a setting where named.
const settings = Object.freeze({
  entry: 'server.js', // the app's own entry
  args: [], // its arguments
  root: '.', // the app's working directory
  vdirPath: '/', // the app's vdir path; <appSettings> virtualDirPath
  stripVdirPath: true, // the app sees URLs without it; <appSettings> stripVdirPath
  rewritePages: false, // add it to root-absolute src, href and action in pages; <appSettings> rewritePages
  port: null, // for an app that opens several: the one that IIS serves
  env: {}, // variables of the start script; web.config overrides them
  envFiles: [], // its --env-file; 'name?' may be missing
  requires: [], // its -r
  imports: [], // its --import
  clusterWorker: true, // `cluster` reports that this process is a worker
  enableXFF: true, // as in <iisnode>: the last address in X-Forwarded-For is what IIS saw
  watchedFiles: '*.js;iisnode.yml', // as in <iisnode>
  gracefulShutdownTimeout: 60_000, // as in <iisnode>, ms
  listenTimeout: 20, // s without a server until a line names possible reasons
});
const pipe = process.env.PORT ?? process.env.HTTP_PLATFORM_PORT; // a number under HttpPlatformHandler, a pipe under iisnode
const isPort = pipe === process.env.HTTP_PLATFORM_PORT;
const appPort = settings.port ?? 20_011 + (process.pid % 12_000); // below those of connections; no app has it itself: a server that listens on it has read PORT
const [root, entry] = [settings.root, settings.entry].map((each) => path.resolve(__dirname, each));
const [said, upgraded] = [new Set(), new Set()]; // lines in the log; requests that were upgraded, some of them closed
const say = (text) => said.has(text) || (said.add(text) && process.stderr.write(`iisnode-sock loader: ${text}\n`));
const vdirPath = (process.env.virtualDirPath || settings.vdirPath).replace(/\/+$/, '');
const isOn = (name) => (process.env[name] ?? `${settings[name]}`) === 'true';
const strips = vdirPath !== '' && isOn('stripVdirPath');
const vdir = strips ? require('./iisnode-vdir.cjs')(vdirPath, isOn('rewritePages'), say) : undefined;
// ---- Listening. Each http server of the app listens on a separate pipe, for the app itself; the main one gets iisnode's connections.
const { listen, address } = net.Server.prototype; // used by http, https, http2 and net, with require and import
const byRank = (a, b) => b.rank - a.rank;
const servers = []; // the listening ones, the main one first: { server, port, rank, here }
const current = Symbol('on a connection: X-Forwarded-For of its request, null before the first; on a request: true');
const plain = serve(http.createServer({ keepAliveTimeout: 120_000 })); // reads HTTP/1.1 for a server of http2 that does not
let [front, asides, isLoading, hasChildren] = [undefined, 0, false, false]; // for IIS; other pipes; top-level await, --import; child processes
function listenBehindIis(...args) {
  const port = portOf(args[0]);
  if (port === undefined || this.listening) return listen.apply(this, args);
  if (!('keepAliveTimeout' in this || this.listenerCount('request') > 0)) {
    const text = `IIS does not serve port ${port}: nothing answers HTTP/1.1 requests there`;
    const tell = () => setTimeout(() => this.listening && say(text), 1000).unref(); // it may only search for a free port
    return listen.apply(this, args).once('listening', tell);
  }
  const one = { server: this, port, rank: rankOf(this, port, args[0]) };
  servers.push(one);
  servers.sort(byRank);
  process.nextTick(() => this.once('close', () => servers.splice(servers.indexOf(one), 1)[0].door?.close())); // behind that of a close() just before
  process.nextTick(askForRedirect);
  if (!(serve(this) instanceof http.Server))
    say(`TLS ends at IIS: the ${this.constructor.name} on port ${port} is served as plain HTTP/1.1`);
  // A gateway of Nest listens before its app: a server that may be a second one waits 2 s for a better one.
  if (one.rank > 2 || (one.rank === 2 && settings.port === null)) openFront();
  else setTimeout(openFront, 2000).unref();
  if (args[0] === 0) return listen.apply(this, args); // a helper on any port, whose number will be read
  const [main, other] = [servers[0], one === servers[0] ? servers[1] : one]; // the same port: another address of the main one
  if (other?.rank > 1 && other.server !== main.server && ![main.port, appPort].includes(other.port)) openPort(other);
  this.address = () => (this.listening ? { address: '127.0.0.1', family: 'IPv4', port: port || appPort } : null);
  const { port: _p, host: _h, path: _n, ...options } = Object(args[0]);
  Object.assign(options, isPort ? { port: 0, host: '127.0.0.1' } : { path: `${pipe}.${++asides}` });
  one.here = () => ({ ...options, ...(isPort && { port: address.call(this)?.port ?? 1 }) });
  if (hasChildren) openPorts();
  return listen.call(this, options, ...args.filter((each) => typeof each === 'function'));
}
/** The TCP port in the arguments of listen(), 0 for any; undefined for a path or a handle. */
function portOf(first) {
  if (typeof first === 'object' && first !== null) return 'port' in first ? Number(first.port) || 0 : undefined;
  return typeof first === 'string' && Number.isNaN(Number(first)) ? undefined : Number(first) || 0;
}
/** 5: on `port`. 4: on PORT. 3: with TLS; another http server may only redirect to it. 2: any. 1: a helper, or a port for sockets only. */
function rankOf(server, port, first) {
  if (port === appPort) return settings.port ? 5 : 4;
  const [, , , caller] = String(new Error().stack).split('\n');
  if (first === 0 || /node_modules[\\/](socket\.io|engine\.io|ws|@nestjs[\\/]platform-ws)\b/.test(caller)) return 1;
  return server instanceof http.Server || server.listenerCount('request') === 0 ? 2 : 3;
}
/** Beside one with TLS, a server on PORT that redirects even a client of https only redirects to that one. */
function askForRedirect([one] = servers) {
  if (one?.rank !== 4 || !(one.server instanceof http.Server) || servers.every(({ rank }) => rank !== 3)) return;
  one.rank = 4.5; // it is asked once
  const write = (bytes, _encoding, done) => {
    if (/^HTTP\S+ 3(.+\r\n)+location: *https:/i.test(bytes)) one.rank = 2.5;
    done(void servers.sort(byRank));
  };
  const socket = new (require('node:stream').Duplex)({ read() {}, write });
  one.server.emit('connection', Object.assign(socket, { encrypted: true, remoteAddress: '127.0.0.1' }));
  socket.push('GET / HTTP/1.1\r\nHost: localhost\r\nX-Forwarded-Proto: https\r\nConnection: close\r\n\r\n');
}
function openFront() {
  if (front || servers.length === 0) return;
  front = net.createServer({ allowHalfOpen: true }, (socket) => {
    if (servers.length === 0) return socket.destroy();
    const server = 'requestTimeout' in servers[0].server ? servers[0].server : plain;
    socket[current] = null; // Object.assign() takes as long as the rest
    socket._getpeername = peerOfPipe;
    if (server instanceof http.Server) return server.emit('connection', socket);
    const ofTls = { alpnProtocol: 'http/1.1', authorized: false, getPeerCertificate: () => ({}), server }; // no certificate of the client
    server.emit('secureConnection', Object.assign(socket, ofTls));
  });
  listen.call(front, isPort ? { port: Number(pipe), host: '127.0.0.1' } : { path: pipe }).unref(); // only the app's own servers keep the process alive
}
/** Opens a server's port, on this machine: a second server keeps it, TLS needs it. Another process of the app may already have it. */
function openPort(one) {
  if (servers.some(({ door, port }) => door && port === one.port)) return;
  const text = `IIS does not serve port ${one.port}, reachable only from this machine; if it should: port: ${one.port} in iisnode-entry.cjs`;
  one.door = net.createServer((socket) => one.server.emit('connection', socket));
  const tell = () => one.rank > 1 && one.server !== servers[0]?.server && say(text);
  one.door.on('listening', () => setTimeout(tell, 500).unref()); // askForRedirect() may put it first
  one.door.on('error', ({ code }) => say(`the server on port ${one.port} has no port of its own: ${code}`));
  listen.call(one.door, { port: one.port || appPort, host: '127.0.0.1' }).unref();
}
/** Child processes (a browser) and threads know the app by its ports: from the first on, its servers have them on this machine. */
function openPorts() {
  hasChildren = true;
  for (const one of servers) if (one.here) openPort(one);
}
/** Prepares requests of iisnode and passes them to their server. */
function serve(server) {
  const { emit, listenerCount } = server;
  const isForOther = (event) => event === 'upgrade' && servers.some((each) => each.server.listeners(event).length > 0);
  server.listenerCount = (event, listener) => listenerCount.call(server, event, listener) || Number(isForOther(event)); // node reads it before an upgrade
  server.emit = function (event, ...args) {
    if (event !== 'request') this.keepAliveTimeout &&= Math.max(this.keepAliveTimeout, 120_000); // iisnode uses it for up to 30 s (maxNamedPipePooledConnectionAge), node for 5 s
    const request = args[0]; // quicker than a pattern, at each request
    if (event === 'connection' && !(current in request || request.remoteAddress)) request._getpeername = peerOfPipe;
    const before = event === 'request' || event === 'upgrade' ? request?.socket?.[current] : undefined;
    if (before === undefined || request[current] || servers.length === 0) return emit.call(this, event, ...args);
    request[current] = true; // the connection does not get the request: what V8 has to keep takes longer than all else here
    request.socket[current] = request.headers['x-forwarded-for'] ?? '';
    request.socket.encrypted = settings.enableXFF && request.headers['x-forwarded-proto'] === 'https';
    if (event === 'upgrade') beginSocket(request, before);
    if (vdir?.(event, request, args[1])) return true;
    const target = serverFor(event, request.url);
    const isHeard = target === this ? emit.call(this, event, ...args) : target.emit(event, ...args);
    if (!isHeard) event === 'upgrade' ? args[1].destroy() : args[1].writeHead(404).end(); // it is for sockets only
    return true;
  };
  return server;
}
function beginSocket(request, former) {
  if (upgraded.add(request).size % 64 === 0) for (const old of upgraded) old.socket.destroyed && upgraded.delete(old); // a listener for each takes longer
  if (former === null) return;
  const before = request.socket.bytesWritten; // of earlier responses: engine.io ends an upgrade that nothing answers only if it is 0
  const get = () => Reflect.get(net.Socket.prototype, 'bytesWritten', request.socket) - before;
  Object.defineProperty(request.socket, 'bytesWritten', { get, configurable: true });
}
/** Sockets go to the first server that has such sockets, everything else to the main one. */
function serverFor(event, url) {
  if (servers.length === 1) return servers[0].server;
  const isEngine = /[?&]EIO=\d|\/socket\.io[\w.-]*\.(js|map)(\?|$)/.test(url);
  const carries = ({ server }) => server.listeners('upgrade').some((each) => /destroyUpgrade/.test(each) === isEngine);
  return (((isEngine || event === 'upgrade') && servers.find(carries)) || servers[0]).server;
}
// ---- Peers. A pipe has none: code that reads its address gets the values that IIS sends with the current request of the connection.
function peerOfPipe() {
  const all = settings.enableXFF && this[current];
  const found = all && /(?:^|[,\s[])([\d.]+|[\da-f:.%]+)\]?(?::(\d+))?\s*$/i.exec(all);
  const [, address = '127.0.0.1', port = 0] = found || [];
  return { address, port: Number(port), family: address.includes(':') ? 'IPv6' : 'IPv4' };
}
/** The app as its own client: the port that it knows is not open, so it gets the pipe of that server, of this process. */
const { connect } = net.Socket.prototype; // used by http, fetch and net
net.Socket.prototype.connect = function (...args) {
  const [options, done] = Array.isArray(args[0]) ? args[0] : net._normalizeArgs(args);
  const isHere = !options.path && /^(localhost|127\.[\d.]+|::1|0\.0\.0\.0)$/i.test(options.host ?? 'localhost');
  const own = isHere && servers.find(({ port }) => (port || appPort) === Number(options.port));
  if (own?.here && this._handle) openPort(own); // one with TLS has its handle, for TCP, before it connects
  if (!own?.here || this._handle) return connect.apply(this, args);
  this._getpeername = peerOfPipe;
  return connect.call(this, { ...options, ...own.here() }, done);
};
// ---- The end. iisnode tells no process that it is replaced: this one watches the same files and closes its sockets; their clients get to the new one.
/** 1012, "service restart": clients connect again. A close frame may be sent between any two others. */
function closeSockets() {
  for (const { socket, headers } of [...upgraded].filter((each) => !each.socket.destroyed)) {
    socket.end(/^websocket$/i.test(headers.upgrade) ? Buffer.from([0x88, 0x02, 0x03, 0xf4]) : '');
    setTimeout(() => socket.destroy(), 5000).unref();
  }
}
function watchForRecycle() {
  let timer;
  const changed = (now, before) => {
    if (now.mtimeMs !== before.mtimeMs) timer = timer?.refresh() ?? setTimeout(closeSockets, 1000); // many files: one change
  };
  for (const pattern of `${settings.watchedFiles};web.config`.split(';')) {
    const folder = path.join(__dirname, ...pattern.split('\\').slice(0, -1));
    const like = path.win32.basename(pattern).replace(/\W/g, (each) => ({ '*': '.*', '?': '.' })[each] ?? `\\${each}`);
    const files = fs.existsSync(folder) ? fs.readdirSync(folder) : [];
    for (const file of files.filter((each) => new RegExp(`^${like}$`, 'i').test(each)))
      fs.watchFile(path.join(folder, file), { persistent: false, interval: 2000 }, changed);
  }
}
function stop(signal) {
  if (process.listenerCount(signal) > 1) return; // the app handles it itself
  closeSockets();
  for (const { server } of servers) Object.assign(server, { keepAliveTimeout: 1 }).close(); // returns nothing in Node 18
  for (const { server } of servers) server.closeIdleConnections?.(); // Node 18 keeps them
  setTimeout(() => process.exit(0), front ? settings.gracefulShutdownTimeout : 0).unref();
  front?.close(() => process.exit(0)); // when its connections have ended
}
// ---- An error is one line in the log
function watchErrors() {
  const others = process.listenerCount('uncaughtException'); // iisnode's own
  const roots = [root, pathToFileURL(root).href];
  const isOwn = (line) => roots.some((each) => line.includes(each)) && !/node_modules|iisnode-\w+\.cjs/.test(line);
  process.on('uncaughtExceptionMonitor', (error) => {
    if (process.listenerCount('uncaughtException') > others) return; // the app handles it itself
    const place = `${error?.stack}`.split('\n').find((line) => isOwn(line) && /:\d/.test(line));
    const all = [error ?? `${error}`, error?.cause, ...(error?.errors ?? [])].filter(Boolean);
    const where = place?.trim() ?? (isLoading ? 'while its modules load' : "in code that is not the app's own");
    const hint = /\.(pem|key|crt|cer|pfx|p12)$/i.test(error?.path) ? '; it is read, although TLS ends at IIS' : '';
    say(`the app ended with an error, ${where}: ${all.map((each) => each.message || String(each)).join('; ')}${hint}`);
  });
  process.on('exit', (code) => front || say(`the app ended with exit code ${code}; no http server had listened`));
  const waits = 'it waits for something (a database?), or listens elsewhere (a worker, a child, uWebSockets.js)';
  const why = () => (isLoading ? 'a top-level await of its entry has not ended' : waits);
  const tell = () => front || say(`no http server has listened after ${settings.listenTimeout} s: ${why()}`);
  setTimeout(tell, settings.listenTimeout * 1000).unref();
}
// ---- cluster: an app that forks runs as one worker. Its own modules get a replacement; node needs the real object unchanged.
function pretendWorker() {
  const yes = () => true;
  const can = { isConnected: yes, isDead: () => false, send: yes, kill: yes, disconnect: yes };
  const worker = Object.assign(new EventEmitter(), { id: 1, process, ...can });
  const is = { isPrimary: false, isMaster: false, isWorker: true, worker, workers: {}, settings: {} };
  const does = { fork: () => worker, setupPrimary: yes, setupMaster: yes, disconnect: (done) => done?.() };
  const sticky = { setupMaster: yes, setupWorker: (io) => io.httpServer.listen(appPort) }; // otherwise its primary has the connections
  const cluster = Object.assign(new EventEmitter(), is, does);
  const standIns = new Map(Object.entries({ cluster, '@socket.io/sticky': sticky }));
  const packages = /[\\/]node_modules[\\/](?!throng|sticky|@socket\.io[\\/]cluster-adapter)/;
  const give = (named, from) => {
    const name = named.replace(/^node:/, '');
    if (packages.test(from) || !standIns.has(name)) return undefined;
    process.send ??= yes; // workers write to their primary
    const count = isPort ? 'processesPerApplication' : 'nodeProcessCountPerApplication';
    say(`${name}: the app runs as one worker, without its primary; set ${count} for more`);
    return standIns.get(name);
  };
  const { _load } = Module;
  Module._load = (name, parent, ...rest) => give(name, parent?.filename) ?? _load(name, parent, ...rest);
  // For `import`: modules that return the same objects, and a hook that resolves the names to them.
  globalThis[Symbol.for('iisnode-sock loader')] = give;
  const asUrl = (code) => `data:text/javascript,${encodeURIComponent(code)}`;
  const moduleOf = (name, names) => `const it = globalThis[Symbol.for('iisnode-sock loader')]('${name}');
    export default it; export const { ${names.filter((each) => /^[a-z]/i.test(each))} } = it;`;
  const urls = [...standIns].map(([name, object]) => [name, asUrl(moduleOf(name, Object.keys(object)))]);
  return asUrl(`const urls = new Map(${JSON.stringify(urls)});
    export function resolve(name, context, next) {
      const url = !${packages}.test(context.parentURL) && urls.get(name.replace(/^node:/, ''));
      return url && context.conditions.includes('import') ? { url, shortCircuit: true } : next(name, context);
    }`);
}
// ---- The app's entry, as if node had been started with it
function isModule(file) {
  if (/\.[cm][jt]s$/.test(file)) return /\.m[jt]s$/.test(file);
  const all = Module._nodeModulePaths(path.dirname(file)).map((each) => path.resolve(each, '../package.json'));
  const manifest = all.find((each) => fs.existsSync(each));
  const { type } = manifest ? JSON.parse(`${fs.readFileSync(manifest)}`.replace(/^\uFEFF/, '')) : {};
  const isLike = /^\s*(import\s*[\w{*"']|export\s+(default|const|function|class|\{|\*))/m;
  return type ? type === 'module' : file.endsWith('.js') && isLike.test(fs.readFileSync(file, 'utf8'));
}
async function startLater(hooks, resolve, isHere = (name) => root === __dirname && /^[^./]/.test(name)) {
  isLoading = true;
  if (hooks) Module.registerHooks ? Module.registerHooks(await import(hooks)) : Module.register?.(hooks); // Node 18 and 20
  for (const name of settings.imports) await import(isHere(name) ? name : pathToFileURL(resolve(name)));
  await (isModule(entry) ? import(pathToFileURL(entry)) : Module._load(entry, null, true));
  isLoading = false;
}
if (pipe) {
  process.env.PORT = String(appPort);
  if (vdir) process.env.virtualDirPath = '/'; // to the app, that is where it is
  net.Server.prototype.listen = listenBehindIis;
  if (process.env.IISNODE_VERSION) watchForRecycle();
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGBREAK', 'SIGHUP']) process.on(signal, stop);
  watchErrors();
  const { prototype } = require('node:child_process').ChildProcess;
  prototype.spawn = new Proxy(prototype.spawn, { apply: (...all) => openPorts() ?? Reflect.apply(...all) });
  process.on('worker', (each) => each.constructor.name !== 'InternalWorker' && openPorts()); // node's own, for the hooks below
}
process.chdir(root);
process.argv = [process.argv[0], entry, ...settings.args];
for (const [name, value] of Object.entries(settings.env)) process.env[name] ??= value;
const loadEnvFile = process.loadEnvFile ?? (() => say('envFiles are for Node 20.12 and newer'));
for (const file of settings.envFiles)
  if (!file.endsWith('?') || fs.existsSync(file.slice(0, -1))) loadEnvFile(file.replace('?', ''));
if (process.env.NODE_PATH) Module._initPaths(); // node has read it before
const { resolve } = Module.createRequire(path.join(root, 'x.js'));
const hooks = settings.clusterWorker && pretendWorker();
if (/\.[cm]?ts$/.test(entry) && !process.features.typescript && !settings.requires.concat(settings.imports)[0])
  say(`node ${process.version} runs no TypeScript: 22.18 does, 22.6 with "node.exe --experimental-strip-types"`);
for (const name of settings.requires) Module._load(resolve(name), null, false);
settings.imports.length > 0 || isModule(entry) ? void startLater(hooks, resolve) : Module._load(entry, null, true);
