export { isClosedOutput, survivesClosedOutput } from './closed-output.js';
export { type Colours, colours, wantsColour } from './colours.js';
export { type FailureDocument, reportFailure } from './failure.js';
export { ask, type Question } from './prompts.js';
export { startTask, type Task } from './tasks.js';
export { createTerminal, type Output, type Terminal, type TerminalOptions } from './terminal.js';
