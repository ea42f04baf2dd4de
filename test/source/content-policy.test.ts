import { expect, it } from 'vitest';
import { blocksInline, parsePolicy, refusedTransports } from '../../src/source/content-policy.js';
import { readMetaPolicies } from '../../src/source/meta-policies.js';

it.each<[policy: string, inline: boolean, sockets: boolean]>([
  ["default-src 'self'", true, false],
  ["default-src 'none'", true, true],
  ["default-src 'self'; script-src 'self' 'unsafe-inline'", false, false],
  ["script-src 'self' 'nonce-<%= nonce %>'", false, false],
  ["script-src 'self' 'sha256-abc='", false, false],
  ["script-src 'self'; script-src-elem 'unsafe-inline'", false, false],
  ["SCRIPT-SRC 'self'; script-src 'unsafe-inline'", true, false],
  ["default-src 'unsafe-inline'", false, true],
  ["connect-src 'none'", false, true],
  ['connect-src', false, true],
  ['connect-src wss:', false, false],
  ['connect-src https://api.example.com', false, false],
  ["default-src 'none'; connect-src *; script-src *", true, false],
  ['img-src *', false, false],
  ['', false, false],
])('%s keeps an inline script from running: %s, and the sockets of its host: %s', (text, inline, sockets) => {
  const policy = parsePolicy(text);
  expect([blocksInline(policy), refusedTransports(policy).length === 2]).toEqual([inline, sockets]);
});

it('the policies of a page are those of its meta elements', () => {
  const text = `<meta charset="utf-8"><!-- <meta http-equiv="Content-Security-Policy" content="a"> -->
<META content="default-src 'self'" http-equiv='content-security-policy'>
<meta name="content-security-policy" content="b"><meta http-equiv="refresh" content="5">`;
  expect(readMetaPolicies({ file: '/index.html', text })).toMatchObject([
    { text: "default-src 'self'", at: { line: 2, column: 16 } },
  ]);
});
