import { sockets } from './list/sockets.js';
import { testApps } from './works.js';

testApps(sockets);
