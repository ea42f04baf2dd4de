import { frameworks } from './list/frameworks.js';
import { testApps } from './works.js';

testApps(frameworks);
