import { expect, it } from 'vitest';
import { diagnose } from '../../src/doctor/index.js';
import { init } from '../support/init.js';
import { folderWith, talk } from './workspace.js';

/** An app that knows its path, with a page in its code. */
const server = (page: string): string => `const base = process.env.BASE_PATH ?? '/chat';
const app = require('express')();
app.get(base, (request, response) => response.send(${page}));
const server = require('http').createServer(app);
require('socket.io')(server, { path: base + '/live' });
server.listen(process.env.PORT);
`;
const manifest = '{"main":"server.js","dependencies":{"socket.io":"^4","express":"^5"}}';

// biome-ignore-start lint/suspicious/noTemplateCurlyInString: code under test
it.each([
  [
    'a template',
    "`<script src='${base}/live/socket.io.js'></script><script>io({ path: '${base}/live' })</script>`",
    false,
  ],
  ['joined strings', `'<script>io({ path: "' + base + '/live" })</script>'`, false],
  ['a template without names', "`<script>io({ path: '/____/live' })</script>`", true],
])('a path in a page in code is judged where it is known: %s', async (_, page, isJudged) => {
  const directory = folderWith({ 'package.json': manifest, 'server.js': server(page) });
  await init({ directory, path: '/chat' }, talk());
  const { findings } = await diagnose('.', { cwd: directory });
  const about = findings.filter(({ rule }) => rule === 'SOCKET_PATH_MISMATCH_CLIENT');
  expect(about.map(({ line }) => line)).toEqual(isJudged ? [3] : []);
});
// biome-ignore-end lint/suspicious/noTemplateCurlyInString: code under test
