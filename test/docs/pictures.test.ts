import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, it } from 'vitest';
import { root } from '../support/cli.js';

const folder = path.join(root, 'docs', 'pictures');

it('README shows each picture, with a text in its place, and names no other', () => {
  const readme = readFileSync(path.join(root, 'README.md'), 'utf8');
  const shown = [...readme.matchAll(/!\[([^\]]+)\]\(docs\/pictures\/([^)]+)\)/g)];
  expect(shown.map(([, , name]) => name).sort()).toEqual(readdirSync(folder).sort());
  for (const [, text = ''] of shown) expect(text.length).toBeGreaterThan(20);
});

it('pictures are small, and are what their names say', () => {
  const png = readFileSync(path.join(folder, 'live-page.png'));
  expect(png.subarray(1, 4).toString()).toBe('PNG');
  expect(png.length).toBeLessThan(200_000);
  const svg = readFileSync(path.join(folder, 'trace.svg'), 'utf8');
  expect(svg).toMatch(/^<svg xmlns="http:\/\/www\.w3\.org\/2000\/svg" /);
  expect(svg.length).toBeLessThan(20_000);
  expect(svg).toContain('all to node');
  expect(svg).not.toMatch(/<script|href=|\/tmp\//);
});
