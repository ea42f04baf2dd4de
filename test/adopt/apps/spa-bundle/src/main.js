import { io } from 'socket.io-client';

const app = document.getElementById('app');
const items = await fetch('/api/items').then((response) => response.json()).catch(() => []);
app.textContent = `${items.length} items`;

io().on('count', (count) => (app.textContent = `${items.length} of ${count} items, live`));
