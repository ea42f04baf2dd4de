// Generated sites for the doctor's bench: the same ones for the same seed. Each is an app as people write them: an entry, modules,
// pages with scripts, a package.json, a web.config.
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';

/** Numbers from 0 to 1 without 1 (mulberry32). */
function randomFrom(start) {
  let state = start;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

const nouns = [
  'user',
  'room',
  'order',
  'message',
  'ticket',
  'invoice',
  'player',
  'score',
  'device',
  'report',
  'photo',
  'stanza',
];
const verbs = ['load', 'save', 'list', 'remove', 'update', 'check', 'notify', 'rename', 'count', 'merge'];
const capital = (word) => word[0].toUpperCase() + word.slice(1);

/** Functions of no interest to the doctor, as most of an app is: each text of some lines. */
const ordinary = [
  (a, b, n) => `
/** ${capital(b)}s ${a}s that changed since the last call. */
async function ${b}${capital(a)}s(database, { limit = ${n}, offset = 0, sort = 'name' } = {}) {
  const rows = await database.query('select * from ${a}s order by ' + sort + ' limit ? offset ?', [limit, offset]);
  const byId = new Map();
  for (const row of rows) {
    if (!row.id || row.deleted) continue;
    byId.set(row.id, { ...row, name: String(row.name).trim(), at: new Date(row.at).toISOString() });
  }
  return [...byId.values()].filter(({ name }) => name !== '').slice(0, limit);
}`,
  (a, b, n) => `
class ${capital(a)}Store {
  constructor(options) {
    this.items = [];
    this.limit = options && options.limit || ${n};
    this.timer = null;
  }
  ${b}(item) {
    var found = this.items.find(function (other) { return other.id === item.id; });
    if (found) {
      Object.keys(item).forEach(function (key) { found[key] = item[key]; });
      return found;
    }
    this.items.push(item);
    if (this.items.length > this.limit) this.items.shift();
    return item;
  }
  total() {
    return this.items.reduce((sum, item) => sum + (item.amount || 0) * (1 + item.tax / 100), 0);
  }
}`,
  (a, b, n) => `
const ${a}Rules${n} = {
  name: { required: true, min: 2, max: ${n}, pattern: /^[\\w .-]+$/ },
  email: { required: false, pattern: /^[^@\\s]+@[^@\\s]+$/, message: 'not an address' },
  kind: { required: true, values: ['small', 'large', \`\${'x'}-${a}\`] },
};
function ${b}${capital(a)}(input) {
  const errors = [];
  for (const [key, rule] of Object.entries(${a}Rules${n})) {
    const value = input[key];
    if (rule.required && (value === undefined || value === '')) errors.push({ key, message: key + ' is required' });
    else if (rule.min && value.length < rule.min) errors.push({ key, message: 'at least ' + rule.min });
    else if (rule.pattern && !rule.pattern.test(value)) errors.push({ key, message: rule.message || 'not allowed' });
  }
  switch (errors.length) {
    case 0: return null;
    case 1: return errors[0];
    default: return { many: true, errors };
  }
}`,
];

function functions(random, count) {
  const names = new Set();
  const texts = [];
  while (texts.length < count) {
    const number = Math.floor(random() * 9_000) + 10;
    const noun = nouns[Math.floor(random() * nouns.length)] + number;
    const verb = verbs[Math.floor(random() * verbs.length)];
    if (names.has(noun)) continue;
    names.add(noun);
    texts.push(ordinary[texts.length % ordinary.length](noun, verb, number));
  }
  return texts.join('\n');
}

const routes = (random, base, noun) => `
router.get('${base}/${noun}s', async (req, res, next) => {
  try {
    const found = await list(req.query.filter, Number(req.query.page) || 1);
    if (req.accepts('html')) return res.render('${noun}s', { title: '${capital(noun)}s', found });
    res.json(found.map(({ id, name }) => ({ id, name, link: '${base}/${noun}s/' + id })));
  } catch (error) { next(error); }
});
router.post('${base}/${noun}s', function (req, res) {
  if (!req.body || !req.body.name) return res.status(400).send('name is missing');
  items.push({ id: items.length + ${Math.floor(random() * 99)}, name: req.body.name });
  res.redirect('${base}/${noun}s');
});
router.delete('${base}/${noun}s/:id', (req, res) => res.sendStatus(items.splice(req.params.id, 1).length ? 204 : 404));
`;

function routeModule(random, base, noun) {
  return `'use strict';
const express = require('express');
const router = express.Router();
const items = [];
async function list(filter, page) {
  return items.filter((item) => !filter || item.name.includes(filter)).slice((page - 1) * 20, page * 20);
}
${routes(random, base, noun)}
${functions(random, 3 + Math.floor(random() * 8))}
module.exports = router;
`;
}

/** What `process.env.PORT` is written as; the last two are faults. */
const ports = ['process.env.PORT', 'process.env.PORT || 3000', 'port', 'Number(process.env.PORT)', '3000'];

function server(random, { base, modules, isModule }) {
  const port = ports[Math.floor(random() ** 2 * ports.length)];
  const load = (name, specifier) =>
    isModule ? `import ${name} from '${specifier}';` : `const ${name} = require('${specifier}');`;
  const io = isModule ? "import { Server } from 'socket.io';" : "const { Server } = require('socket.io');";
  const extension = isModule ? '.js' : '';
  return `${isModule ? '' : "'use strict';\n"}${load('http', isModule ? 'node:http' : 'http')}
${load('express', 'express')}
${io}
${modules.map((noun) => load(`${noun}Routes`, `./routes/${noun}s${extension}`)).join('\n')}
const app = express();
const port = process.env.PORT || 8080;
app.set('view engine', 'ejs');
app.use(express.json({ limit: '1mb' }));
app.use('${base || '/'}', express.static('public'));
${modules.map((noun) => `app.use('${base}/api', ${noun}Routes);`).join('\n')}
app.get('${base}/health', (req, res) => res.send('ok'));
app.use((error, req, res, next) => {
  console.error(error);
  res.status(error.status || 500).json({ message: error.message });
});
const server = http.createServer(app);
const io = new Server(server, { path: '${base}/socket.io', transports: ['websocket'${random() < 0.5 ? ", 'polling'" : ''}] });
io.on('connection', (socket) => {
  socket.on('join', (room) => socket.join(room));
  socket.on('message', ({ room, text }) => io.to(room).emit('message', { from: socket.id, text, at: Date.now() }));
  socket.on('disconnect', () => console.log('left', socket.id));
});
${functions(random, 4 + Math.floor(random() * 12))}
server.listen(${port}, () => console.log('listening on', port));
`;
}

function client(random, base) {
  return `(function () {
  'use strict';
  var socket = io({ path: '${base}/socket.io', transports: ['websocket'] });
  var list = document.querySelector('#messages');
  socket.on('connect', function () { document.body.classList.add('online'); });
  socket.on('message', function (message) {
    var item = document.createElement('li');
    item.textContent = message.from + ': ' + message.text;
    list.appendChild(item);
  });
  document.querySelector('form').addEventListener('submit', function (event) {
    event.preventDefault();
    var input = event.target.elements.text;
    socket.emit('message', { room: location.hash.slice(1), text: input.value });
    input.value = '';
  });
${functions(random, 6 + Math.floor(random() * 20)).replace(/^/gm, '  ')}
})();
`;
}

function page(random, base, title) {
  const rows = Array.from({ length: 5 + Math.floor(random() * 30) }, (_, number) => {
    const noun = nouns[number % nouns.length];
    return `      <tr class="${noun}"><td>${number}</td><td><a href="${noun}s/${number}">${capital(noun)} ${number}</a></td></tr>`;
  });
  return `<!DOCTYPE html>
<html lang="en">
  <head>
    <meta charset="utf-8">
    <title>${title}</title>
    <link rel="stylesheet" href="${base}/style.css">
  </head>
  <body>
    <h1>${title}</h1>
    <form><input name="text"><button>Send</button></form>
    <ul id="messages"></ul>
    <table>
${rows.join('\n')}
    </table>
    <script src="${base}/socket.io/socket.io.js"></script>
    <script src="${base}/app.js"></script>
    <script>
      fetch('${base}/health').then(function (answer) { return answer.text(); }).then(function (text) {
        document.querySelector('h1').title = text;
      });
    </script>
  </body>
</html>
`;
}

/**
 * The files of a site: name to text.
 *
 * @param webConfig The site's web.config.
 */
export function siteOf(number, webConfig) {
  const random = randomFrom(number);
  const base = random() < 0.6 ? `/app${number % 10}` : '';
  const isModule = random() < 0.2;
  const first = Math.floor(random() * nouns.length);
  const modules = Array.from(
    { length: 1 + Math.floor(random() * 5) },
    (_, each) => nouns[(first + each) % nouns.length],
  );
  const manifest = { name: `site-${number}`, dependencies: { express: '^4.19.0', 'socket.io': '^4.7.0' } };
  const files = {
    'web.config': webConfig,
    'package.json': JSON.stringify(isModule ? { ...manifest, type: 'module' } : manifest, null, 2),
    'server.js': server(random, { base, modules, isModule }),
    'public/index.html': page(random, base, `Site ${number}`),
    'public/app.js': client(random, base),
    'public/style.css': 'body { font: 16px sans-serif }\n',
  };
  for (const noun of modules) {
    const text = routeModule(random, base, noun);
    files[`routes/${noun}s.js`] = isModule
      ? text
          .replace("const express = require('express');", "import express from 'express';")
          .replace('module.exports = router;', 'export default router;')
      : text;
    if (random() < 0.5) files[`views/${noun}s.ejs`] = page(random, base, `<%= title %>`);
  }
  return files;
}

/** Writes a site below a folder; its own folder. */
export function writeSite(folder, number, files) {
  const site = path.join(folder, `site-${number}`);
  for (const [name, text] of Object.entries(files)) {
    const file = path.join(site, name);
    mkdirSync(path.dirname(file), { recursive: true });
    writeFileSync(file, text);
  }
  return site;
}
