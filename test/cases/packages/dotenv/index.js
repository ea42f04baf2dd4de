const { readFileSync } = require('node:fs');
const path = require('node:path');

/** What dotenv does with a file of plain lines. */
exports.config = ({ override = false } = {}) => {
  for (const line of readFileSync(path.resolve('.env'), 'utf8').split('\n')) {
    const [, name, value] = /^(\w+)=(.*)$/.exec(line) ?? [];
    if (name !== undefined && (override || process.env[name] === undefined)) process.env[name] = value;
  }
};
