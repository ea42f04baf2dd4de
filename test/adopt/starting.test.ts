import { starting } from './list/starting.js';
import { testApps } from './works.js';

testApps(starting);
