import { describe, expect, it } from 'vitest';
import { gatherFacts, rules, runRules } from '../../src/doctor/index.js';
import { folderWith } from '../scaffold/workspace.js';
import { catchAll } from '../support/catch-all.js';

const server = `const { Server } = require('socket.io');
const server = require('http').createServer().listen(process.env.PORT);
new Server(server, { path: '/chat/socket.io' });
`;
const webConfig = catchAll('<appSettings><add key="virtualDirPath" value="/chat" /></appSettings>');

/** What the rules about clients say of these sources of a client, in an app at /chat. */
function saidOf(sources: Readonly<Record<string, string>>): string[] {
  const directory = folderWith({
    'package.json': '{ "dependencies": { "socket.io": "4" } }',
    'web.config': webConfig,
    'server.js': server,
    ...sources,
  });
  const only = ['SOCKET_PATH_MISMATCH_CLIENT', 'CLIENT_ADDRESS_LOCAL', 'NAMESPACE_MISMATCH'];
  return runRules(rules, gatherFacts('.', { cwd: directory }), { only }).diagnoses.map(
    ({ finding: { rule, file, line, fix } }) => `${rule} ${file?.split(/[\\/]/).at(-1)}:${line} ${fix}`,
  );
}

const inModule = (code: string): string[] => saidOf({ 'client/src/app.module.ts': code });
const inMain = (code: string): string[] => saidOf({ 'web/src/main.js': code });
const missing = "options: { path: '/chat/socket.io' }";
const path = "path: '/chat/socket.io'";

describe('a client that a package of Angular opens is read', () => {
  const ngx = "import { Socket, SocketIoModule, type SocketIoConfig, provideSocketIo } from 'ngx-socket-io';\n";
  it.each([
    ["const config: SocketIoConfig = { url: '/' };\nexport const it = SocketIoModule.forRoot(config);", 2],
    ["export const all = [provideSocketIo({ url: '', options: { reconnection: true } })];", 2],
    ["export class Chat extends Socket {\n  constructor() {\n    super({ url: '/', options: {} });\n  }\n}", 4],
    ['export const one = new Socket({ url: window.location.origin, options: {} });', 2],
  ])('%s', (code, line) =>
    expect(inModule(ngx + code)).toEqual([`SOCKET_PATH_MISMATCH_CLIENT app.module.ts:${line} ${missing}`]),
  );

  it('with the address of development', () =>
    expect(inModule(`${ngx}SocketIoModule.forRoot({ url: 'http://localhost:3000', options: { ${path} } });`)).toEqual([
      "CLIENT_ADDRESS_LOCAL app.module.ts:2 url: '/'",
    ]));

  it('with its configuration, or its address, in a module of its own', () => {
    const config = "export const socket = { url: 'http://localhost:3000', options: { path: '/chat/socket.io' } };\n";
    expect(
      saidOf({
        'client/src/app.module.ts': `${ngx}import { socket } from './socket.config';\nSocketIoModule.forRoot(socket);`,
        'client/src/socket.config.ts': config,
      }),
    ).toEqual(["CLIENT_ADDRESS_LOCAL socket.config.ts:1 url: '/'"]);
    expect(
      saidOf({
        'client/src/app.module.ts': `${ngx}import { environment } from './environments/environment';\nSocketIoModule.forRoot({ url: environment.live, options: { ${path} } });`,
        'client/src/environments/environment.ts': "export const environment = { live: 'http://localhost:3000' };",
        'client/src/environments/environment.prod.ts': "export const environment = { live: 'http://localhost:4000' };",
      }),
    ).toEqual([
      "CLIENT_ADDRESS_LOCAL environment.prod.ts:1 url: '/', in app.module.ts, line 3; or location.origin here",
    ]);
  });

  it('with a namespace that is not there', () =>
    expect(inModule(`${ngx}SocketIoModule.forRoot({ url: '/news', options: { ${path} } });`)[0]).toMatch(
      /^NAMESPACE_MISMATCH app.module.ts:2/,
    ));

  it.each([
    `SocketIoModule.forRoot({ url: '', options: { ${path} } });`,
    "SocketIoModule.forRoot({ url: 'https://live.example.com', options: {} });",
    'SocketIoModule.forRoot(configOf(window));',
    'SocketIoModule.forRoot({ ...defaults });',
    "class Other extends Base { constructor() { super({ url: 'http://localhost:3000' }); } }",
    "RouterModule.forRoot({ url: 'http://localhost:3000' });",
    "new Socket({ url: isDevMode() ? 'http://localhost:3000' : '/', options: socketOptions });",
  ])('and quiet: %s', (code) => expect(inModule(ngx + code)).toEqual([]));
});

describe('a client that a package of Vue opens is read', () => {
  const vue = "import VueSocketIO from 'vue-socket.io';\nimport io from 'socket.io-client';\n";
  it.each([
    ["Vue.use(new VueSocketIO({ debug: true, connection: '/' }));", 3, missing],
    ["Vue.use(VueSocketIO, '/', { reconnection: true });", 3, missing],
    ["const options = { path: '/socket.io' };\napp.use(new VueSocketIO({ connection: '/', options }));", 3, path],
    ["app.use(VueSocketIO, { connection: '/', options: { path: '/live' } });", 3, path],
  ])('%s', (code, line, fix) =>
    expect(inMain(vue + code)).toEqual([`SOCKET_PATH_MISMATCH_CLIENT main.js:${line} ${fix}`]),
  );

  it.each(['vue-3-socket.io', '@hlf01/vue3-socket.io'])('%s with the address of development', (name) =>
    expect(
      inMain(
        `import VueSocketIO from '${name}';\nVue.use(new VueSocketIO({\n  connection: 'http://localhost:81',\n  options: { ${path} },\n}));`,
      ),
    ).toEqual(["CLIENT_ADDRESS_LOCAL main.js:3 connection: '/'"]),
  );

  it('a connection of its own is said once', () =>
    expect(inMain(`${vue}Vue.use(new VueSocketIO({ connection: io() }));`)).toEqual([
      `SOCKET_PATH_MISMATCH_CLIENT main.js:3 ${path}`,
    ]));

  it.each([
    `Vue.use(new VueSocketIO({ connection: io({ ${path} }), options: {} }));`,
    "import { socket } from './socket.js';\nVue.use(new VueSocketIO({ connection: socket }));",
    "import { socket } from './socket.js';\nVue.use(VueSocketIO, socket);",
    `Vue.use(new VueSocketIO({ connection: location.origin, options: { ${path} } }));`,
    `Vue.use(new VueSocketIO({ connection: process.env.VUE_APP_URL, options: { ${path} } }));`,
    "Vue.use(Router, 'http://localhost:3000');",
  ])('and quiet: %s', (code) => expect(inMain(vue + code)).toEqual([]));
});
