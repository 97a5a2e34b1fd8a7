export { sample } from './leave-probation.js';
