'use strict';

const { createHash, randomBytes } = require('node:crypto');
const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');
const { isAlive } = require('./lock');

/** @typedef {'postgres' | 'mysql'} ServerClient */

/** The database servers that tests can run on; SQLite needs none. MariaDB answers to `mysql`. */
const servers = {
  postgres: {
    title: 'PostgreSQL',
    variable: 'DATABASE_URL_POSTGRES',
    url: 'postgres://postgres:postgres@127.0.0.1:5432/postgres',
    start: 'docker run --rm -d -p 5432:5432 -e POSTGRES_HOST_AUTH_METHOD=trust postgres:16',
    list: "select datname as name from pg_database where datname like 'cutout\\_%'",
    create: (/** @type {string} */ name) => `create database "${name}" template template0`,
    drop: (/** @type {string} */ name) => `drop database if exists "${name}" with (force)`,
  },
  mysql: {
    title: 'MariaDB',
    variable: 'DATABASE_URL_MYSQL',
    url: 'mysql://root@127.0.0.1:3306/mysql',
    start: 'docker run --rm -d -p 3306:3306 -e MARIADB_ALLOW_EMPTY_ROOT_PASSWORD=1 mariadb:10.11',
    list: "select schema_name as name from information_schema.schemata where schema_name like 'cutout\\_%'",
    create: (/** @type {string} */ name) => `create database \`${name}\` character set utf8mb4`,
    drop: (/** @type {string} */ name) => `drop database if exists \`${name}\``,
  },
};

const CONNECT_MS = 5000;

/** @param {ServerClient} client */
const serverUrl = (client) => process.env[servers[client].variable] || servers[client].url;

/**
 * Runs statements on one connection, one after another.
 * @param {string} url
 * @param {string[]} statements
 * @returns {Promise<Record<string, any>[][]>} The rows of each.
 */
async function query(url, ...statements) {
  const results = [];
  if (url.startsWith('postgres')) {
    const { Client } = require('pg');
    const connection = new Client({ connectionString: url, connectionTimeoutMillis: CONNECT_MS });
    // A server that drops the connection says so twice; the statement under way rejects anyway.
    connection.on('error', () => undefined);
    await connection.connect();
    try {
      for (const statement of statements) results.push((await connection.query(statement)).rows);
    } finally {
      await connection.end();
    }
    return results;
  }
  const connection = await require('mysql2/promise').createConnection({ uri: url, connectTimeout: CONNECT_MS });
  try {
    for (const statement of statements) results.push(/** @type {any} */ (await connection.query(statement))[0]);
  } finally {
    await connection.end();
  }
  return results;
}

/**
 * @param {ServerClient} client
 * @throws Error with one sentence on how to start the server when it does not answer.
 */
async function requireServer(client) {
  const { title, variable, start } = servers[client];
  try {
    await query(serverUrl(client), 'select 1');
  } catch (error) {
    const { host } = new URL(serverUrl(client));
    const why = error instanceof Error && error.message ? error.message : String(error);
    throw new Error(
      `${title} does not answer at ${host} (${why}): start it, e.g. with \`${start}\`, or name one in ${variable}.`,
    );
  }
}

/** Days since the epoch, this machine, and the process a database belongs to: what tells a dead run's from a live one's. */
const day = () => Math.floor(Date.now() / 86_400_000);
const host = createHash('sha256').update(os.hostname()).digest('hex').slice(0, 6);
const owner = () => Number(process.env.CUTOUT_DB_OWNER) || process.pid;

/** @param {string} name @param {number} mine */
function isStale(name, mine) {
  const [, made, where, pid] = /^cutout_(\d+)_([0-9a-f]+)_(\d+)_[0-9a-f]+$/.exec(name) ?? [];
  if (!made) return false;
  if (Number(made) < day() - 1) return true;
  return where === host && (Number(pid) === mine || !isAlive(Number(pid)));
}

/**
 * Drops the databases of runs that have ended, and those of `mine`.
 * @param {ServerClient} client
 * @param {number} [mine] Id of the process whose databases go too.
 */
async function dropDatabases(client, mine = 0) {
  const url = serverUrl(client);
  const [rows = []] = await query(url, servers[client].list);
  for (const { name } of rows) if (isStale(name, mine)) await query(url, servers[client].drop(name));
}

/**
 * A new, empty database, dropped when its run is over.
 * @param {ServerClient} client
 * @returns {Promise<string>} Its URL.
 */
async function createDatabase(client) {
  const name = `cutout_${day()}_${host}_${owner()}_${randomBytes(4).toString('hex')}`;
  await query(serverUrl(client), servers[client].create(name));
  const url = new URL(serverUrl(client));
  url.pathname = `/${name}`;
  return url.href;
}

/** @param {string} url A database that `createDatabase` made. */
async function dropDatabase(url) {
  const client = url.startsWith('postgres') ? 'postgres' : 'mysql';
  await query(serverUrl(client), servers[client].drop(new URL(url).pathname.slice(1)));
}

/** Where tests run: SQLite unless CUTOUT_TEST_DB says `postgres` or `mysql`. @returns {'sqlite' | ServerClient} */
function testClient() {
  const client = process.env.CUTOUT_TEST_DB || 'sqlite';
  if (client === 'sqlite' || client === 'postgres' || client === 'mysql') return client;
  throw new Error(`CUTOUT_TEST_DB: expected sqlite, postgres or mysql, received '${client}'.`);
}

/**
 * What tells Strapi its database: the one that the instance's folder has, or a new one of the kind that tests run on.
 * @param {string} dataDir
 * @returns {Promise<{ DATABASE_CLIENT: string, DATABASE_URL: string, DATABASE_FILENAME: string }>}
 */
async function databaseEnv(dataDir) {
  const note = path.join(dataDir, 'database.json');
  if (!fs.existsSync(note)) {
    const client = testClient();
    const url = client === 'sqlite' ? '' : await createDatabase(client);
    fs.mkdirSync(dataDir, { recursive: true });
    fs.writeFileSync(note, JSON.stringify({ client, url }), { mode: 0o600 });
  }
  const { client, url } = JSON.parse(fs.readFileSync(note, 'utf8'));
  return { DATABASE_CLIENT: client, DATABASE_URL: url, DATABASE_FILENAME: path.join(dataDir, 'data.db') };
}

module.exports = {
  createDatabase,
  databaseEnv,
  dropDatabase,
  dropDatabases,
  query,
  requireServer,
  servers,
  testClient,
};
