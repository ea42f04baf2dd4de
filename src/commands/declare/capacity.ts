import { type Command, Option } from 'commander';
import { most } from '../../most.js';
import { decimal, list } from '../option-values.js';
import { helpEnd } from './help.js';
import { count, json, machines } from './options.js';
import type { Runner } from './runner.js';

/** Declares `capacity`. */
export function addCapacity(program: Command, run: Runner): void {
  program
    .command('capacity')
    .summary('how many processes and machines a number of viewers needs, and which settings')
    .description(
      'For a number of viewers: the processes, the machines, and the exact settings of web.config and the server.',
    )
    .addOption(count('--viewers <n>', 'viewers connected at the same time', most.viewers).makeOptionMandatory())
    .addOption(count('--processes <n>', 'node processes on each machine; calculated by default', most.processes))
    .addOption(machines('machines that share the viewers; calculated by default'))
    .addOption(new Option('--transports <list>', 'websocket,polling; websocket by default').argParser(list))
    .addOption(
      new Option('--messages <n>', 'messages per viewer and second; 0.5 by default').argParser(
        decimal(0, most.messages),
      ),
    )
    .addOption(count('--processors <n>', 'processors of a machine; 4 by default', most.processors))
    .option('--pool <name>', 'name of the application pool in the commands', 'POOL')
    .option('--dir <dir>', 'compare with what this app has now')
    .addOption(json())
    .addHelpText('after', helpEnd([], ['capacity --viewers 5000', 'capacity --viewers 50000 --machines 2 --dir dante']))
    .action(run('capacity'));
}
