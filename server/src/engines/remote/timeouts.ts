/** Time limits of one call, in milliseconds. */
export interface Timeouts {
  /** Until a connection stands. */
  connect: number;
  /** Longest pause in sending the request. */
  upload: number;
  /** From the last byte sent to the first byte of the answer; the service works in this time. */
  headers: number;
  /** Longest pause in receiving the answer. */
  body: number;
  /** The whole call, with its retries and the pauses between them. */
  total: number;
}

export const defaultTimeouts: Timeouts = {
  connect: 10_000,
  upload: 30_000,
  headers: 60_000,
  body: 30_000,
  total: 180_000,
};
