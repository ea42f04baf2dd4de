// node docs/size.mjs: counts the files and lines of the folders named in architecture.md's table of sizes, and writes its last column.
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';

const src = path.join(import.meta.dirname, '..', 'src');
const page = path.join(import.meta.dirname, 'architecture.md');

/** '28, 2,549': source files below these folders of src, and their lines. */
function sizeOf(folders) {
  const files = folders.flatMap((folder) =>
    readdirSync(path.join(src, folder), { recursive: true })
      .filter((name) => /\.(ts|cjs)$/.test(name))
      .map((name) => path.join(src, folder, name)),
  );
  const lines = files.reduce((sum, file) => sum + readFileSync(file, 'utf8').split('\n').length - 1, 0);
  return `${files.length}, ${lines.toLocaleString('en')}`;
}

/** A row of the table: `| xml, files | before | after |`. */
const row = /^\| ([a-z]+(?:, [a-z]+)*) \| (.*) \| \d+, [\d,]+ \|$/gm;
const text = readFileSync(page, 'utf8');
writeFileSync(
  page,
  text.replace(row, (_row, folders, before) => `| ${folders} | ${before} | ${sizeOf(folders.split(', '))} |`),
);
