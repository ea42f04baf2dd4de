"use strict";
Object.defineProperty(exports, "__esModule", { value: true });
exports.config = void 0;
exports.config = { port: Number.parseInt(process.env.PORT ?? '3000', 10) };
