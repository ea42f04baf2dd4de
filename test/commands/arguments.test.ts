import { expect, it } from 'vitest';
import { buildProgram } from '../../src/commands/program.js';

/** Commander's reason to refuse a command line; undefined where it runs the command. */
async function refusal(...words: readonly string[]): Promise<string | undefined> {
  const program = buildProgram(() => async () => undefined);
  for (const command of [program, ...program.commands]) command.configureOutput({ writeErr: () => {} });
  try {
    await program.parseAsync([...words], { from: 'user' });
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

it.each(['tcsh', 'toString', ''])('completion refuses the shell %j', async (shell) => {
  expect(await refusal('completion', shell)).toContain(
    shell === '' ? 'It must not be empty' : 'Allowed choices are bash, zsh, fish, powershell',
  );
});

it.each(['bash', 'powershell'])('completion takes %s', async (shell) => {
  expect(await refusal('completion', shell)).toBeUndefined();
});

it.each([
  ['doctor', '--seen', ''],
  ['serve', '--app', ''],
  ['undeploy', ''],
])('an empty value, as of an unset variable, is refused: %s %s %s', async (...words) => {
  expect(await refusal(...words)).toContain('It must not be empty');
});
