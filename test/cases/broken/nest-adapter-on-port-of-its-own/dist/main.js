"use strict";
Object.defineProperty(exports, "__esModule", { value: true });
require("reflect-metadata");
const core_1 = require("@nestjs/core");
const app_module_1 = require("./app.module");
const sockets_adapter_1 = require("./sockets.adapter");
async function bootstrap() {
    const app = await core_1.NestFactory.create(app_module_1.AppModule, { logger: false });
    app.useWebSocketAdapter(new sockets_adapter_1.SocketsAdapter(app));
    await app.listen(process.env.PORT ?? 3000);
}
bootstrap();
