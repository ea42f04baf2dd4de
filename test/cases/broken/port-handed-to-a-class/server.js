const App = require('./app');

const app = new App({ port: Number(process.env.PORT) || 43151, folder: 'public' });
app.start();
