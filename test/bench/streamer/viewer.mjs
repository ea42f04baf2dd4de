// One viewer over a bare TCP socket: opens the WebSocket as a browser does, answers pings, and checks that each stanza
// follows the one before. It looks at as few bytes as it can: the servers are under measurement, not the viewers.
import net from 'node:net';

const browser = [
  'Pragma: no-cache',
  'Cache-Control: no-cache',
  'User-Agent: Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.0.0 Safari/537.36',
  'Accept-Encoding: gzip, deflate, br, zstd',
  'Accept-Language: en-GB,en;q=0.9,it;q=0.8',
].join('\r\n');
const upgrade = [
  'Connection: Upgrade',
  'Upgrade: websocket',
  'Sec-WebSocket-Version: 13',
  'Sec-WebSocket-Key: TmVsIG1lenpvIGRlbCBjYQ==',
  'Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits',
].join('\r\n');

/** A masked text frame; with a mask of zeros the text stays as it is. */
function frameOf(text, opcode = 1) {
  return Buffer.concat([Buffer.from([0x80 | opcode, 0x80 | text.length, 0, 0, 0, 0]), Buffer.from(text)]);
}
const pong = frameOf('3');
const join = frameOf('40');
const heartbeat = frameOf('2::');
const goodbye = Buffer.from([0x88, 0x82, 0, 0, 0, 0, 0x03, 0xe8]); // 1000: done
const digitZero = 48;

/** One read buffer for all: a viewer is done with it before the next one reads. */
const shared = Buffer.allocUnsafe(64 * 1024);

export class Viewer {
  /** When the last stanza came, by performance.now(); 0 before the first one. */
  last = 0;
  #target;
  #tally;
  #socket;
  #rest;
  #opened = false;
  #joined = 0;
  #first = -1;
  #next = -1;
  #done = false;
  /** It got the end mark, said goodbye and waits for the connection's end. */
  #hasRead = false;
  #refusals = 0;

  /** `target`: { port, protocol: 'socket.io' | 'socket.io 0.9' | 'ws', path }; `tally`: see viewers-process.mjs. */
  constructor(target, tally) {
    this.#target = target;
    this.#tally = tally;
  }

  connect() {
    const { protocol, path } = this.#target;
    this.last = 0;
    this.#rest = undefined;
    this.#opened = false;
    this.#joined = 0;
    this.#first = protocol === 'ws' ? -1 : 0;
    this.#next = this.#first;
    this.#done = false;
    this.#hasRead = false;
    if (protocol === 'socket.io 0.9') this.#handshake();
    else this.#open(protocol === 'ws' ? '/' : `${path}/?EIO=4&transport=websocket`);
  }

  close() {
    this.#done = true;
    this.#hasRead = false;
    this.#socket?.destroy();
  }

  get hasStalled() {
    return !this.#done && performance.now() - Math.max(this.last, this.#joined) > 1.5 * this.#tally.interval;
  }

  #request(url, more) {
    const host = `127.0.0.1:${this.#target.port}`;
    return `GET ${url} HTTP/1.1\r\nHost: ${host}\r\nOrigin: http://${host}\r\n${browser}\r\n${more}\r\n\r\n`;
  }

  /** socket.io 0.9 gives out its ids over plain HTTP. */
  #handshake() {
    const socket = net.connect(this.#target.port, '127.0.0.1', () =>
      socket.write(this.#request(`${this.#target.path}/1/?t=1`, 'Connection: close')),
    );
    let text = '';
    socket.on('data', (bytes) => {
      text += bytes;
    });
    socket.on('error', (error) => this.#refused(error));
    socket.on('close', (failed) => {
      if (failed) return;
      const id = /\r\n\r\n(?:[\da-f]+\r\n)?([\w-]+):/.exec(text)?.[1];
      if (id) this.#open(`${this.#target.path}/1/websocket/${id}`);
      else this.#tally.failed(`no handshake: ${text.slice(0, 200)}`);
    });
  }

  #open(url) {
    const onread = { buffer: shared, callback: (length) => this.#read(length) };
    const socket = net.connect({ port: this.#target.port, host: '127.0.0.1', noDelay: true, onread }, () =>
      socket.write(this.#request(url, upgrade)),
    );
    socket.on('error', (error) => {
      if (!this.#done && !this.#opened) this.#refused(error);
    });
    socket.on('close', (failed) => {
      if (failed && !this.#opened) return;
      if (this.#hasRead) this.#tally.hasEnded(this);
      else if (!this.#done) this.#tally.gone += 1;
      this.#done = true;
    });
    this.#socket = socket;
  }

  /** A busy machine resets connections its server has not come to accept: it tries again, as a browser does. */
  #refused(error) {
    this.#refusals += 1;
    if (this.#refusals > 20) this.#tally.failed(error.message);
    setTimeout(() => this.connect(), 500);
  }

  #read(length) {
    let bytes = shared.subarray(0, length);
    if (this.#rest) bytes = Buffer.concat([this.#rest, bytes]);
    let at = 0;
    if (!this.#opened) {
      const end = bytes.indexOf('\r\n\r\n');
      if (end !== -1) {
        if (bytes.toString('latin1', 9, 12) !== '101') this.#tally.failed(bytes.toString('latin1', 0, 200));
        this.#opened = true;
        if (this.#target.protocol === 'ws') this.#hasJoined();
        at = end + 4;
      }
    }
    if (this.#opened) at = this.#frames(bytes, at);
    this.#rest = at < bytes.length ? Buffer.from(bytes.subarray(at)) : undefined;
    return true;
  }

  /** Reads all whole frames; gives where the rest begins. */
  #frames(bytes, from) {
    let at = from;
    while (bytes.length - at >= 2) {
      let size = bytes[at + 1];
      let start = at + 2;
      if (size === 126) {
        if (bytes.length - at < 4) break;
        size = bytes.readUInt16BE(start);
        start += 2;
      } else if (size > 126) {
        this.#tally.failed('a frame that no stanza needs');
      }
      const end = start + size;
      if (end > bytes.length) break;
      const opcode = bytes[at] & 15;
      if (opcode === 1) this.#text(bytes, start, end);
      else if (opcode === 9) this.#socket.write(frameOf(bytes.toString('latin1', start, end), 10));
      else if (opcode === 8) this.#socket.end(); // Behind iisnode the server's end of the connection is not seen here.
      at = end;
    }
    return at;
  }

  #text(bytes, start, end) {
    const kind = bytes[start] - digitZero;
    if (this.#target.protocol === 'socket.io 0.9') {
      if (kind === 5) this.#event(bytes, start, end);
      else if (kind === 2) this.#socket.write(heartbeat);
      else if (kind === 1) this.#hasJoined();
      return;
    }
    const second = bytes[start + 1] - digitZero;
    if (kind === 4 && second === 2) this.#event(bytes, start, end);
    else if (kind === 2) this.#socket.write(pong);
    else if (kind === 0) {
      this.#tally.pingInterval = JSON.parse(bytes.toString('utf8', start + 1, end)).pingInterval;
      this.#socket.write(join);
    } else if (kind === 4 && second === 0) this.#hasJoined();
    else if (kind === 4 && second === 4) this.#tally.failed(bytes.toString('utf8', start, end));
  }

  #hasJoined() {
    this.#joined = performance.now();
    this.#tally.hasJoined();
  }

  #event(bytes, start, end) {
    const key = bytes.indexOf('"index":', start, 'latin1');
    if (key === -1 || key > start + 60) return this.#ended(bytes.toString('utf8', start, end));
    let digit = key + 8;
    let index = 0;
    for (; bytes[digit] >= digitZero && bytes[digit] < digitZero + 10; digit++) {
      index = index * 10 + bytes[digit] - digitZero;
    }
    const now = performance.now();
    if (this.#first === -1) {
      this.#first = index;
      this.#next = index;
    }
    this.#tally.stanza(index - this.#next, end - start);
    this.#next = index + 1;
    if (this.#target.protocol === 'ws') this.#next %= this.#tally.stanzas;
    else this.#late(now - index * this.#tally.interval);
    if (this.last > 0) this.#tally.gap(now - this.last - this.#tally.interval);
    this.last = now;
  }

  /** A stanza that comes early shows that word of having joined was read late: the schedule began earlier. */
  #late(began) {
    this.#joined = Math.min(this.#joined, began);
    this.#tally.late(began - this.#joined);
  }

  #ended(text) {
    if (!/^[^{]*(\{"name":)?"end"/.test(text.slice(2))) return this.#tally.failed(`an unknown event: ${text}`);
    if (this.#next !== this.#tally.stanzas) this.#tally.lost += this.#tally.stanzas - this.#next;
    this.#done = true;
    this.#hasRead = true;
    this.#socket.write(goodbye); // As a browser does; see opcode 8.
  }
}
