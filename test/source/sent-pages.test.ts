import { expect, it } from 'vitest';
import { contextOf } from '../../src/source/context.js';
import { parseScript } from '../../src/source/script.js';
import { readWebPaths } from '../../src/source/sent-pages.js';

/** What a script of the folder `lib` sends, and the folders that it serves. */
function read(text: string): { readonly pages: readonly string[]; readonly served: readonly (string | undefined)[] } {
  const context = contextOf(parseScript({ file: '/app/lib/server.mjs', text }));
  if (!context) throw new Error('It does not parse.');
  const { pages, served } = readWebPaths(context, 'lib');
  return { pages: pages.map((page) => `${page.text} ${page.file}`), served: served.map(({ folder }) => folder) };
}

it('reads the folder of an ES module', () => {
  const found = read(`
    import { dirname, join } from 'node:path';
    import { fileURLToPath } from 'node:url';
    import express from 'express';
    const __dirname = dirname(fileURLToPath(import.meta.url));
    const app = express();
    app.use(express.static(join(__dirname, '../web')));
    app.get('/room/:id', (_, response) => response.sendFile(join(__dirname, '..', 'web', 'room.html')));
  `);
  expect(found).toEqual({ pages: ['/room/:id web/room.html'], served: ['web'] });
});

it('reads the plugin of Fastify and a page that is read with its text', () => {
  const found = read(`
    const app = require('fastify')();
    app.register(require('@fastify/static'), { root: __dirname + '/../web', prefix: '/' });
    app.get('/a/:b', async (request, reply) => reply.type('text/html').send(fs.readFileSync(__dirname + '/page.html')));
  `);
  expect(found).toEqual({ pages: ['/a/:b lib/page.html'], served: ['web'] });
});
