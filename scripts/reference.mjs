/**
 * Second step of `npm run build`: `dist/reference`, what `GET /api/cutout/reference` serves. Swagger UI is copied and no
 * dependency: of its 14 MB two files are needed, and its package brings a script that reports each installation.
 */
import fs from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import paths from './lib/paths.js';

const swagger = path.dirname(createRequire(import.meta.url).resolve('swagger-ui-dist/package.json'));
const own = path.join(paths.root, 'server/reference');
const target = path.join(paths.root, 'dist/reference');

fs.rmSync(target, { recursive: true, force: true });
fs.mkdirSync(target, { recursive: true });
for (const name of ['swagger-ui-bundle.js', 'swagger-ui.css', 'LICENSE', 'NOTICE']) {
  fs.copyFileSync(path.join(swagger, name), path.join(target, name));
}
for (const name of fs.readdirSync(own)) fs.copyFileSync(path.join(own, name), path.join(target, name));
