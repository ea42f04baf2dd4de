import { describe, expect, it } from 'vitest';
import { readFolder } from '../../src/source/folder.js';
import { readPages } from '../../src/source/pages.js';
import { appWith } from '../doctor/trial/trial-app.js';

const page = (...scripts: readonly string[]): string =>
  `<!doctype html>${scripts.map((code) => `<script>${code}</script>`).join('')}<script src="chat.js"></script>`;

/** The address of the client of chat.js. */
function addressOf(index: string, chat: string, files: Readonly<Record<string, string>> = {}): unknown {
  const root = appWith({ 'index.html': index, 'chat.js': chat, ...files });
  const [client] = readPages(readFolder(root, false)).flatMap(({ clients }) => clients);
  const { value } = client?.url ?? {};
  return value?.kind === 'literal' ? value.value : value?.kind;
}

describe('an address in a global of the page', () => {
  it.each([
    ["window.settings = { server: 'http://a' };", 'io(window.settings.server);'],
    ["window.settings = { server: 'http://a' };", 'io(settings.server);'],
    ["settings = { server: { url: 'http://a' } };", 'const { server } = settings;\nio(server.url);'],
    ["var settings = { server: 'http://a' };", 'var s = window.settings;\nio(s.server);'],
    ["const url = 'http://a';", 'io(url);'],
  ])('%s %s', (script, chat) => {
    expect(addressOf(page(script), chat)).toBe('http://a');
  });

  it('in a script of a file', () => {
    const index = '<script src="settings.js"></script><script src="chat.js"></script>';
    expect(addressOf(index, 'io(URL_OF_CHAT);', { 'settings.js': "var URL_OF_CHAT = 'http://a';" })).toBe('http://a');
  });

  it.each([
    ['its key is no name', page("window.s = { u: 'http://a' };"), "io(s['u(']);"],
    ['no script sets it', page(), 'io(settings.server);'],
    ['two set it', page("var s = { u: 'http://a' };", "s = { u: 'http://b' };"), 'io(s.u);'],
    ['a branch sets it', page("if (local) window.s = { u: 'http://a' };"), 'io(s.u);'],
    ['it is a fallback', page("window.s = window.s || { u: 'http://a' };"), 'io(s.u);'],
    ['its key is set later', page("window.s = { u: 'http://a' };", "window.s.u = '';"), 'io(s.u);'],
    ['a function sets it', page("window.s = { u: 'http://a' };", 'Object.assign(s, more);'), 'io(s.u);'],
    ['the server fills it in', page("window.s = { u: '<%= url %>' };"), 'io(s.u);'],
    ['the script has a name of its own', page("var s = { u: 'http://a' };"), '(function (s) { io(s.u); })(other);'],
  ])('is not known where %s', (_what, index, chat) => {
    expect(addressOf(index, chat)).toBe('unknown');
  });

  it('is chosen where the value tests the host', () => {
    const script = "var s = { u: location.hostname === 'localhost' ? 'http://localhost:3000' : '/' };";
    expect(addressOf(page(script), 'io(s.u);')).toBe('unknown');
  });
});
