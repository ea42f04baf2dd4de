'use strict';

/*
 * node runs this before the application: it captures stdout and stderr into iisnode's log files and loads the script
 * by require, like the interceptor of iisnode 0.2.27 (src/scripts/interceptor.js). It has the same effects on an
 * application (write callbacks are never called, end() without argument throws), but not the deprecation warning.
 */

const fs = require('node:fs');
const path = require('node:path');
const os = require('node:os');

process.argv.splice(1, 1);
const script = process.argv[1];

watchParent();
if (process.env.IISNODE_LOGGINGENABLED === '1') startLogging();
require(script);

/**
 * The worker has the other end of descriptor 3: when it closes, the worker has ended, and this process ends too. What comes is sent
 * back: the worker sees how late the event loop is.
 */
function watchParent() {
  if (process.env.IISNODE_SOCK_LIFELINE !== '1') return;
  delete process.env.IISNODE_SOCK_LIFELINE;
  try {
    const net = require('node:net');
    const lifeline = new net.Socket({ fd: 3, readable: true, writable: true });
    const die = () => process.kill(process.pid, 'SIGKILL');
    lifeline
      .on('error', die)
      .on('end', die)
      .on('data', (bytes) => lifeline.write(bytes));
    lifeline.unref();
  } catch {
    // No descriptor: the worker ends this process in other ways.
  }
}

function startLogging() {
  const folder = path.resolve(
    path.dirname(script),
    (process.env.IISNODE_LOGDIRECTORY || 'iisnode').replace(/\\/g, path.sep),
  );
  const limits = {
    fileBytes: kilobytes(process.env.IISNODE_MAXLOGFILESIZEINKB, 128),
    totalBytes: kilobytes(process.env.IISNODE_MAXTOTALLOGFILESIZEINKB, 1024),
    files: Number.parseInt(process.env.IISNODE_MAXLOGFILES, 10) || 20,
  };
  makeFolder(folder);
  capture(process.stdout, 'stdout', folder, limits);
  capture(process.stderr, 'stderr', folder, limits);
  // Only monitored, not handled: node then prints the error on descriptor 2, with the place of a syntax error, and ends with code 1.
  process.on('uncaughtExceptionMonitor', (error) => {
    if (process.listenerCount('uncaughtException') > 0 || process.hasUncaughtExceptionCaptureCallback()) return;
    const stack = error instanceof Error ? error.stack : textOf(error);
    process.stderr.write(`Application has thrown an uncaught exception and is terminated:\n${stack}\n`);
  });
}

/** Not mkdirSync's `recursive`: below /proc, where mkdir fails with ENOENT although the parent exists, it tries again endlessly. */
function makeFolder(folder) {
  if (fs.statSync(folder, { throwIfNoEntry: false })?.isDirectory()) return;
  const parent = path.dirname(folder);
  if (parent !== folder) makeFolder(parent);
  try {
    fs.mkdirSync(folder);
  } catch (error) {
    if (error.code !== 'EEXIST' || !fs.statSync(folder).isDirectory()) throw error; // else another process created it
  }
}

function textOf(value) {
  try {
    return String(value);
  } catch {
    return Object.prototype.toString.call(value); // an object without a prototype
  }
}

function kilobytes(text, fallback) {
  const value = Number.parseInt(text, 10);
  return (Number.isNaN(value) ? fallback : value) * 1024;
}

/** Writes the output of `stream` to a log file, opened and closed for each write so that it can be read and deleted. */
function capture(stream, type, folder, limits) {
  let file = nextFile(type, folder, limits);
  let size = 0;
  let created = false;
  const write = (data, encoding) => {
    const bytes =
      typeof data === 'string'
        ? Buffer.from(data.replace(/\n/g, '\r\n'), typeof encoding === 'string' ? encoding : 'utf8')
        : Buffer.from(data.buffer, data.byteOffset, data.byteLength);
    if (size > limits.fileBytes) {
      file = nextFile(type, folder, limits);
      size = 0;
      created = false;
    }
    try {
      fs.appendFileSync(file, bytes);
    } catch {
      // A log that cannot be written must not end the application.
    }
    size += bytes.length;
    if (created) return;
    created = true;
    writeIndex(folder);
  };
  stream.write = write;
  stream.end = write;
}

function nextFile(type, folder, limits) {
  purge(folder, limits);
  const computer = process.env.COMPUTERNAME || os.hostname();
  let created = Date.now();
  const name = () => path.join(folder, `${computer}-${process.pid}-${type}-${created}.txt`);
  while (fs.existsSync(name())) created++;
  return name();
}

/** Deletes the oldest files until both limits are met: any file of the folder except index.html, as in iisnode. */
function purge(folder, limits) {
  const files = [];
  for (const name of fs.readdirSync(folder)) {
    if (name === 'index.html') continue;
    const file = path.join(folder, name);
    const stat = fs.statSync(file, { throwIfNoEntry: false });
    if (stat?.isFile()) files.push({ file, size: stat.size, time: stat.mtimeMs });
  }
  files.sort((a, b) => a.time - b.time);
  let total = files.reduce((sum, entry) => sum + entry.size, 0);
  let count = files.length;
  for (const entry of files) {
    if (total <= limits.totalBytes && count <= limits.files) return;
    try {
      fs.unlinkSync(entry.file);
      total -= entry.size;
      count--;
    } catch {
      // In use or protected: iisnode skips it too.
    }
  }
}

function writeIndex(folder) {
  try {
    const logs = [];
    for (const file of fs.readdirSync(folder)) {
      const match = /^(.+)-(\d+)-(stderr|stdout)-(\d+)\.txt$/.exec(file);
      if (!match) continue;
      const [, computername, pid, type, created] = match;
      logs.push({ file, computername, pid: Number(pid), type, created: Number(created) });
    }
    logs.sort((a, b) => b.created - a.created);
    const index = path.join(folder, 'index.html');
    const next = `${index}.${process.pid}`;
    fs.writeFileSync(next, page(logs));
    fs.renameSync(next, index);
  } catch {
    // The index is a convenience; the logs exist without it.
  }
}

function page(logs) {
  const json = JSON.stringify(logs).replace(/</g, '\\u003c');
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>iisnode logs</title>
<style>body{font:16px/1.5 system-ui,sans-serif;margin:2rem}td,th{padding:.2rem 1rem;text-align:left}</style></head>
<body><h1>Logs</h1><table id="logs"><tr><th>created<th>stream<th>pid<th>computer<th>file</tr></table>
<p>Last updated ${new Date().toUTCString()}</p>
<script>
var logs = ${json};
var table = document.getElementById('logs');
logs.forEach(function (log) {
  var row = table.insertRow();
  [new Date(log.created).toISOString(), log.type, log.pid, log.computername].forEach(function (text) {
    row.insertCell().textContent = text;
  });
  var link = document.createElement('a');
  link.href = encodeURIComponent(log.file);
  link.textContent = log.file;
  row.insertCell().appendChild(link);
});
</script></body></html>
`;
}
