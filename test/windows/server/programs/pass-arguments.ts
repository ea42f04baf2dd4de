// Runs under Windows's node.exe: gives each list of a JSON file to arguments.exe, through execa.
import { readFileSync } from 'node:fs';
import { runCommand } from '../../../../src/deploy/targets/run-command.js';

const [, , file = ''] = process.argv;
for (const list of JSON.parse(readFileSync(file, 'utf8')) as string[][]) {
  const { exitCode, stdout } = await runCommand('C:\\stand-ins\\arguments.exe', list);
  if (exitCode !== 0) throw new Error(`exit code ${exitCode}: ${stdout}`);
}
