import { pages } from './list/pages.js';
import { testApps } from './works.js';

testApps(pages);
