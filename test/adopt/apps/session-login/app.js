const express = require('express');
const session = require('express-session');
const { createServer } = require('node:http');
const { Server } = require('socket.io');

const app = express();
const server = createServer(app);
const io = new Server(server);
const sessions = session({ secret: 'changeit', resave: false, saveUninitialized: false, cookie: { path: '/', httpOnly: true } });

app.set('trust proxy', 1);
app.use(sessions);
app.use(express.urlencoded({ extended: false }));
const needsLogin = (req, res, next) => {
  if (req.session.user) return next();
  req.session.back = req.originalUrl;
  res.redirect(`/login?next=${encodeURIComponent(req.originalUrl)}`);
};
app.get('/', (req, res) => res.redirect(301, '/desk'));
app.get('/desk', needsLogin, (req, res) => res.send(`<p>Desk of ${req.session.user}</p><form method="post" action="/logout"><button>Leave</button></form>`));
app.get('/login', (req, res) => res.send('<form method="post" action="/login"><input name="user"><button>Enter</button></form>'));
app.post('/login', (req, res) => {
  const { back = '/desk' } = req.session;
  req.session.regenerate(() => {
    req.session.user = req.body.user;
    req.session.save(() => res.redirect(back));
  });
});
app.post('/logout', (req, res) => req.session.destroy(() => res.clearCookie('connect.sid').redirect('/login')));

io.engine.use(sessions);
io.use(({ request }, next) => next(request.session.user ? undefined : new Error('log in')));
io.on('connection', (socket) => socket.emit('user', socket.request.session.user));

server.listen(process.env.PORT || 4321, () => console.log('ready'));
