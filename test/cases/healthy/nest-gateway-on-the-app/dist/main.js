"use strict";
var __decorate = (this && this.__decorate) || function (decorators, target, key, desc) {
    var c = arguments.length, r = c < 3 ? target : desc === null ? desc = Object.getOwnPropertyDescriptor(target, key) : desc, d;
    for (var i = decorators.length - 1; i >= 0; i--) if (d = decorators[i]) r = (c < 3 ? d(r) : c > 3 ? d(target, key, r) : d(target, key)) || r;
    return c > 3 && r && Object.defineProperty(target, key, r), r;
};
Object.defineProperty(exports, "__esModule", { value: true });
require("reflect-metadata");
const common_1 = require("@nestjs/common");
const core_1 = require("@nestjs/core");
const events_gateway_1 = require("./events.gateway");
let AppModule = class AppModule {};
AppModule = __decorate([(0, common_1.Module)({ providers: [events_gateway_1.EventsGateway] })], AppModule);
async function bootstrap() {
    const app = await core_1.NestFactory.create(AppModule, { logger: false });
    await app.listen(process.env.PORT ?? 3000);
}
bootstrap();
