import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { describe, expect, it } from 'vitest';

const folder = path.join(import.meta.dirname, '../../../templates/dante');
const { inferno }: { inferno: readonly (readonly string[])[] } = createRequire(import.meta.url)(
  path.join(folder, 'inferno.js'),
);
const lines = inferno.flat();

describe('Canto I', () => {
  it('has 136 lines: 45 tercets and the single last line', () => {
    expect(lines).toHaveLength(136);
    expect(inferno.map((stanza) => stanza.length)).toEqual([...Array<number>(45).fill(3), 1]);
  });

  it('has no empty line, no blank at either end of a line, and no doubled blank', () => {
    for (const line of lines) expect(line).toMatch(/^\S+(?: \S+)+$/);
  });

  it('is spelled in typographic quotes, never in straight ones', () => {
    expect(lines.join('\n')).not.toMatch(/["'`]|--/);
  });

  it('opens each speech before it closes it', () => {
    let open = false;
    for (const mark of lines.join('\n').match(/[“”]/g) ?? []) {
      expect(mark).toBe(open ? '”' : '“');
      open = !open;
    }
    expect(open).toBe(false);
  });

  it('begins every line with a capital', () => {
    for (const line of lines) expect(line).toMatch(/^[“‘’]?[A-Z]/);
  });

  it.each([
    [1, 'Midway upon the journey of our life'],
    [2, 'I found myself within a forest dark,'],
    [3, 'For the straightforward pathway had been lost.'],
    [4, 'Ah me! how hard a thing it is to say'],
    [32, 'A panther light and swift exceedingly,'],
    [49, 'And a she-wolf, that with all hungerings'],
    [60, 'Thrust me back thither where the sun is silent.'],
    [65, '“Have pity on me,” unto him I cried,'],
    [67, 'He answered me: “Not man; man once I was,'],
    [70, '‘Sub Julio’ was I born, though it was late,'],
    [79, '“Now, art thou that Virgilius and that fountain'],
    [91, '“Thee it behoves to take another road,”'],
    [101, 'And more they shall be still, until the Greyhound'],
    [105, '’Twixt Feltro and Feltro shall his nation be;'],
    [129, 'O happy he whom thereto he elects!”'],
    [134, 'That I may see the portal of Saint Peter,'],
    [136, 'Then he moved on, and I behind him followed.'],
  ])('line %i is "%s"', (number, text) => {
    expect(lines[number - 1]).toBe(text);
  });

  it('cannot be changed by one viewer for the others', () => {
    expect(Object.isFrozen(inferno) && inferno.every((stanza) => Object.isFrozen(stanza))).toBe(true);
  });
});

describe('the page', () => {
  const page = readFileSync(path.join(folder, 'index-socketio.html'), 'utf8');

  it('names only the two scripts beside it', () => {
    const named = page.match(/(?:src|href)="(?!data:)[^"]*"|@import|url\(|https?:\/\/(?!www\.w3\.org)/g);
    expect(named).toEqual(['src="lib/page.js"', 'src="lib/connection.js"']);
  });

  it('names no vdir path', () => {
    expect(page).not.toMatch(/\/dante/i);
  });

  it('declares its language and puts stanzas into a polite live region', () => {
    expect(page).toMatch(/<html lang="en"/);
    expect(page).toMatch(/<ol [^>]*aria-live="polite"/);
  });
});

it('the server contains no vdir path', () => {
  for (const file of ['server-socketio.js', 'lib/stream.js']) {
    const code = readFileSync(path.join(folder, file), 'utf8').replace(/^\s*\/\/.*$/gm, '');
    expect(code).not.toMatch(/dante/i);
  }
});
