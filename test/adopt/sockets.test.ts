import { sockets } from './apps.js';
import { testApps } from './works.js';

testApps(sockets);
