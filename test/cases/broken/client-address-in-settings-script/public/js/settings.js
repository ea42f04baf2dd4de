window.settings = {
  title: 'Chat',
  server: 'http://localhost:3000',
};
