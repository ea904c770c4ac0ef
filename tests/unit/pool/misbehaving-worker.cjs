'use strict';

/**
 * A picture child that does on demand what a real one does by accident; tasks and answers are the pool's own.
 * @typedef {{ source: string, limits: { act: string } }} Task
 */

process.on('disconnect', () => process.exit(0));

/** @param {Task} task */
const echo = async (task) => ({ ok: true, value: { pid: process.pid, source: task.source } });

/** @type {Record<string, (task: Task) => Promise<unknown>>} */
const acts = {
  echo,
  environment: async () => ({ ok: true, value: { env: process.env, execArgv: process.execArgv } }),
  refuse: async () => ({ ok: false, error: { code: 'source.svg', message: 'No photo.' } }),
  throw: async () => {
    throw new Error('broken');
  },
  crash: async () => process.kill(process.pid, 'SIGKILL'),
  // Native code holds the thread, as a model run does: no signal handler and no timer runs meanwhile.
  hang: async () => {
    for (;;) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1000);
  },
  sleep: async (task) => {
    await new Promise((resolve) => setTimeout(resolve, 150));
    return echo(task);
  },
};

/** @param {Task} task */
exports.inspect = (task) => acts[task.limits.act]?.(task);
