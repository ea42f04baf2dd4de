import { targetsIn } from '../deploy/index.js';
import { exitCodes } from '../exit-codes.js';
import type { Terminal } from '../terminal/index.js';

/** `deploy --list-targets`: those of the folder's package.json that can be used. @throws UserError TARGETS_INVALID for the file. */
export function listTargets(terminal: Terminal, folder: string): number {
  const all = targetsIn(folder);
  const targets = all.flatMap((target) => ('to' in target ? [target] : []));
  for (const { name, line, to, options } of targets) {
    const further = Object.entries(options).map(([key, value]) => `${key}: ${JSON.stringify(value)}`);
    terminal.print(`${terminal.out.strong(name)}  ${terminal.out.dim(`package.json:${line}`)}`);
    for (const server of to.length === 0 ? ['the default server of this machine'] : to)
      terminal.print(`  to ${server}`);
    if (further.length > 0) terminal.print(`  ${further.join(', ')}`);
  }
  if (all.length === 0) terminal.say(`package.json in ${folder} names no targets`);
  terminal.document({ targets });
  return exitCodes.done.code;
}
