import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { gatherFacts, rules, runRules } from '../../src/doctor/index.js';
import { folderWith } from '../scaffold/workspace.js';

const webConfig = `<configuration>
  <appSettings><add key="virtualDirPath" value="/chat" /></appSettings>
  <system.webServer>
    <handlers><add name="iisnode" path="server.js" verb="*" modules="iisnode" /></handlers>
    <rewrite><rules><rule name="all"><match url=".*" /><action type="Rewrite" url="server.js" /></rule></rules></rewrite>
    <webSocket enabled="false" />
  </system.webServer>
</configuration>
`;
const server = "require('http').createServer().listen(process.env.PORT);\n";

/** What the rule says of these files of an app at /chat: file:line of each, with its URL. */
function placesIn(files: Record<string, string>, vdirPath?: string): string[] {
  const directory = folderWith({ 'package.json': '{}', 'web.config': webConfig, 'server.js': server, ...files });
  const facts = gatherFacts('.', { cwd: directory, ...(vdirPath && { vdirPath }) });
  return runRules(rules, facts, { only: ['ROOT_ABSOLUTE_URL'] }).diagnoses.map(
    ({ finding: { file = '', line, message } }) => {
      const [, url] = /(\/\S*), at the root/.exec(message) ?? [];
      return `${path.relative(directory, file)}:${line} ${url}`;
    },
  );
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
  ])('in a script of a page: %s', (code) => {
    const files = { 'public/index.html': '<script src="app.js"></script>', 'public/app.js': `${code};\n` };
    expect(placesIn(files)).toEqual(['public/app.js:1 /x']);
    expect(placesIn({ 'public/index.html': `<script>\n${code}\n</script>` })).toEqual(['public/index.html:2 /x']);
  });

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
      "<script>fetch('save'); fetch(`/chat/x`); fetch('https://example.com/x'); path.open('/x');</script>",
    ],
    ['server.js', "app.get('/x', list); router.get('/y', list); fs.readFile('/etc/hosts', done);"],
    ['load/test.js', "#!/usr/bin/env node\nhttp.get('/x');"],
  ])('there is no finding in %s for %s', (file, line) => {
    expect(placesIn({ [file]: line })).toEqual([]);
  });

  it('there is no finding at the root of a site', () => {
    expect(placesIn({ 'public/index.html': '<a href="/x">' }, '/')).toEqual([]);
  });
});
