import { listening } from './list/listening.js';
import { testApps } from './works.js';

testApps(listening);
