const App = require('./app');

const settings = { port: 43155, folder: 'public' };
if (process.env.PORT) settings.port = process.env.PORT;

const app = new App(settings);
app.start(settings.port);
