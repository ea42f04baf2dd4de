import { isBuildProduct } from '../../source/index.js';
import type { Facts } from './facts.js';

/** Is this file of the app, relative with forward slashes, made by a build script of its package.json? */
export const isBuiltFile = ({ package: { scripts }, folder }: Facts, name: string): boolean =>
  isBuildProduct(name, Object.keys(scripts), (file) => folder.isFile(file));
