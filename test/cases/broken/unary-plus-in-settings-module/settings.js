module.exports = {
  port: +process.env.PORT,
  logLevel: process.env.LOG_LEVEL || 'info',
};
