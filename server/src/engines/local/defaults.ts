/** The model where nobody names one. */
export const DEFAULT_MODEL = 'isnet-int8';

/** See ModelSource; mattes that are right are rarely below it. */
export const SECOND_OPINION_BELOW = 0.5;
