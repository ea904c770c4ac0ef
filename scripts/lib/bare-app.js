'use strict';

const fs = require('node:fs');
const path = require('node:path');
const paths = require('./paths');

/**
 * Writes the smallest Strapi app: SQLite, one content type with one field that asks for cutouts, and the packed plugin.
 * The weights are expected in its folder `models`. Its packages are not installed yet.
 * @param {string} folder
 * @param {{ tarball: string, strapi: string, config?: object }} options `strapi` is a version; `config` the plugin's,
 *   beside the folder of weights.
 */
function writeBareApp(folder, { tarball, strapi, config = {} }) {
  const shared = path.join(paths.root, 'tests/app');
  /** @param {string} name @param {string | object} content */
  const write = (name, content) => {
    fs.mkdirSync(path.dirname(path.join(folder, name)), { recursive: true });
    const text = typeof content === 'string' ? content : JSON.stringify(content, null, 2);
    fs.writeFileSync(path.join(folder, name), text);
  };
  /** @param {string} from @param {string} to */
  const copy = (from, to) => fs.cpSync(path.join(shared, from), path.join(folder, to), { recursive: true });

  for (const name of ['admin', 'api', 'database', 'middlewares', 'server'])
    copy(`config/${name}.js`, `config/${name}.js`);
  for (const kind of ['controllers', 'routes', 'services']) copy(`src/api/product/${kind}`, `src/api/product/${kind}`);
  const settings = { local: { modelsDir: './models' }, ...config };
  write(
    'config/plugins.js',
    `module.exports = ${JSON.stringify({ cutout: { enabled: true, config: settings } }, null, 2)};\n`,
  );
  write('src/index.js', 'module.exports = {};\n');
  write('src/api/product/content-types/product/schema.json', {
    kind: 'collectionType',
    collectionName: 'products',
    info: { singularName: 'product', pluralName: 'products', displayName: 'Product' },
    options: { draftAndPublish: false },
    attributes: {
      title: { type: 'string' },
      photo: { type: 'media', multiple: false, allowedTypes: ['images'], pluginOptions: { cutout: { enabled: true } } },
    },
  });
  write('package.json', {
    name: 'empty-app',
    private: true,
    version: '0.0.0',
    dependencies: {
      '@strapi/strapi': strapi,
      'better-sqlite3': '12.8.0',
      react: '^18.3.1',
      'react-dom': '^18.3.1',
      'react-router-dom': '^6.30.3',
      'strapi-plugin-cutout': `file:${tarball}`,
      'styled-components': '^6.1.0',
    },
    strapi: { telemetryDisabled: true },
  });
}

/**
 * Folders of every installed copy of a package.
 * @param {string} name
 * @param {string} folder
 * @returns {string[]}
 */
function copiesOf(name, folder) {
  const modules = path.join(folder, 'node_modules');
  if (!fs.existsSync(modules)) return [];
  const packages = fs
    .readdirSync(modules)
    .flatMap((entry) =>
      entry.startsWith('@') ? fs.readdirSync(path.join(modules, entry)).map((inner) => `${entry}/${inner}`) : [entry],
    );
  return packages.flatMap((entry) => [
    ...(entry === name ? [path.join(modules, entry)] : []),
    ...copiesOf(name, path.join(modules, entry)),
  ]);
}

module.exports = { copiesOf, writeBareApp };
