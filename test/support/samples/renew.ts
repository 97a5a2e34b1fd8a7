export { sample } from './amend.js';
