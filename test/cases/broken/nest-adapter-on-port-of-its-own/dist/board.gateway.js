"use strict";
var __decorate = (this && this.__decorate) || function (decorators, target, key, desc) {
    var c = arguments.length, r = c < 3 ? target : desc === null ? desc = Object.getOwnPropertyDescriptor(target, key) : desc, d;
    for (var i = decorators.length - 1; i >= 0; i--) if (d = decorators[i]) r = (c < 3 ? d(r) : c > 3 ? d(target, key, r) : d(target, key)) || r;
    return c > 3 && r && Object.defineProperty(target, key, r), r;
};
Object.defineProperty(exports, "__esModule", { value: true });
exports.BoardGateway = void 0;
const websockets_1 = require("@nestjs/websockets");
let BoardGateway = class BoardGateway {
    move(_client, card) {
        return card;
    }
};
exports.BoardGateway = BoardGateway;
__decorate([
    (0, websockets_1.SubscribeMessage)('move')
], BoardGateway.prototype, "move", null);
exports.BoardGateway = BoardGateway = __decorate([
    (0, websockets_1.WebSocketGateway)({ cors: { origin: 'https://board.example.com' } })
], BoardGateway);
