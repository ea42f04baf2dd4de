export { isClosedOutput } from './closed-output.js';
export { type Colours, colours, wantsColour } from './colours.js';
export { reportFailure } from './failure.js';
export { sarifNote } from './failure-forms.js';
export { type Keys, readKeys } from './keys.js';
export { ask, intro, outro } from './prompts.js';
export { readInput } from './read-input.js';
export { startTask, type Task } from './tasks.js';
export { createTerminal, type OutputForm, type Terminal, type TerminalOptions } from './terminal.js';
