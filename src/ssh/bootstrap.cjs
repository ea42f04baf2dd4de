// biome-ignore-all lint/style/useNodejsImportProtocol: an old node does not know it, and has to say its version
'use strict';
// Runs on the server, by `node -e`, also on an old node: it takes the program that does the work from stdin, or from the folder where an
// earlier connection has put it, and runs it. What runs is what was hashed a moment ago, never a file that changed meanwhile.
const { createHash } = require('crypto');
const fs = require('fs');
const os = require('os');
const path = require('path');
const zlib = require('zlib');
const Module = require('module');

const { stdin, stdout, env } = process;
const queue = [];
const closing = [];
let rest = Buffer.alloc(0);
let ended = false;
let wake = () => {};
let heard = Date.now();
let marker = '';

// A frame: its length (4 bytes), its kind (1 byte), its bytes. Kinds: J JSON, D data, E end of data, A a sign of life.
stdin.on('data', (chunk) => {
  heard = Date.now();
  rest = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
  while (rest.length >= 4 && rest.length >= 4 + rest.readUInt32LE(0)) {
    const end = 4 + rest.readUInt32LE(0);
    const kind = String.fromCharCode(rest[4]);
    if (kind !== 'A') queue.push({ kind, bytes: rest.subarray(5, end) });
    rest = rest.subarray(end);
  }
  if (queue.length > 64) stdin.pause();
  wake();
});
const close = () => {
  if (ended) return;
  ended = true;
  wake();
  for (const act of closing) act();
  // An undo takes less, also of many steps.
  setTimeout(() => process.exit(1), 600000).unref();
};
stdin.on('end', close);
stdin.on('error', close);
stdout.on('error', close);
const watch = setInterval(() => Date.now() - heard > 90000 && close(), 5000);
watch.unref();

// Resolves with the next frame; undefined when the connection is closed.
const next = async () => {
  while (queue.length === 0 && !ended) {
    stdin.resume();
    await new Promise((resolve) => {
      wake = resolve;
    });
  }
  return queue.shift();
};
const readData = async () => {
  const parts = [];
  for (let frame = await next(); frame !== undefined && frame.kind === 'D'; frame = await next())
    parts.push(frame.bytes);
  return Buffer.concat(parts);
};

// Only visible ASCII, so that no code page and no line break of a shell matters.
const send = (value) => {
  const escaped = (c) => `\\u${`000${c.charCodeAt(0).toString(16)}`.slice(-4)}`;
  const text = JSON.stringify(value).replace(/[^!-~]/g, escaped);
  return stdout.write(`\n${marker}[${text}]${marker}\n`);
};

const hashOf = (bytes) => createHash('sha256').update(bytes).digest('hex');
const folder = path.join(
  env.IISNODE_SOCK_HOME || path.join(env.LOCALAPPDATA || os.homedir(), 'iisnode-sock'),
  'programs',
);

function known(file, sha256) {
  try {
    const bytes = fs.readFileSync(file);
    return hashOf(bytes) === sha256 ? bytes : undefined;
  } catch (_) {
    return undefined;
  }
}

function make(at) {
  if (fs.existsSync(at)) return;
  make(path.dirname(at));
  fs.mkdirSync(at);
}

// For the next connection; without it the program is sent again. Of other versions the newest three are kept.
function keep(file, bytes) {
  try {
    make(folder);
    fs.writeFileSync(`${file}.${process.pid}`, bytes, { mode: 0o600 });
    fs.renameSync(`${file}.${process.pid}`, file);
    const others = fs
      .readdirSync(folder)
      .map((name) => path.join(folder, name))
      .filter((one) => one !== file);
    const age = (one) => fs.statSync(one).mtime.getTime();
    for (const old of others.sort((a, b) => age(b) - age(a)).slice(3)) fs.unlinkSync(old);
  } catch (_) {}
}

// Administrators alone may list this folder.
function isElevated() {
  try {
    fs.readdirSync(path.join(env.SystemRoot || 'C:\\Windows', 'System32', 'config'));
  } catch (error) {
    return error.code !== 'EPERM' && error.code !== 'EACCES';
  }
  return true;
}

(async () => {
  const hello = await next();
  if (hello === undefined) return;
  const asked = JSON.parse(hello.bytes.toString());
  marker = asked.marker;
  const file = path.join(folder, `${asked.version}-${asked.sha256}.cjs`);
  let program = known(file, asked.sha256);
  const { platform, arch, version: node } = process;
  const elevated = platform !== 'win32' || isElevated();
  send({ ready: { node, platform, arch, elevated, hasProgram: program !== undefined, computer: os.hostname() } });
  if (program === undefined) {
    const sent = await readData();
    if (ended) return;
    program = zlib.gunzipSync(sent);
    if (hashOf(program) !== asked.sha256) throw new Error('the program did not arrive as it was sent');
    keep(file, program);
  }
  const loaded = new Module(file);
  loaded.filename = file;
  loaded.paths = [];
  loaded._compile(program.toString(), file);
  await loaded.exports.run({ next, send, onClose: (act) => (ended ? act() : closing.push(act)) });
})()
  .catch((error) => send({ broken: String(error instanceof Error ? error.stack : error) }))
  .then(() => stdout.write('', () => process.exit(0)));
