import { io } from 'socket.io-client';

io().on('state', (state) => {
  document.getElementById('state').textContent = `the server is ${state}`;
});
