import { listening } from './apps.js';
import { testApps } from './works.js';

testApps(listening);
