import { sequencesOf } from './suite.js';

sequencesOf(3);
