const express = require('express');
const session = require('express-session');
const passport = require('passport');
const LocalStrategy = require('passport-local').Strategy;
const { Server } = require('socket.io');

const app = express();
const sessionMiddleware = session({ secret: 'changeit', resave: false, saveUninitialized: false });

app.use(sessionMiddleware);
app.use(express.urlencoded({ extended: false }));
app.use(passport.initialize());
app.use(passport.session());

passport.use(new LocalStrategy((name, password, done) => done(null, password === 'secret' ? { name } : false)));
passport.serializeUser((user, done) => done(null, user.name));
passport.deserializeUser((name, done) => done(null, { name }));

app.get('/', (req, res) => (req.user ? res.redirect('/account') : res.redirect('/login')));
app.get('/login', (req, res) => res.sendFile(`${__dirname}/login.html`));
app.post('/login', passport.authenticate('local', { successRedirect: '/account', failureRedirect: '/login?failed' }));
app.get('/account', (req, res) => {
  if (!req.user) return res.redirect('/login');
  res.send(`<h1>Account of ${req.user.name}</h1><form method="post" action="/logout"><button>Log out</button></form>`);
});
app.post('/logout', (req, res, next) => req.logout((err) => (err ? next(err) : res.redirect('/'))));

const server = app.listen(process.env.PORT || 3000, () => console.log('application is running'));

const io = new Server(server);
io.engine.use(sessionMiddleware);
io.use((socket, next) => {
  const name = socket.request.session.passport?.user;
  if (name) next();
  else next(new Error('unauthorized'));
});
io.on('connection', (socket) => socket.emit('whoami', socket.request.session.passport.user));
