/** Why a job's signal aborts; both name no fault of the job. */
export const queueStopped = Symbol('the queue stops');
export const leaseLost = Symbol('another worker holds the job');
