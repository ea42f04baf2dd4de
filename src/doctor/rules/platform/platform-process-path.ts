import { isInUserProfile } from '../../../server/index.js';
import { isProcessManager, isScript } from '../../../webconfig/index.js';
import { type HttpPlatform, httpPlatformOf } from '../../facts/http-platform.js';
import type { RuleFinding } from '../../types.js';
import { defineRule } from '../define-rule.js';

function faultOf({ processPath, program }: HttpPlatform): Pick<RuleFinding, 'severity' | 'message'> | undefined {
  if (processPath.trim() === '')
    return { severity: 'error', message: 'processPath is missing: there is no program to start.' };
  if (isScript(program)) {
    return { severity: 'error', message: `processPath is ${program.path}, which is a script and not a program.` };
  }
  if (isInUserProfile(program.path)) {
    return {
      severity: 'warning',
      message: `processPath is ${program.path}, in the profile of a user: the application pool may not read it.`,
    };
  }
  if (isProcessManager(program) || /^\.(cmd|bat)$/.test(program.ending)) {
    return {
      severity: 'warning',
      message: `processPath is ${program.path}, which starts node in a process of its own.`,
    };
  }
  return undefined;
}

/** HttpPlatformHandler cannot start the program, or does not find it again (S60, httpplatformhandler.md 5 and 9). */
export const platformProcessPath = defineRule({
  code: 'PLATFORM_PROCESS_PATH',
  severity: 'warning',
  explains: ['APP_NOT_STARTED'],
  title: 'HttpPlatformHandler may be unable to start node',
  why: 'HttpPlatformHandler answers 502.5 (502.3 in version 1.2) when the program does not start, or when the server is not the process that it started.',
  help: `processPath is the program, with its full path, for all users: processPath="C:\\Program Files\\nodejs\\node.exe"; the script is in
arguments. The identity of an application pool has no rights below C:\\Users, where nvm, pnpm and installers for one user put node.
Windows starts programs only: a .js or .ps1 file in processPath is error 193. npm, yarn, pm2 and .cmd files start node in another
process: HttpPlatformHandler compares the owner of the port with the process that it started, and may end both.`,
  check(facts) {
    const platform = httpPlatformOf(facts);
    const fault = platform && faultOf(platform);
    if (platform === undefined || fault === undefined) return [];
    const entry = facts.entries.find(({ exists }) => exists)?.name ?? 'server.js';
    const fix = `processPath="C:\\Program Files\\nodejs\\node.exe" arguments="${entry}"`;
    return [{ ...fault, fix, at: facts.query.place(platform.section) }];
  },
});
