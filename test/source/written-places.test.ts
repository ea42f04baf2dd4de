import { describe, expect, it } from 'vitest';
import { readWrittenPlaces } from '../../src/source/index.js';

const placesIn = (text: string, name = 'src/app.js'): readonly string[] =>
  readWrittenPlaces(
    { file: `/app/${name}`, text: `const fs = require('fs'), path = require('path');\n${text}` },
    name,
    '.',
  );

describe('what a script writes, relative to its app', () => {
  it.each([
    ["fs.writeFileSync('db.json', '')", ['db.json']],
    ["fs.promises.appendFile('./data/log.json', '')", ['data/log.json']],
    ["fs.writeFile(path.join(__dirname, 'own.json'), '', done)", ['src/own.json']],
    ["fs.writeFile(path.join(__dirname, '..', 'data', 'x.json'), '', done)", ['data/x.json']],
    ["fs.writeFile(path.join(__dirname, '..', 'rooms', `#{id}.json`), '', done)".replace('#', '$'), ['rooms/']],
    ['fs.writeFileSync(path.join(__dirname, name))', ['src/']],
    ["const rooms = 'rooms/'; fs.writeFileSync(rooms + id + '.json', '')", ['rooms/']],
    ["fs.renameSync('db.json.new', 'db.json')", ['db.json']],
    ["const { JSONFile } = require('lowdb/node'); new JSONFile('db.json')", ['db.json']],
  ])('%s', (text, expected) => expect(placesIn(text)).toEqual(expected));

  it.each([
    ["fs.readFileSync('db.json')"],
    ['fs.writeFileSync(name)'],
    ["fs.writeFileSync('../outside.json')"],
    ["fs.writeFileSync('/var/lib/db.json')"],
    ["fs.writeFileSync(id + '.json')"],
    ["other.writeFileSync('db.json')"],
    ["fs.writeFileSync('db.json'"],
  ])('not %s', (text) => expect(placesIn(text)).toEqual([]));

  it('in ES modules and TypeScript', () => {
    const text =
      "import { writeFile } from 'node:fs/promises';\nexport const save = (x: string) => writeFile('a.json', x);";
    expect(readWrittenPlaces({ file: '/app/a.ts', text }, 'a.ts', 'server')).toEqual(['server/a.json']);
  });
});
