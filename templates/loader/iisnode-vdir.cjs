// iisnode-sock loader 1, for an app in a virtual directory
'use strict';

// iisnode-entry.cjs loads this file if the app has a vdir path (/chat). The app sees URLs without it; in its responses the path is added
// again: in Location, cookies, socket.io's client script and, if requested, root-absolute URLs of pages.

const http = require('node:http');
const { unescape: decoded } = require('node:querystring'); // like decodeURIComponent, but an invalid % does not throw

const below = Symbol('the vdir path of a request, as its URL had it');
const isForPages = /text\/html|^\*\/\*$|^undefined$/; // Accept of a browser that opens a page, or of a program
const isClientScript = /\/socket\.io[\w.-]*\.js(\?|$)/;
const isHtml =
  /^\s*<(?:!doctype html|!--|(?:html|head|body|script|style|title|table|iframe|font|div|h1|a|b|br|p)[\s>])/i; // what browsers take for a page where no type is given
const largest = 1024 * 1024; // limit in bytes of a body that is buffered to be changed
const encoded = (path) => encodeURI(decoded(path)).replaceAll("'", '%27'); // it will be between quotes
const isBelow = (url, prefix) => `${url.split(/[?#]/, 1)[0]}/`.toLowerCase().startsWith(`${prefix}/`.toLowerCase());

/** Returns the function that removes the vdir path from a request's URL; it returns true if it has answered the request itself. */
module.exports = (vdirPath, rewritesPages, sayAll) => {
  const pages = new Set();
  /** Visitors choose the URLs: lines for 100 of them at most. */
  const say = (url, what) => {
    const page = url.split('?', 1)[0];
    if (pages.size < 100 && pages.add(page)) sayAll(`${page} ${what}`);
  };
  const parts = vdirPath.split('/').length;
  const plain = encoded(vdirPath);
  const withSlash = `${plain}/`;
  /** The start of a URL that is the vdir path: for IIS /Chat and /ch%61t are the same as /chat. */
  const written = (url) => {
    if (url.startsWith(withSlash)) return plain;
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
    if (rest.includes('/socket.io') && isClientScript.test(rest))
      changeBody(request, answer, /javascript/, clientScript, say);
    else if (rewritesPages && isForPages.test(request.headers.accept))
      changeBody(request, answer, /^text\/html/, page, say);
    return false;
  };
};

// ---- Headers of an answer

const { writeHead } = http.ServerResponse.prototype;
http.ServerResponse.prototype.writeHead = function (status, reason, headers) {
  const prefix = this.req?.[below];
  if (prefix === undefined || this.headersSent || !hasUrls(this, headers ?? reason))
    return writeHead.call(this, status, reason, headers);
  setHeaders(this, [reason, headers]);
  const location = this.getHeader('location');
  if (location !== undefined) this.setHeader('Location', locationOutside(`${location}`, prefix, this.req.headers.host));
  const cookies = this.getHeader('set-cookie');
  if (cookies !== undefined)
    this.setHeader(
      'Set-Cookie',
      [cookies].flat().map((each) => cookieOutside(`${each}`, prefix)),
    );
  return writeHead.call(this, status, typeof reason === 'string' ? reason : undefined);
};

/** Can a response have a Location or cookies? Most have none, and are not changed. */
function hasUrls(response, given) {
  if (response.hasHeader('location') || response.hasHeader('set-cookie') || Array.isArray(given)) return true;
  if (typeof given !== 'object') return false;
  for (const name in given)
    if ((name.length === 8 || name.length === 10) && /^(location|set-cookie)$/i.test(name)) return true;
  return false;
}

/** Sets the headers passed to writeHead(): as an object, a list of pairs, or alternating names and values. */
function setHeaders(response, args) {
  const given = args.find((each) => each && typeof each === 'object') ?? {};
  const isFlat = Array.isArray(given) && !Array.isArray(given[0]);
  const list = isFlat ? given.flatMap((each, index) => (index % 2 ? [[given[index - 1], each]] : [])) : given;
  const all = new Map();
  for (const [name, value] of Array.isArray(list) ? list : Object.entries(list)) {
    const before = all.get(name.toLowerCase());
    all.set(name.toLowerCase(), [name, before === undefined ? value : [before[1], value].flat()]);
  }
  for (const [name, value] of all.values()) if (value !== undefined) response.setHeader(name, value);
}

/** A Location of the app for the browser, if it is root-absolute or has this host. */
function locationOutside(location, prefix, host) {
  const [, origin, url] = /^((?:https?:)?\/\/[^/?#]*)?(.*)$/s.exec(location);
  const isOurs = origin === undefined ? url.startsWith('/') : isThisHost(origin, host);
  return isOurs && !isBelow(url, prefix) ? `${origin ?? ''}${prefix}${url || '/'}` : location;
}

/** Is an origin this host, or the same name by https at its standard port, where an app redirects to from http? */
function isThisHost(origin, host = '') {
  const there = origin.replace(/^.*\/\//, '');
  return there === host || (/^https:/i.test(origin) && there.replace(/:443$/, '') === host.replace(/:\d+$/, ''));
}

/** A cookie for the whole app gets the vdir path; one named __Host- must be for the whole host. */
function cookieOutside(cookie, prefix) {
  const path = /;\s*path=(\/[^;]*)/i.exec(cookie);
  if (path === null || /^__host-/i.test(cookie) || isBelow(path[1], prefix)) return cookie;
  return cookie.replace(path[0], () => path[0].replace('/', path[1] === '/' ? prefix : `${prefix}/`));
}

// ---- Bodies

/** The place where the script chooses its path: for a connection to this host, a root-absolute path must be below the vdir path. */
function clientScript(text, prefix) {
  const choose = `(function (uri, path) {
    var own = true;
    try { own = !uri || typeof uri === 'object' || new URL(uri, location.href).host === location.host; } catch (e) {}
    return own && path.charAt(0) === '/' && (path + '/').indexOf('${prefix}/') !== 0 ? '${prefix}' + path : path;
  })`;
  // For all versions from 1.0 to 4.8, minified or not, in functions whose first argument is the URL.
  return text.replace(/([\w$]+)\.path\s*\|\|\s*(["'])\/socket\.io\2/g, (code) => `${choose}(arguments[0], ${code})`);
}

/** URLs in tags; in module scripts those of imports, which are written as they are: `import { io } from "/socket.io/socket.io.esm.min.js"`; in import maps all. */
function page(text, prefix) {
  const outside = (all, start, url) => (isBelow(url, prefix) ? all : start + prefix + url);
  const ofMap = /(")(\/(?![/\\])[^"]*)/g;
  const imports =
    /((?:^|[;\r\n])\s*(?:import|export)\b[^;"'`()]*["']|\bimport\(\s*["'])(\/(?![/\\])[^\s"'`]*)(?=["'])/g;
  return text
    .replace(/<[a-z][^<>]*>/gi, (tag) => tag.replace(/(\s(?:src|href|action)=["']?)(\/(?![/\\])[^\s"'>]*)/gi, outside))
    .replace(
      /(<script\b[^<>]*\stype=["']?(module|importmap)\b[^<>]*>)([\s\S]*?)(?=<\/script)/gi,
      (_all, tag, type, code) => tag + code.replace(/^i/i.test(type) ? ofMap : imports, outside),
    );
}

/** The length of a page's beginning that can be changed by itself: it cuts no tag and no script in two. */
function lengthOfWhole(text) {
  const script = text.toLowerCase().lastIndexOf('<script');
  if (script >= 0 && !/<\/script[^<>]*>/i.test(text.slice(script))) return script;
  const tag = text.lastIndexOf('<');
  return tag >= 0 && !text.includes('>', tag) ? tag : text.length;
}

/** No chunk is undefined or, as from fastify, null. */
const bytesOf = (chunk, encoding) =>
  typeof (chunk ?? '') === 'string'
    ? Buffer.from(chunk ?? '', typeof encoding === 'string' ? encoding : 'utf8')
    : chunk;

/**
 * Buffers a body of this type until it is complete, and changes it; a large or a compressed body is not changed. A page of unknown
 * length is changed piece by piece, as it comes.
 */
function changeBody(request, response, type, change, say) {
  const { url } = request;
  const mark = `-in${request[below]}"`; // in an ETag: the body was changed, otherwise a browser would use its cached one
  askForWholeBody(request, change, mark);
  const { write, end, writeHead: head, flushHeaders } = response;
  let held = [];
  let rest; // of a page that comes in pieces: its end so far, which may be half a tag
  const release = (why) => {
    if (held && why) say(url, `keeps its URLs without the vdir path: it is ${why}`);
    const chunks = held ?? [];
    held = undefined;
    for (const chunk of chunks) write.call(response, chunk);
  };
  const sendPieces = () => {
    markAnswer(response, mark);
    response.removeHeader('Content-Length');
    held = undefined;
    rest = '';
  };
  const piece = (chunk, encoding, isLast) => {
    const text = rest + Buffer.from(bytesOf(chunk, encoding)).toString('latin1');
    const length = isLast || text.length > largest ? text.length : lengthOfWhole(text);
    rest = text.slice(length);
    return Buffer.from(change(text.slice(0, length), request[below]), 'latin1');
  };
  /** Buffers a chunk; false if it must be sent, with all before it. */
  const holds = (chunk, encoding, isLast) => {
    if (!held) return false;
    const bytes = bytesOf(chunk, encoding);
    const size = held.reduce((sum, each) => sum + each.length, bytes.length);
    const length = response.getHeader('content-length');
    const given =
      response.getHeader('content-type') ?? (change === page && isHtml.test(held[0] ?? bytes) && 'text/html');
    if (!type.test(given) || response.statusCode === 206) release();
    else if (response.hasHeader('content-encoding')) release('compressed');
    else if (!isLast && length === undefined && change === page) sendPieces();
    else if (size > largest || length > largest) release(`larger than ${largest} bytes`);
    else held.push(bytes);
    return held !== undefined;
  };
  response.writeHead = (...args) => (held ? keepHead(response, ...args) : head.apply(response, args));
  response.flushHeaders = () => {
    if (holds(undefined, undefined, false)) change === page ? sendPieces() : release('a stream');
    flushHeaders.call(response);
  };
  response.write = (chunk, encoding, done) => {
    const callback = [encoding, done].find((each) => typeof each === 'function');
    if (holds(chunk, encoding, false)) {
      if (callback) process.nextTick(callback);
      return true;
    }
    if (rest === undefined) return write.call(response, chunk, encoding, done);
    return write.call(response, piece(chunk, encoding, false), callback);
  };
  response.end = (...args) => {
    const [chunk, encoding] = args.filter((each) => typeof each !== 'function');
    const callback = args.find((each) => typeof each === 'function');
    const isHeld = holds(chunk, encoding, true);
    if (rest !== undefined) return end.call(response, piece(chunk, encoding, true), callback);
    const { statusCode } = response;
    if (isHeld || statusCode === 304) markAnswer(response, mark);
    if (!isHeld) return end.apply(response, args);
    const changed = changedBody(request, response, held, change, say);
    held = undefined;
    return end.call(response, changed, callback);
  };
}

/** The answer comes uncompressed, whole, and though the client has it. */
function askForWholeBody({ headers }, change, mark) {
  const tag = headers['if-none-match'];
  const isSure = change === clientScript || /text\/html/.test(headers.accept); // otherwise it may not be a page
  for (const name of isSure ? ['accept-encoding', 'range', 'if-none-match', 'if-modified-since'] : [])
    delete headers[name];
  if (tag?.includes(mark)) headers['if-none-match'] = tag.replaceAll(mark, '"');
}

/** Sets what a head has, to be sent with the body. */
function keepHead(response, status, ...rest) {
  response.statusCode = status;
  response.statusMessage = rest.find((each) => typeof each === 'string');
  setHeaders(response, rest);
  return response;
}

/** The bytes of a whole body after the change; the answer gets their length. */
function changedBody(request, response, chunks, change, say) {
  const text = Buffer.concat(chunks).toString('latin1'); // latin1 keeps the bytes of every encoding
  const changed = change(text, request[below]);
  const isUnknown = change === clientScript && changed === text && text.includes('EIO');
  if (isUnknown) say(request.url, 'is an unknown kind of client script: set io({ path }) in the page');
  if (request.method === 'HEAD') response.removeHeader('Content-Length');
  else response.setHeader('Content-Length', Buffer.byteLength(changed, 'latin1'));
  return Buffer.from(changed, 'latin1');
}

function markAnswer(response, mark) {
  const tag = response.getHeader('etag');
  if (tag) response.setHeader('ETag', `${tag}`.replace(/"$/, mark));
  response.removeHeader('Last-Modified');
}
