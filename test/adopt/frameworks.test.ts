import { frameworks } from './apps.js';
import { testApps } from './works.js';

testApps(frameworks);
