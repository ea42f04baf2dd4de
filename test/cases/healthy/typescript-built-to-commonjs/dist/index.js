"use strict";
var __importDefault = (this && this.__importDefault) || function (mod) {
    return (mod && mod.__esModule) ? mod : { "default": mod };
};
Object.defineProperty(exports, "__esModule", { value: true });
const express_1 = __importDefault(require("express"));
const http_1 = require("http");
const socket_io_1 = require("socket.io");
const items = [{ id: 1, title: 'first' }];
const app = (0, express_1.default)();
const server = (0, http_1.createServer)(app);
const io = new socket_io_1.Server(server);
app.get('/', (_req, res) => { res.send('<script src="/socket.io/socket.io.js"></script><script>io()</script>'); });
io.on('connection', (socket) => { socket.emit('items', items); });
server.listen(process.env.PORT ?? 3000);
