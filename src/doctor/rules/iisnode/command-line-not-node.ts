import { isProcessManager, isScript, type ProgramPath, programPathOf } from '../../../webconfig/index.js';
import { hasIisnodeHandler } from '../../facts/realtime.js';
import type { RuleFinding } from '../../types.js';
import { defineRule } from '../define-rule.js';

const name = 'nodeProcessCommandLine';

function faultOf(commandLine: string): Pick<RuleFinding, 'severity' | 'message' | 'why'> | undefined {
  const program = programPathOf(commandLine);
  if (commandLine.trim() === '') return { severity: 'error', message: `${name} is empty.` };
  // The interpreter of Windows may start anything.
  if (program.name === 'cmd' || program.name === 'powershell') return undefined;
  if (isScript(program)) {
    return { severity: 'error', message: `${name} starts ${program.path}, which is a script and not a program.` };
  }
  if (/^"?[a-z]:[\\/][^";]*;/i.test(commandLine.trim())) {
    return { severity: 'error', message: `${name} has a list of folders, like PATH, in the place of a program.` };
  }
  if (/[\\/]$/.test(program.path)) {
    return { severity: 'error', message: `${name} is a folder: ${program.path}.` };
  }
  if (/^(?:\/|~\/)(?!\/)/.test(program.path)) {
    return {
      severity: 'error',
      message: `${name} is ${program.path}, a path of Linux or macOS, which Windows does not have.`,
    };
  }
  const unknown = unknownVariable(program.path);
  if (unknown !== undefined) return ofVariable(program.path, unknown);
  if (isOther(program)) return { severity: 'error', message: `${name} starts ${program.name}, which is not node.` };
  if (!isProcessManager(program)) return isBatch(program) ? ofBatch(program.path) : undefined;
  return {
    severity: program.name === 'nodemon' ? 'warning' : 'error',
    message: `${name} starts ${program.name}, which starts node in a process of its own.`,
    why: 'iisnode starts this program with interceptor.js and the entry point, and waits for the pipe: the process that it knows never opens it, and requests end with 500.1001 or 500.1002.',
  };
}

/** Variables that every Windows has for its services, and those of IIS and of App Service. */
const ofServices =
  /^(?:program(?:files(?:\(x86\))?|w6432|data)|commonprogram(?:files(?:\(x86\))?|w6432)|system(?:root|drive)|windir|allusersprofile|public|userprofile|appdata|localappdata|te?mp|app_pool_\w+|home|website_\w+)$/i;

/** The name of the first variable that no expansion has replaced and that a service need not have. */
const unknownVariable = (path: string): string | undefined =>
  [...path.matchAll(/%([^%\\/]{1,100})%/g)].map(([, variable = '']) => variable).find((each) => !ofServices.test(each));

/** Of a variable that it does not have Windows leaves the text as it is (iisnode.md 2, ExpandEnvironmentStrings). */
const ofVariable = (path: string, variable: string): Pick<RuleFinding, 'severity' | 'message' | 'why'> => ({
  severity: 'warning',
  message: `${name} is ${path}, and this machine has no variable ${variable}.`,
  why: `The application pool needs ${variable} as a variable of the system that was there when WAS started: one of a user is not enough. Without it the text stays as it is, and node.exe is not found.`,
});

/** Shells and the runtimes of other languages read interceptor.js, which is the first argument, and end with an error. */
const isOther = ({ name: program }: ProgramPath): boolean =>
  /^(?:ba|z|da)?sh$|^(?:python3?|dotnet|java|php)$/.test(program);

const isBatch = ({ ending }: ProgramPath): boolean => ending === '.cmd' || ending === '.bat';

/** Windows starts it with cmd.exe, and the process that iisnode knows is that one. */
const ofBatch = (file: string): Pick<RuleFinding, 'severity' | 'message' | 'why'> => ({
  severity: 'warning',
  message: `${name} starts ${file}, a batch file, which starts node in a process of its own.`,
  why: 'iisnode watches and ends cmd.exe instead of node: after a change the old node goes on, and where the batch file does not hand on its arguments no pipe is opened (500.1001).',
});

/** What iisnode is to start is not node (symptoms.md S19, S20, S24; iisnode.md 3.3). */
export const commandLineNotNode = defineRule({
  code: 'COMMAND_LINE_NOT_NODE',
  severity: 'error',
  explains: ['APP_NEVER_LISTENED', 'APP_NOT_STARTED', 'APP_CRASHED'],
  title: 'nodeProcessCommandLine does not start node',
  why: 'Windows cannot start it: every request is answered with "The iisnode module is unable to start the node.exe process".',
  help: `iisnode runs nodeProcessCommandLine, then the interceptor, then the entry point, as one command line, and hands the process a pipe. It has to
be node.exe with its options: node.exe, or a full path. A process manager (pm2, nodemon, forever) or npm start does not fit: iisnode
restarts a process that ends, restarts the app when a watched file changes, and runs several processes if you want
(nodeProcessCountPerApplication). A script with its build (TypeScript) has to be built before.`,
  check(facts) {
    const { iisnode } = facts;
    if (iisnode === undefined || iisnode.sources[name] === 'default' || !hasIisnodeHandler(facts)) return [];
    const fault = faultOf(iisnode.values[name]);
    const at = facts.query.iisnodePlace(name);
    if (fault === undefined) return [];
    return [{ ...fault, fix: `${name}="C:\\Program Files\\nodejs\\node.exe", or leave it out`, ...(at && { at }) }];
  },
});
