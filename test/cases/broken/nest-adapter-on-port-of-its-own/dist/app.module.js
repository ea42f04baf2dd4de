"use strict";
var __decorate = (this && this.__decorate) || function (decorators, target) {
    for (var i = decorators.length - 1; i >= 0; i--) target = decorators[i](target) || target;
    return target;
};
Object.defineProperty(exports, "__esModule", { value: true });
exports.AppModule = void 0;
const common_1 = require("@nestjs/common");
const board_gateway_1 = require("./board.gateway");
let AppModule = class AppModule {
};
exports.AppModule = AppModule;
exports.AppModule = AppModule = __decorate([
    (0, common_1.Module)({ providers: [board_gateway_1.BoardGateway] })
], AppModule);
