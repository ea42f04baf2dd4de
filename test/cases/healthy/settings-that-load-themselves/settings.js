const settings = {
  port: 3000,
  database: 'chat.db',
  load(env) {
    Object.assign(this, { port: env.PORT || this.port });
    return this;
  },
};
module.exports = settings;
