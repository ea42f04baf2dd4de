"use strict";
Object.defineProperty(exports, "__esModule", { value: true });
exports.SocketsAdapter = void 0;
const platform_socket_io_1 = require("@nestjs/platform-socket.io");
class SocketsAdapter extends platform_socket_io_1.IoAdapter {
    createIOServer(_port, options) {
        return super.createIOServer(43125, { ...options, transports: ['websocket', 'polling'] });
    }
}
exports.SocketsAdapter = SocketsAdapter;
