"use strict";
var __importDefault = (this && this.__importDefault) || function (mod) {
    return (mod && mod.__esModule) ? mod : { "default": mod };
};
Object.defineProperty(exports, "__esModule", { value: true });
const node_http_1 = __importDefault(require("node:http"));
const express_1 = __importDefault(require("express"));
const socket_io_1 = require("socket.io");
const config_1 = require("./config");
class Application {
    constructor(port) {
        this.port = port;
        this.app = (0, express_1.default)();
        this.server = node_http_1.default.createServer(this.app);
        this.io = new socket_io_1.Server(this.server);
    }
    start() {
        this.app.use(express_1.default.static('public'));
        this.io.on('connection', (s) => s.emit('news', 'ts'));
        this.server.listen(this.port, () => console.log(`on ${this.port}`));
    }
}
new Application(config_1.config.port).start();
