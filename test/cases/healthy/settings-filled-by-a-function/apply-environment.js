module.exports = function applyEnvironment(config) {
  for (const [key, value] of Object.entries(process.env)) {
    const name = key.toLowerCase();
    if (name in config) config[name] = value;
  }
};
