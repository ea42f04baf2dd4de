import { expect, it } from 'vitest';
import { withoutQuestions } from '../../src/commands/without-questions.js';

it.each([
  [
    ['init'],
    [
      ['dir', 'my chat'],
      ['--template', 'chat'],
    ],
    'npx iisnode-sock init "my chat" --template chat',
  ],
  [['init', 'chat', '--no-install'], [['--path', '/']], 'npx iisnode-sock init chat --no-install --path /'],
  [
    ['init', 'chat'],
    [
      ['--typescript', 'yes'],
      ['--yes', 'yes'],
    ],
    'npx iisnode-sock init chat --typescript --yes',
  ],
  [['init', 'chat'], [['--typescript', 'no']], 'npx iisnode-sock init chat'],
] as const)('%j with the answers %j is %s', (words, answers, command) => {
  expect(
    withoutQuestions(
      words,
      answers.map(([flag, text]) => ({ flag, text })),
    ),
  ).toBe(command);
});
