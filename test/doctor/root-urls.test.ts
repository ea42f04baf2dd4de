import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { gatherFacts, rules, runRules } from '../../src/doctor/index.js';
import { folderWith } from '../scaffold/workspace.js';
import { catchAll } from '../support/catch-all.js';

const webConfig = catchAll('<appSettings><add key="virtualDirPath" value="/chat" /></appSettings>');
const server = "require('http').createServer().listen(process.env.PORT);\n";

const diagnosesOf = (files: Record<string, string>, vdirPath?: string) => {
  const directory = folderWith({ 'package.json': '{}', 'web.config': webConfig, 'server.js': server, ...files });
  const facts = gatherFacts('.', { cwd: directory, ...(vdirPath && { vdirPath }) });
  return { directory, diagnoses: runRules(rules, facts, { only: ['ROOT_ABSOLUTE_URL'] }).diagnoses };
};

const fixesIn = (files: Record<string, string>) => diagnosesOf(files).diagnoses.map(({ finding }) => finding.fix);

/** What the rule says of these files of an app at /chat: file:line of each, with its URL. */
function placesIn(files: Record<string, string>, vdirPath?: string): string[] {
  const { directory, diagnoses } = diagnosesOf(files, vdirPath);
  return diagnoses.map(({ finding: { file = '', line, message } }) => {
    const [, url] = /(\/\S*), at the root/.exec(message) ?? [];
    return `${path.relative(directory, file)}:${line} ${url}`;
  });
}

describe('URLs that start at the root of the site, in a virtual directory', () => {
  it.each([
    '<script src="/app.js"></script>',
    "<a href='/app.js'>",
    '<form action=/app.js>',
    'link(rel="stylesheet" href="/app.js")',
  ])('in a page: %s', (line) => {
    const file = line.startsWith('link') ? 'views/index.pug' : 'public/index.html';
    expect(placesIn({ [file]: `\n${line}\n` })).toEqual([`${file}:2 /app.js`]);
  });

  it.each([
    "fetch('/x')",
    "window.fetch('/x')",
    "axios.post('/x', {})",
    "$.getJSON('/x')",
    "xhr.open('GET', '/x')",
    "new EventSource('/x')",
    "location = '/x'",
    "window.location.href = '/x'",
    "location.assign('/x')",
    "image.src = '/x'",
    "new SockJS('/x')",
    "new Faye.Client('/x')",
    "new Peer('me', { host: '/', path: '/x' })",
    "new Peer({ host: location.hostname, port: 443, path: '/x' })",
    "new WebSocket('ws://' + location.host + '/x')",
    "new WebSocket((location.protocol === 'https:' ? 'wss:' : 'ws:') + '//' + window.location.host + '/x')",
    `const at = location.origin.replace(/^http/, 'ws'); new WebSocket(\`\${at}/x\`)`,
    "fetch(location.origin + '/x')",
  ])('in a script of a page: %s', (code) => {
    const files = { 'public/index.html': '<script src="app.js"></script>', 'public/app.js': `${code};\n` };
    expect(placesIn(files)).toEqual(['public/app.js:1 /x']);
    expect(placesIn({ 'public/index.html': `<script>\n${code}\n</script>` })).toEqual(['public/index.html:2 /x']);
  });

  it('but not with a path that is made of the address of the page', () => {
    const code = `const beside = new URL('x', location.href).pathname; fetch(\`\${beside}/y\`); image.src = beside + '/z';`;
    expect(placesIn({ 'public/index.html': `<script>${code}</script>` })).toEqual([]);
  });

  it('with what follows unknown', () => {
    const code = "new WebSocket('ws://' + location.host + '/peerjs/peerjs?id=' + name());";
    expect(placesIn({ 'public/index.html': `<script>${code}</script>` })).toEqual([
      'public/index.html:1 /peerjs/peerjs?id=',
    ]);
  });

  it('of a WebSocket, which needs a whole URL in older browsers', () => {
    const [fix = ''] = fixesIn({
      'public/index.html': `<script>new WebSocket('ws://' + location.host + '/feed?id=1');</script>`,
    });
    const answer = (at: string): string =>
      String(new Function('document', 'location', `return ${fix}`)({ baseURI: at }, new URL(at)));
    expect(answer('https://example.com/chat/')).toBe('wss://example.com/chat/feed?id=1');
    expect(answer('http://example.com:8080/chat/')).toBe('ws://example.com:8080/chat/feed?id=1');
  });

  it('in an import of socket.io, which is relative to its script', () => {
    const code = 'import { io } from "/socket.io/socket.io.esm.min.js";';
    const text = `app.get('/', (q, s) => s.send(\`<script type="module">\n${code}\n</script>\`));`;
    expect(placesIn({ 'server.js': text })).toEqual(['server.js:2 /socket.io/socket.io.esm.min.js']);
    const files = { 'public/index.html': '<script type=module src="js/main.js"></script>', 'public/js/main.js': code };
    const served = "app.use(express.static('public'));";
    expect(placesIn({ 'server.js': served, ...files })).toEqual([
      'public/js/main.js:1 /socket.io/socket.io.esm.min.js',
    ]);
    expect(fixesIn({ 'server.js': served, ...files })).toEqual(['../socket.io/socket.io.esm.min.js']);
  });

  it.each([
    "'<p>a</p><script>fetch(\\'/x\\')</script>'",
    "'<p>a</p>' +\n '<script>' + 'fetch(\"/x\");' + '</script>'",
    "['<script>', `fetch('/x');`, '</script>'].join('')",
    `html\`<script>const now = \${time()}; fetch("/x");</script>\``,
  ])('in a page that the server has as a text: %s', (text) => {
    expect(placesIn({ 'server.js': `show(${text});` })).toEqual([expect.stringMatching(/^server.js:\d \/x$/)]);
  });

  it.each(['script fetch("/x")', 'script.\n    fetch("/x");\n\n    done();\n  p', "script(src='app.js')"])(
    'in a template of Pug: %s',
    (line) => {
      const isLinked = line.includes('src');
      const files = { 'views/index.pug': `body\n  ${line}\n`, ...(isLinked && { 'public/app.js': 'fetch("/x")' }) };
      const file = isLinked ? 'public/app.js:1' : `views/index.pug:${line.includes('.') ? 3 : 2}`;
      expect(placesIn(files)).toEqual([`${file} /x`]);
    },
  );

  it.each([
    ['public/style.css', 'body { background: url("/sky.png"); }', '/sky.png'],
    ['client/src/api.ts', "export const save = (text: string) => fetch('/save', { body: text });", '/save'],
    ['server.js', "app.get('/old', (q, s) => s.redirect(301, '/new'));", '/new'],
    ['server.js', 'app.get(\'/\', (q, s) => s.send(`<script src="/app.js"></script>`));', '/app.js'],
  ])('in %s: %s', (file, line, url) => {
    expect(placesIn({ [file]: `${line}\n` })).toEqual([`${file}:1 ${url}`]);
  });

  it.each([
    [
      'public/index.html',
      '<a href="//cdn.example.com/x"><a href="x"><a href="./x"><a href="#"><a href="/chat/x"><!-- <a href="/x"> -->',
    ],
    ['public/index.html', '<script src="/socket.io/socket.io.js"></script>'],
    [
      'public/index.html',
      "<script>fetch('save'); new WebSocket('ws://' + location.host + location.pathname + 'x'); fetch(`/chat/x`); fetch('https://example.com/x'); path.open('/x');</script>",
    ],
    ['server.js', "app.get('/x', list); router.get('/y', list); fs.readFile('/etc/hosts', done);"],
    ['public/index.html', "<script>new WebSocket('wss://example.com/x'); new WebSocket(host + '/x');</script>"],
    ['public/index.html', "<script>new Peer({ host: 'example.com', path: '/x' }); import('/src/x.js');</script>"],
    // The path of the page's own folder is one that the page computes: lib/connection.js of the template dante.
    ...[
      "const beside = new URL('socket.io', document.baseURI).pathname; script.src = beside + '/socket.io.js';",
      "fetch(new URL('save', location.href).pathname);",
      "fetch(location.pathname + 'save');",
    ].map((code): [string, string] => ['public/index.html', `<script>${code}</script>`]),
    ['load/test.js', "#!/usr/bin/env node\nhttp.get('/x');"],
  ])('there is no finding in %s for %s', (file, line) => {
    expect(placesIn({ [file]: line })).toEqual([]);
  });

  it('there is no finding at the root of a site', () => {
    expect(placesIn({ 'public/index.html': '<a href="/x">' }, '/')).toEqual([]);
  });
});

it.each<[what: string, files: Record<string, string>, places: readonly string[]]>([
  ['with a base', { 'client/vite.config.ts': "export default { base: '/chat/' };" }, []],
  [
    'whose page is written',
    { 'client/vite.config.js': 'export default {};', 'client/dist/index.html': '<script src="/a.js">' },
    ['client/dist/index.html:1 /a.js'],
  ],
  ['that has neither', { 'client/vite.config.js': 'export default {};' }, ['client/index.html:1 /src/main.ts']],
  ['that is none', {}, ['client/index.html:1 /src/main.ts']],
])('of the page of a Vite %s', (_what, files, places) => {
  const page = '<script type="module" src="/src/main.ts"></script>';
  expect(placesIn({ 'client/index.html': page, ...files })).toEqual(places);
});
