module.exports = {
  port: process.env.PORT || 3000,
  realtime: {
    path: '/socket.io',
    pingTimeout: 20000,
  },
};
