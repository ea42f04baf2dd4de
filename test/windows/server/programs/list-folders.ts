// Runs under Windows's node.exe: for each code page among its arguments, lets the server have it and prints the folders that appcmd shows.
import { realAppcmd } from '../../../../src/appcmd/index.js';
import { runCommand } from '../../../../src/deploy/targets/run-command.js';

for (const codePage of process.argv.slice(2)) {
  await runCommand('C:\\stand-ins\\arguments.exe', ['code page', codePage]);
  const appcmd = realAppcmd({ program: 'C:\\windows\\system32\\inetsrv\\appcmd.exe' });
  const { stdout } = await appcmd.run(['list', 'vdir', '/text:physicalPath']);
  console.log(JSON.stringify([Number(codePage), ...stdout.trim().split('\r\n')]));
}
