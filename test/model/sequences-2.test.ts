import { sequencesOf } from './suite.js';

sequencesOf(2);
