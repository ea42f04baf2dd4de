import { io } from 'https://cdn.socket.io/4.7.5/socket.io.esm.min.js';
const socket = io({ transports: ['websocket', 'polling'] });
fetch('/api/boards').then((r) => r.json()).then(console.log);
socket.on('changed', () => location.reload());
