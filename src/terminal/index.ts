export { isClosedOutput, survivesClosedOutput } from './closed-output.js';
export { type Colours, colours, wantsColour } from './colours.js';
export { reportFailure } from './failure.js';
export type { FailureDocument } from './failure-forms.js';
export { ask } from './prompts.js';
export type { Choice, Question } from './question.js';
export { startTask, type Task } from './tasks.js';
export { createTerminal, type Output, type OutputForm, type Terminal, type TerminalOptions } from './terminal.js';
