import { describe, expect, it } from 'vitest';
import { init } from '../support/init.js';
import { folderWith, talk, textsIn } from './workspace.js';

const bundle = `// node_modules/socket.io/dist/index.js
var require_dist = __commonJS({ "node_modules/socket.io/dist/index.js"(exports) {
  const filepath = path.join(__dirname, "../client-dist/", filename);
} });
// src/server.js
var server = http.createServer().listen(process.env.PORT);
`;
const manifest = (main: string): string => JSON.stringify({ main, scripts: { start: `node ${main}` } });
const installed = (at = ''): Record<string, string> => ({
  [`${at}node_modules/socket.io/client-dist/socket.io.js`]: 'io',
  [`${at}node_modules/socket.io/client-dist/socket.io.min.js`]: 'min',
});

/** What init adds to the app, besides its own files, and the findings that it shows. */
async function added(files: Record<string, string>) {
  const directory = folderWith(files);
  const { findings, notes } = await init({ directory }, talk());
  const texts = Object.entries(textsIn(directory)).filter(([name]) => !(name in files) && /client-dist/.test(name));
  return { texts: Object.fromEntries(texts), rules: findings.map(({ rule }) => rule), notes: notes.join('\n') };
}

const missing = 'SOCKET_CLIENT_FILES_MISSING';

describe('the client scripts of socket.io beside a bundle', () => {
  it.each([
    ['of the app', 'dist/server.js', installed(), 'client-dist'],
    ['of a package of the app', 'server/dist/main.js', installed('server/'), 'server/client-dist'],
  ])('%s are copied from where it is installed', async (_, entry, packages, folder) => {
    const { texts, rules, notes } = await added({ 'package.json': manifest(entry), [entry]: bundle, ...packages });
    expect(texts).toEqual({ [`${folder}/socket.io.js`]: 'io', [`${folder}/socket.io.min.js`]: 'min' });
    expect(rules).not.toContain(missing);
    expect(notes).toContain(`${folder} has copies of socket.io's client scripts`);
  });

  it.each([
    ['where they are', { 'client-dist/socket.io.js': 'own', ...installed() }, []],
    ['where socket.io is not installed', {}, [missing]],
  ])('are left alone %s', async (_, more, expected) => {
    const { texts, rules } = await added({ 'package.json': manifest('dist/a.js'), 'dist/a.js': bundle, ...more });
    expect(texts).toEqual({});
    expect(rules.filter((rule) => rule === missing)).toEqual(expected);
  });

  it('are not written outside of the app', async () => {
    const { texts, rules } = await added({ 'package.json': manifest('a.js'), 'a.js': bundle, ...installed() });
    expect([texts, rules.includes(missing)]).toEqual([{}, true]);
  });

  it('a bundle that is too large to be examined gets the loader', async () => {
    const directory = folderWith({ 'package.json': manifest('dist/a.js'), 'dist/a.js': 'a();'.repeat(1_100_000) });
    const { loader, findings } = await init({ directory }, talk());
    expect([loader?.used, loader?.reasons.some(({ says }) => says === 'cannot be read')]).toEqual([true, true]);
    expect(findings.map(({ rule }) => rule)).toContain('FILE_UNREADABLE');
  });
});
