/** Names alone: the code of a command is loaded only when it runs, so that `--help` stays as fast as Node itself. */
export type CommandName =
  | 'init'
  | 'deploy'
  | 'doctor'
  | 'serve'
  | 'trace'
  | 'capacity'
  | 'undeploy'
  | 'rollback'
  | 'releases'
  | 'status'
  | 'logs'
  | 'appcmd'
  | 'completion';

/** Makes the action of a command. */
export type Runner = (name: CommandName) => (...args: unknown[]) => Promise<void>;
