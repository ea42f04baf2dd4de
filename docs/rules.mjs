// npm run docs: docs/rules.md and docs/doctor-seen.md from the rules of the built library, so that the page and `doctor --explain` never disagree.
import { writeFileSync } from 'node:fs';
import { seenPage } from './seen.mjs';

/** The page: a table of all rules, then a section for each. */
export function rulesPage(rules) {
  const anchor = (code) => code.toLowerCase();
  const text = (words) => words.replace(/\s+/g, ' ').trim();
  const rows = rules.map(
    ({ code, severity, title }) =>
      `| [${code}](#${anchor(code)}) | ${severity} | ${text(title).replaceAll('|', '\\|')} |`,
  );
  const sections = rules.map(({ code, severity, title, why, help, fix }) =>
    [
      `## ${code}`,
      '',
      `**${text(title)}** (${severity}${fix === undefined ? '' : ', `--fix` can correct it'})`,
      '',
      asText(text(why)),
      '',
      asText(text(help)),
      '',
      `Silence it with \`doctor --skip ${code}\`, or for good with a comment: \`iisnode-sock: allow ${code} because REASON\`.`,
    ].join('\n'),
  );
  return [
    '# The rules of the doctor',
    '',
    'Made by `npm run docs` from `src/doctor/rules`; `iisnode-sock doctor --explain RULE` prints the same.',
    '',
    '| Rule | Severity | What is wrong |',
    '| --- | --- | --- |',
    ...rows,
    '',
    sections.join('\n\n'),
    '',
  ].join('\n');
}

/** Markup of web.config is text here. */
const asText = (words) => words.replaceAll('<', '&lt;').replaceAll('*', '\\*');

if (process.argv[1] === import.meta.filename) {
  const { rules } = await import('../dist/index.js');
  writeFileSync(new URL('rules.md', import.meta.url), rulesPage(rules));
  writeFileSync(new URL('doctor-seen.md', import.meta.url), seenPage(rules));
}
