'use strict';

/**
 * Loaded into Strapi's process by the benchmark: measures its event loop, and answers `{ probe: 'reset' }` and
 * `{ probe: 'read' }` over the channel to the process that started it. Delays are whole intervals between two ticks of
 * a 1 ms timer, so an idle loop reads little more than 1 ms.
 */
const { monitorEventLoopDelay } = require('node:perf_hooks');

const histogram = monitorEventLoopDelay({ resolution: 1 });
histogram.enable();

process.on('message', (/** @type {{ probe?: string }} */ message) => {
  if (message?.probe === 'reset') histogram.reset();
  if (message?.probe !== 'reset' && message?.probe !== 'read') return;
  const ms = (/** @type {number} */ nanoseconds) => nanoseconds / 1e6;
  process.send?.({
    probe: { p50: ms(histogram.percentile(50)), p99: ms(histogram.percentile(99)), max: ms(histogram.max) },
  });
});
