import { readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { io } from 'socket.io-client';
import { describe, expect, it } from 'vitest';
import { diagnose } from '../../src/doctor/index.js';
import { serve } from '../host/harness.js';
import { init } from '../support/init.js';
import { folderWith, talk } from './workspace.js';

const manifest = (more: object = {}): string =>
  JSON.stringify({ main: 'server.js', dependencies: { 'socket.io': '^4' }, ...more });

const commonJs = `const http = require('http');
const server = http.createServer((request, response) => response.end('page of node'));
const io = require('socket.io')(server);

io.on('connection', (socket) => socket.emit('hello', 'from node'));
server.listen(3000);
`;

const esModule = `import { createServer } from 'node:http';
import { Server } from 'socket.io';

const server = createServer((request, response) => response.end('page of node'));
const io = new Server(server, {
  cors: { origin: '*' },
});
io.on('connection', (socket) => socket.emit('hello', 'from node'));
server.listen(process.env.PORT ?? 3000);
`;

/** bin/www of express's generator, with the http server it makes. */
const www = `#!/usr/bin/env node
var http = require('http');
var port = normalizePort(process.env.PORT || '3000');
var server = http.createServer(function (req, res) { res.end('page of node'); });
var io = require('socket.io')(server, {});
io.on('connection', function (socket) { socket.emit('hello', 'from node'); });
server.listen(port);
function normalizePort(val) {
  var port = parseInt(val, 10);
  if (isNaN(port)) return val;
  return port;
}
`;

const page = `<!doctype html>
<title>static page</title>
<script src="/socket.io/socket.io.js"></script>
<script>
  const socket = io('http://localhost:3000');
</script>
`;

/** What Azure App Service writes for a node app (projectkudu/KuduScript, iisnode.config.template). */
const azure = `<?xml version="1.0" encoding="utf-8"?>
<!--
     This configuration file is required if iisnode is used to run node processes behind
     IIS or IIS Express.
-->

<configuration>
  <system.webServer>
    <webSocket enabled="false" />
    <handlers>
      <!-- Indicates that the server.js file is a node.js site to be handled by the iisnode module -->
      <add name="iisnode" path="server.js" verb="*" modules="iisnode"/>
    </handlers>
    <rewrite>
      <rules>
        <rule name="NodeInspector" patternSyntax="ECMAScript" stopProcessing="true">
          <match url="^server.js\\/debug[\\/]?" />
        </rule>
        <rule name="StaticContent">
          <action type="Rewrite" url="public{REQUEST_URI}"/>
        </rule>
        <rule name="DynamicContent">
          <conditions>
            <add input="{REQUEST_FILENAME}" matchType="IsFile" negate="True"/>
          </conditions>
          <action type="Rewrite" url="server.js"/>
        </rule>
      </rules>
    </rewrite>
    <security>
      <requestFiltering>
        <hiddenSegments>
          <remove segment="bin"/>
        </hiddenSegments>
      </requestFiltering>
    </security>
    <httpErrors existingResponse="PassThrough" />
  </system.webServer>
</configuration>
`;

interface App {
  readonly files: Readonly<Record<string, string>>;
  /** What becomes of a file's bytes. */
  readonly encode?: (text: string) => Buffer;
  readonly home: string;
}

const apps: Record<string, App> = {
  'with a fixed port': { files: { 'package.json': manifest(), 'server.js': commonJs }, home: 'page of node' },
  'whose package.json has a byte order mark': {
    files: { 'package.json': `\uFEFF${manifest()}`, 'server.js': commonJs },
    home: 'page of node',
  },
  'whose main is not there': {
    files: { 'package.json': manifest({ main: 'index.js' }), 'server.js': commonJs },
    home: 'page of node',
  },
  'of ES modules': {
    files: { 'package.json': manifest({ type: 'module' }), 'server.js': esModule },
    home: 'page of node',
  },
  "of express's generator": {
    files: { 'package.json': manifest({ main: undefined, scripts: { start: 'node ./bin/www' } }), 'bin/www': www },
    home: 'page of node',
  },
  'with its server in a folder': {
    files: {
      'package.json': manifest({ main: undefined, scripts: { start: 'npm start -w server' }, workspaces: ['server'] }),
      'server/package.json': manifest({ main: 'index.js' }),
      'server/index.js': "require('./start').start();\n",
      'server/start.js': `exports.start = () => {\n${commonJs}};\n`,
    },
    home: 'page of node',
  },
  'with a page that node does not serve': {
    files: { 'package.json': manifest(), 'server.js': commonJs, 'index.html': page },
    home: 'page of node',
  },
  'with a page that IIS serves': {
    files: {
      'package.json': manifest(),
      'server.js': commonJs,
      'index.html': page,
      'web.config':
        '<configuration><system.webServer><handlers><add name="iisnode" path="server.js" verb="*" modules="iisnode" /></handlers></system.webServer></configuration>',
    },
    home: 'static page',
  },
  "with Azure's web.config": {
    files: { 'package.json': manifest(), 'server.js': commonJs, 'web.config': azure },
    home: 'page of node',
  },
  "with Azure's web.config and CRLF": {
    files: { 'package.json': manifest(), 'server.js': commonJs, 'web.config': azure.replaceAll('\n', '\r\n') },
    home: 'page of node',
  },
  "with Azure's web.config in UTF-16": {
    files: { 'package.json': manifest(), 'server.js': commonJs, 'web.config': azure.replace('utf-8', 'utf-16') },
    encode: (text) => Buffer.from(`\uFEFF${text}`, 'utf16le'),
    home: 'page of node',
  },
};

function hello(origin: string, transport: string): Promise<string> {
  const socket = io(origin, { path: '/chat/socket.io', transports: [transport], reconnection: false });
  return new Promise<string>((resolve, reject) => {
    socket.on('hello', resolve);
    socket.on('connect_error', reject);
  }).finally(() => socket.disconnect());
}

describe('an app as people have it, adopted and fixed', () => {
  it.each(Object.entries(apps))('%s, works below its vdir path', async (_, { files, encode, home }) => {
    const folder = folderWith(files);
    const config = files['web.config'];
    if (config !== undefined && encode) writeFileSync(path.join(folder, 'web.config'), encode(config));
    symlinkSync(path.resolve('node_modules'), path.join(folder, 'node_modules'), 'junction');

    await init({ directory: folder, path: '/chat' }, talk());
    const once = readFileSync(path.join(folder, 'web.config'));
    expect((await init({ directory: folder }, talk())).nothingToDo).toBe(true);
    expect(readFileSync(path.join(folder, 'web.config'))).toEqual(once);

    const report = await diagnose('.', { cwd: folder, fix: true });
    expect(report.summary.errors).toBe(0);
    expect((await init({ directory: folder }, talk())).nothingToDo).toBe(true);

    const { origin, get } = await serve({ directory: folder, vdirPath: '/chat' });
    expect((await get('/chat/')).body).toContain(home);
    expect((await get('/chat/socket.io/socket.io.js')).status).toBe(200);
    for (const transport of ['websocket', 'polling']) expect(await hello(origin, transport)).toBe('from node');
  });
});
