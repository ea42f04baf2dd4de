import React from 'react';
import { createRoot } from 'react-dom/client';
import { io } from 'socket.io-client';

const socket = io();
createRoot(document.getElementById('root')).render(<button onClick={() => socket.emit('hi')}>hi</button>);
