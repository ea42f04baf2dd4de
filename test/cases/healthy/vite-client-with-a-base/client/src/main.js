import { io } from 'socket.io-client';
export const socket = io({ path: import.meta.env.BASE_URL + 'socket.io' });
