// eslint-plugin-boundaries asks for a CommonJS resolver. The sources import `./file.js` while `./file.ts` lies on the disk.
const { existsSync } = require('node:fs');
const { dirname, resolve } = require('node:path');

exports.interfaceVersion = 2;

exports.resolve = (source, file) => {
  if (!source.startsWith('.')) return { found: false };
  const path = resolve(dirname(file), source);
  const candidates = [path.replace(/\.js$/, '.ts'), path];
  const found = candidates.find((candidate) => existsSync(candidate));
  // A file that is not written yet still has its place in the house: judge the import by its path.
  return { found: true, path: found ?? candidates[0] };
};
