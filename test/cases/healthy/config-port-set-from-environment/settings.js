const settings = { port: 3000, name: 'lobby' };
if (process.env.PORT) settings.port = process.env.PORT;
module.exports = settings;
