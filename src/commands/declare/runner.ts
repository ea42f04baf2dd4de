/** The code of a command is loaded only when it runs: `--help` stays as fast as Node itself. */
type CommandName = keyof typeof import('../index.js')['commands'];

/** Makes the action of a command. */
export type Runner = (name: CommandName) => (...args: unknown[]) => Promise<void>;
