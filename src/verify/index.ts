export * from './chain.js';
export * from './keys.js';
export * from './jws.js';
export * from './seal.js';
