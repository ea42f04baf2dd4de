// As much of the package as the cases use: default.json, and variables of the environment in its place.
const { existsSync, readFileSync } = require('node:fs');
const path = require('node:path');

const folder = path.join(process.cwd(), 'config');

function read(name) {
  const file = path.join(folder, name);
  return existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : {};
}

function below(value, key) {
  return key.split('.').reduce((found, part) => found?.[part], value);
}

exports.get = (key) => {
  const variable = below(read('custom-environment-variables.json'), key);
  const value = process.env[variable] ?? below(read('default.json'), key);
  if (value === undefined) throw new Error(`Configuration property "${key}" is not defined`);
  return value;
};
