const express = require('express');
const cookieParser = require('cookie-parser');
const { Server } = require('socket.io');

const app = express();
app.use(cookieParser('a secret'));

app.get('/', (req, res) => res.redirect('/language'));
app.get('/language', (req, res) =>
  res.send('<form method="post" action="/language"><button name="language" value="it">Italiano</button></form>'),
);
app.post('/language', express.urlencoded({ extended: false }), (req, res) => {
  res.cookie('language', req.body.language, { signed: true, httpOnly: true, path: '/pages' });
  res.redirect(303, 'pages/home');
});

const pages = express.Router();
pages.get('/home', (req, res) =>
  res.send(`<h1>Home in ${req.signedCookies.language}</h1>
    <form method="post" action="forget"><button>Forget it</button></form>`),
);
pages.post('/forget', (req, res) => {
  res.clearCookie('language', { path: '/pages' });
  res.redirect('../language');
});
app.use('/pages', pages);
app.get('/old/:page', (req, res) => res.redirect(301, `${req.protocol}://${req.get('host')}/pages/${req.params.page}`));

const server = app.listen(process.env.PORT || 3000, () => console.log('redirecting'));
new Server(server).on('connection', (socket) => socket.emit('cookie', socket.handshake.headers.cookie ? 'some' : 'none'));
