/** What is typed: the commands with their options. */
import { addCapacity } from './capacity.js';
import { addDeploy } from './deploy.js';
import { addDeployed } from './deployed.js';
import { addDoctor } from './doctor.js';
import { addInit } from './init.js';
import { addOthers } from './others.js';
import { addServe } from './serve.js';
import { addTrace } from './trace.js';

export type { Runner } from './runner.js';

/** In the order of the help. */
export const declarations = [addInit, addDeploy, addDoctor, addServe, addTrace, addCapacity, addDeployed, addOthers];
