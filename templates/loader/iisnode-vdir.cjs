// iisnode-sock loader 1, for an app in a virtual directory
'use strict';

// iisnode-entry.cjs loads this file where the app has a path on the site ("vdir path", /chat). The app sees URLs without it; what it
// answers gets it back: Location, cookies, socket.io's client script and, where it is asked for, root-absolute URLs of pages.

const http = require('node:http');
const { unescape: decoded } = require('node:querystring'); // as decodeURIComponent, but a stray % does not throw

const below = Symbol('the vdir path of a request, as its URL had it');
const isForPages = /text\/html|^\*\/\*$|^undefined$/; // what Accept may be: of a browser that opens a page, or of a program
const isClientScript = /\/socket\.io[\w.-]*\.js(\?|$)/;
const largest = 1024 * 1024; // bytes of a body that is held to be changed
const encoded = (path) => encodeURI(decoded(path)).replaceAll("'", '%27'); // it will stand between quotes
const isBelow = (url, prefix) => `${url.split(/[?#]/, 1)[0]}/`.toLowerCase().startsWith(`${prefix}/`.toLowerCase());

/** Gives the function that takes the vdir path off a request's URL; it says true where it has answered the request itself. */
module.exports = (vdirPath, rewritesPages, say) => {
  const parts = vdirPath.split('/').length;
  const plain = encoded(vdirPath);
  /** The start of a URL that is the vdir path: IIS does not tell /Chat or /ch%61t from /chat. */
  const written = (url) => {
    if (url.startsWith(plain) && url[plain.length] === '/') return plain;
    const start = url.split('?', 1)[0].split('/', parts).join('/');
    return decoded(start).toLowerCase() === decoded(plain).toLowerCase() ? start : undefined;
  };
  return (event, request, answer) => {
    const { url, method } = request;
    const start = written(url);
    if (start === undefined) return false;
    const rest = url.slice(start.length);
    request[below] = start === plain ? plain : encoded(start);
    request.headers['x-forwarded-prefix'] = request[below];
    request.url = rest[0] === '/' ? rest : `/${rest}`;
    if (event === 'upgrade') return false;
    if (rest[0] !== '/' && (method === 'GET' || method === 'HEAD')) {
      answer.writeHead(302, { Location: `/${rest}` }).end(); // the relative URLs of a page need the slash
      return true;
    }
    if (isClientScript.test(rest)) changeBody(request, answer, /javascript/, clientScript, say);
    else if (rewritesPages && isForPages.test(request.headers.accept))
      changeBody(request, answer, /^text\/html/, page, say);
    return false;
  };
};

// ---- Headers of an answer

const { writeHead } = http.ServerResponse.prototype;
http.ServerResponse.prototype.writeHead = function (status, ...rest) {
  const prefix = this.req?.[below];
  if (prefix === undefined || this.headersSent || !hasUrls(this, rest.at(-1)))
    return writeHead.call(this, status, ...rest);
  setHeaders(this, rest);
  const location = this.getHeader('location');
  if (location !== undefined) this.setHeader('Location', locationOutside(`${location}`, prefix, this.req.headers.host));
  const cookies = this.getHeader('set-cookie');
  if (cookies !== undefined)
    this.setHeader(
      'Set-Cookie',
      [cookies].flat().map((each) => cookieOutside(`${each}`, prefix)),
    );
  return writeHead.call(this, status, ...rest.filter((each) => typeof each === 'string'));
};

/** Whether an answer may have a Location or cookies: most have none, and are left as they are. */
function hasUrls(response, given) {
  if (response.hasHeader('location') || response.hasHeader('set-cookie') || Array.isArray(given)) return true;
  for (const name in typeof given === 'object' ? given : {}) if (/^(location|set-cookie)$/i.test(name)) return true;
  return false;
}

/** Sets the headers that writeHead() is given: as an object, a list of pairs, or names and values in turn. */
function setHeaders(response, args) {
  const given = args.find((each) => typeof each === 'object') ?? {};
  const isFlat = Array.isArray(given) && !Array.isArray(given[0]);
  const list = isFlat ? given.flatMap((each, index) => (index % 2 ? [[given[index - 1], each]] : [])) : given;
  const all = new Map();
  for (const [name, value] of Array.isArray(list) ? list : Object.entries(list)) {
    const before = all.get(name.toLowerCase());
    all.set(name.toLowerCase(), [name, before === undefined ? value : [before[1], value].flat()]);
  }
  for (const [name, value] of all.values()) if (value !== undefined) response.setHeader(name, value);
}

/** A Location of the app as the browser has to follow it, if it is root-absolute or names this host. */
function locationOutside(location, prefix, host) {
  const [, origin, url] = /^((?:https?:)?\/\/[^/?#]*)?(.*)$/s.exec(location);
  const isOurs = origin === undefined ? url.startsWith('/') : origin.replace(/^.*\/\//, '') === host;
  return isOurs && !isBelow(url, prefix) ? `${origin ?? ''}${prefix}${url || '/'}` : location;
}

/** A cookie for all of the app is for all below the vdir path; one named __Host- has to be for all of the host. */
function cookieOutside(cookie, prefix) {
  const path = /;\s*path=(\/[^;]*)/i.exec(cookie);
  if (path === null || /^__host-/i.test(cookie) || isBelow(path[1], prefix)) return cookie;
  return cookie.replace(path[0], () => path[0].replace('/', path[1] === '/' ? prefix : `${prefix}/`));
}

// ---- Bodies

/** Where the script chooses its path: for a connection to this host, a root-absolute one has to be below the vdir path. */
function clientScript(text, prefix) {
  const choose = `(function (uri, path) {
    var own = true;
    try { own = !uri || typeof uri === 'object' || new URL(uri, location.href).host === location.host; } catch (e) {}
    return own && path.charAt(0) === '/' && (path + '/').indexOf('${prefix}/') !== 0 ? '${prefix}' + path : path;
  })`;
  // Of all versions from 1.0 to 4.8, minified or not, in functions whose first argument is the URL.
  return text.replace(/([\w$]+)\.path\s*\|\|\s*(["'])\/socket\.io\2/g, (code) => `${choose}(arguments[0], ${code})`);
}

function page(text, prefix) {
  return text.replace(/<[a-z][^<>]*>/gi, (tag) =>
    tag.replace(/(\s(?:src|href|action)=["']?)(\/(?![/\\])[^\s"'>]*)/gi, (all, name, url) =>
      isBelow(url, prefix) ? all : name + prefix + url,
    ),
  );
}

/** Holds a body of this type until it is complete, and changes it; a stream, a large or a compressed one passes as it is. */
function changeBody(request, response, type, change, say) {
  const { headers, method, url } = request;
  const mark = `-in${request[below]}"`; // in an ETag: the body is the changed one, else a browser would keep that of before
  const tag = headers['if-none-match'];
  const isSure = change === clientScript || /text\/html/.test(headers.accept); // else it may well be no page at all
  for (const name of isSure ? ['accept-encoding', 'range', 'if-none-match', 'if-modified-since'] : [])
    delete headers[name];
  if (tag?.includes(mark)) headers['if-none-match'] = tag.replaceAll(mark, '"');
  const { write, end, writeHead: head, flushHeaders } = response;
  let held = [];
  const release = (why) => {
    if (held && why) say(`${url} keeps its URLs without the vdir path: it is ${why}`);
    const chunks = held ?? [];
    held = undefined;
    for (const chunk of chunks) write.call(response, chunk);
  };
  /** Keeps a chunk; false where it has to go out, with all before it. */
  const holds = (chunk, encoding, isLast) => {
    if (!held) return false;
    const bytes =
      typeof chunk === 'string' ? Buffer.from(chunk, typeof encoding === 'string' ? encoding : 'utf8') : chunk;
    const size = held.reduce((sum, each) => sum + each.length, bytes?.length ?? 0);
    const length = response.getHeader('content-length');
    if (!type.test(response.getHeader('content-type')) || response.statusCode === 206) release();
    else if (response.hasHeader('content-encoding')) release('compressed');
    else if (!isLast && length === undefined && change === page) release('a stream');
    else if (size > largest || length > largest) release(`larger than ${largest} bytes`);
    else if (bytes) held.push(bytes);
    return held !== undefined;
  };
  response.writeHead = (status, ...rest) => {
    if (!held) return head.call(response, status, ...rest);
    response.statusCode = status;
    response.statusMessage = rest.find((each) => typeof each === 'string');
    setHeaders(response, rest);
    return response;
  };
  response.flushHeaders = () => {
    release(type.test(response.getHeader('content-type')) ? 'a stream' : undefined);
    flushHeaders.call(response);
  };
  response.write = (chunk, encoding, done) => {
    if (!holds(chunk, encoding, false)) return write.call(response, chunk, encoding, done);
    const callback = [encoding, done].find((each) => typeof each === 'function');
    if (callback) process.nextTick(callback);
    return true;
  };
  response.end = (...args) => {
    const [chunk, encoding] = args.filter((each) => typeof each !== 'function');
    const isHeld = holds(chunk, encoding, true);
    const { statusCode } = response;
    if (isHeld || statusCode === 304) markAnswer(response, mark);
    if (!isHeld) return end.apply(response, args);
    const text = Buffer.concat(held).toString('latin1'); // latin1 keeps the bytes of every encoding
    const changed = change(text, request[below]);
    held = undefined;
    const isUnknown = change === clientScript && changed === text && text.includes('EIO');
    if (isUnknown) say(`${url} is a client script of a kind that is not known: io({ path }) is up to the page`);
    if (method === 'HEAD') response.removeHeader('Content-Length');
    else response.setHeader('Content-Length', Buffer.byteLength(changed, 'latin1'));
    return end.call(
      response,
      Buffer.from(changed, 'latin1'),
      args.find((each) => typeof each === 'function'),
    );
  };
}

function markAnswer(response, mark) {
  const tag = response.getHeader('etag');
  if (tag) response.setHeader('ETag', `${tag}`.replace(/"$/, mark));
  response.removeHeader('Last-Modified');
}
