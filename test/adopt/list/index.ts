import { frameworks } from './frameworks.js';
import { habits } from './habits.js';
import { listening } from './listening.js';
import { pages } from './pages.js';
import { sockets } from './sockets.js';
import { starting } from './starting.js';

/** Every app of apps/, and what is true of it. */
export const groups = { listening, frameworks, pages, sockets, starting, habits };
