import { habits } from './list/habits.js';
import { testApps } from './works.js';

testApps(habits);
